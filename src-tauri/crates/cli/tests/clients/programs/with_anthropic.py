import json
import sys

import anthropic

client = anthropic.Anthropic()
ASKED = {"max_tokens": 16, "messages": [{"role": "user", "content": "Count."}]}


def stream(model):
    for event in client.messages.create(model=model, stream=True, **ASKED):
        if event.type == "content_block_delta":
            print(event.delta.text, flush=True)
    return "the end"


TASKS = {
    "models": lambda: [model.id for model in client.models.list()],
    "whole": lambda: client.messages.create(model="claude-test", **ASKED).content[0].text,
    "stream": lambda: stream("claude-test"),
    "unending": lambda: stream("claude-unending"),
}

try:
    print(json.dumps(TASKS[sys.argv[1]]()))
except anthropic.APIStatusError as error:
    sys.exit(f"{error.status_code} {error}")
except Exception as error:
    sys.exit(f"cut off: {error!r}")
