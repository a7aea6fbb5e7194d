import json
import sys

import openai

client = openai.OpenAI()
MESSAGES = [{"role": "user", "content": "Count."}]


def stream(model):
    for chunk in client.chat.completions.create(model=model, messages=MESSAGES, stream=True):
        if said := chunk.choices[0].delta.content:
            print(said, flush=True)
    return "the end"


def whole():
    return client.chat.completions.create(model="gpt-test", messages=MESSAGES).choices[0].message.content


TASKS = {
    "models": lambda: [model.id for model in client.models.list()],
    "whole": whole,
    "stream": lambda: stream("gpt-test"),
    "unending": lambda: stream("gpt-unending"),
}

try:
    print(json.dumps(TASKS[sys.argv[1]]()))
except openai.APIStatusError as error:
    # Its own text is the status alone.
    sys.exit(f"{error.status_code} {error.response.text}")
except Exception as error:
    sys.exit(f"cut off: {error!r}")
