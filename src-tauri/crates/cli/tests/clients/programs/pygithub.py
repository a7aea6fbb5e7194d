import json
import os
import sys

import github

# As for an Enterprise Server; github.com needs no base URL.
hub = github.Github(base_url=os.environ["GITHUB_BASE"], auth=github.Auth.Token(os.environ["GITHUB_TOKEN"]), retry=None)


def repository():
    return hub.get_repo("octocat/Hello-World")


TASKS = {
    "me": lambda: hub.get_user().login,
    "repository": lambda: repository().full_name,
    "issues": lambda: [issue.number for issue in repository().get_issues().get_page(0)],
    "lazy_issues": lambda: [i.number for i in hub.get_repo("octocat/Hello-World", lazy=True).get_issues().get_page(0)],
    "pages": lambda: len(list(hub.get_repo("octocat/Hello-World", lazy=True).get_issues())),
    "renamed": lambda: [i.number for i in hub.get_repo("octocat/Hello-Old", lazy=True).get_issues().get_page(0)],
    "issue": lambda: repository().create_issue("Found a bug").number,
    "comments": lambda: [comment.body for comment in repository().get_issue(1347).get_comments().get_page(0)],
}

try:
    print(json.dumps(TASKS[sys.argv[1]]()))
except github.GithubException as error:
    sys.exit(f"{error.status} {error}")
