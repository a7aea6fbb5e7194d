import json
import os
import sys

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

slack = WebClient(token=os.environ["SLACK_TOKEN"], base_url=os.environ["VALETKEY_SLACK_URL"] + "/api/")

TASKS = {
    "me": lambda: slack.auth_test()["user"],
    "channels": lambda: [channel["name"] for channel in slack.conversations_list()["channels"]],
    "message": lambda: slack.chat_postMessage(channel="C1", text="hello")["message"]["text"],
}

try:
    print(json.dumps(TASKS[sys.argv[1]]()))
except SlackApiError as error:
    sys.exit(f"{error.response.status_code} {error}")
