import json
import os
import sys

import gitlab

instance = gitlab.Gitlab(os.environ["GITLAB_URL"], private_token=os.environ["GITLAB_PRIVATE_TOKEN"])


def project():
    return instance.projects.get("acme/site")


def lazy():
    """By the path that it is called by; what is read first is called by its number from then on."""
    return instance.projects.get("acme/site", lazy=True)


def me():
    instance.auth()
    return instance.user.username


TASKS = {
    "me": me,
    "project": lambda: project().path_with_namespace,
    "issues": lambda: [issue.iid for issue in project().issues.list(iterator=True, per_page=1)],
    "lazy_issues": lambda: [issue.iid for issue in lazy().issues.list(iterator=True, per_page=1)],
    "issue": lambda: project().issues.create({"title": "Found a bug"}).title,
    "lazy_issue": lambda: lazy().issues.create({"title": "Found a bug"}).title,
    "lazy_file": lambda: lazy().files.get("docs/README.md", "main").decode().decode(),
}

try:
    print(json.dumps(TASKS[sys.argv[1]]()))
except gitlab.GitlabError as error:
    sys.exit(f"{error.response_code} {error.response_body.decode()}")
