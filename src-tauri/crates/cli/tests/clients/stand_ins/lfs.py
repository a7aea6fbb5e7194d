"""Large files of a git server, by the LFS batch API: what is asked for is answered with signed URLs of a storage that is another server.

As with the large hosts, the storage takes no password: whoever has the URL may do the one thing that it is for, and nothing else.
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
BELOW = re.compile(r"(?P<repository>/.+\.git)/info/lfs(?P<path>/.*)")


def signed(*words):
    return hmac.new(KEY, " ".join(words).encode(), "sha256").hexdigest()


class Lfs:
    """Answers for the repositories in a folder."""

    def __init__(self, folder):
        self.storage = Storage(folder)
        threading.Thread(target=self.storage.serve_forever, daemon=True).start()

    def answer(self, method, path, body):
        """Status and body, or nothing where the path is not of large files."""
        found = BELOW.fullmatch(path)
        if found is None:
            return None
        asked = method, found["path"]
        if asked == ("POST", "/objects/batch"):
            return 200, self.batch(found["repository"], json.loads(body))
        if asked == ("POST", "/locks/verify"):
            return 200, {"ours": [], "theirs": []}
        if asked == ("GET", "/locks"):
            return 200, {"locks": []}
        return 404, {"message": "nothing is made for that here"}

    def batch(self, repository, asked):
        one = {"download": self.download, "upload": self.upload}[asked["operation"]]
        return {"transfer": "basic", "objects": [one(repository, known) for known in asked["objects"]]}

    def download(self, repository, known):
        if not self.storage.place(repository, known["oid"]).exists():
            return known | {"error": {"code": 404, "message": "there is no such object"}}
        return known | {"authenticated": True, "actions": {"download": self.action("GET", repository, known)}}

    def upload(self, repository, known):
        if self.storage.place(repository, known["oid"]).exists():
            return known
        verify = self.action("POST", repository, known) | {"header": {"Authorization": "RemoteAuth of-this-object"}}
        return known | {"authenticated": True, "actions": {"upload": self.action("PUT", repository, known), "verify": verify}}

    def action(self, method, repository, known):
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
