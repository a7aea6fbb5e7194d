"""Large files of a git server, by the LFS batch API.

What is asked for is answered with signed URLs of a storage that is another server, as with the large hosts: it takes no password, and whoever has
the URL may do the one thing that it is for, and nothing else. With LARGE_FILES=own in the environment the git server keeps them itself, as
Forgejo does, and its answers hold the credential that the question came with.
"""

import hashlib
import hmac
import json
import os
import pathlib
import re
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TYPE = "application/vnd.git-lfs+json"
KEY = secrets.token_bytes(32)
OWN = os.environ.get("LARGE_FILES") == "own"
OBJECT = re.compile(r"/objects/(?P<oid>[0-9a-f]{64})(/[0-9]+)?")
BELOW = re.compile(r"(?P<repository>/.+\.git)/info/lfs(?P<path>/.*)")


def signed(*words):
    return hmac.new(KEY, " ".join(words).encode(), "sha256").hexdigest()


class Lfs:
    """Answers for the repositories in a folder."""

    def __init__(self, folder):
        self.storage = Storage(folder)
        threading.Thread(target=self.storage.serve_forever, daemon=True).start()

    def answer(self, method, path, headers, body):
        """Status and body, or nothing where the path is not of large files."""
        found = BELOW.fullmatch(path)
        if found is None:
            return None
        known = OBJECT.fullmatch(found["path"])
        if OWN and known:
            return 200, self.object(method, self.storage.place(found["repository"], known["oid"]), body)
        asked = method, found["path"]
        if asked == ("POST", "/objects/batch"):
            return 200, json.dumps(self.batch(found["repository"], headers, json.loads(body))).encode()
        if asked == ("POST", "/locks/verify"):
            return 200, b'{"ours": [], "theirs": []}'
        if asked == ("GET", "/locks"):
            return 200, b'{"locks": []}'
        return 404, b'{"message": "nothing is made for that here"}'

    def object(self, method, place, body):
        if method == "GET":
            return place.read_bytes()
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(body)
        return b""

    def batch(self, repository, headers, asked):
        self.asked_with = headers
        one = {"download": self.download, "upload": self.upload}[asked["operation"]]
        return {"transfer": "basic", "objects": [one(repository, known) for known in asked["objects"]]}

    def download(self, repository, known):
        if not self.storage.place(repository, known["oid"]).exists():
            return known | {"error": {"code": 404, "message": "there is no such object"}}
        return known | {"authenticated": True, "actions": {"download": self.action("GET", repository, known)}}

    def upload(self, repository, known):
        if self.storage.place(repository, known["oid"]).exists():
            return known
        actions = {"upload": self.action("PUT", repository, known)}
        if not OWN:
            actions["verify"] = self.action("POST", repository, known) | {"header": {"Authorization": "RemoteAuth of-this-object"}}
        return known | {"authenticated": True, "actions": actions}

    def action(self, method, repository, known):
        if OWN:
            size = f"/{known['size']}" if method == "PUT" else ""
            href = f"http://{self.asked_with['Host']}{repository}/info/lfs/objects/{known['oid']}{size}"
            return {"href": href, "header": {"Authorization": self.asked_with["Authorization"]}}
        path = f"{repository}/{known['oid']}"
        port = self.storage.server_port
        return {"href": f"http://127.0.0.1:{port}{path}?signature={signed(method, path)}", "expires_in": 600}


class Storage(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), StorageHandler)
        self.folder = pathlib.Path(folder)

    def place(self, repository, oid):
        return self.folder / repository.lstrip("/") / "large" / oid


class StorageHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, _, query = self.path.partition("?")
        repository, _, oid = path.rpartition("/")
        given = self.headers.get("Authorization")
        expected = "RemoteAuth of-this-object" if self.command == "POST" else None
        if query != f"signature={signed(self.command, path)}" or given != expected:
            return self.answer(403)
        return {"GET": self.read, "PUT": self.write, "POST": self.verify}[self.command](self.server.place(repository, oid), body)

    do_GET = do_PUT = do_POST = serve

    def read(self, place, _):
        self.answer(200, place.read_bytes())

    def write(self, place, body):
        if hashlib.sha256(body).hexdigest() != place.name:
            return self.answer(422)
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(body)
        return self.answer(200)

    def verify(self, place, body):
        known = json.loads(body)
        whole = place.exists() and (place.name, os.path.getsize(place)) == (known["oid"], known["size"])
        self.answer(200 if whole else 404)

    def answer(self, status, content=b""):
        self.send_response(status)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Standard error is for where the git server listens."""
