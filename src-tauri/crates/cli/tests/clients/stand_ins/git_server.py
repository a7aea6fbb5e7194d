"""Serves bare repositories by git's own `git http-backend`, and their large files, to whoever knows the owner's password.

git_server.py FOLDER [USER]: the password is in the environment, as OWNER_PASSWORD. Says on standard error where it listens.
"""

import base64
import hmac
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import lfs

FOLDER = os.path.abspath(sys.argv[1])
PASSWORD = os.environ.pop("OWNER_PASSWORD")
USER = sys.argv[2] if len(sys.argv) > 2 else "owner"
LARGE = lfs.Lfs(FOLDER)
EXPECTED = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def serve(self):
        body = self.body()
        given = self.headers.get_all("Authorization") or []
        if len(given) != 1 or not hmac.compare_digest(given[0], EXPECTED):
            self.answer(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
            return
        large = LARGE.answer(self.command, self.path.partition("?")[0], self.headers, body)
        if large is not None:
            self.answer(large[0], [("Content-Type", lfs.TYPE)], large[1])
            return
        ran = subprocess.run(["git", "http-backend"], input=body, env=self.cgi(body), stdout=subprocess.PIPE, check=True)
        head, _, content = ran.stdout.partition(b"\r\n\r\n")
        fields = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        status = next((value for name, value in fields if name == "Status"), "200 OK")
        self.answer(int(status.split()[0]), [(name, value) for name, value in fields if name != "Status"], content)

    do_GET = do_POST = do_PUT = serve

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def cgi(self, body):
        path, _, query = self.path.partition("?")
        return os.environ | {
            "GIT_PROJECT_ROOT": FOLDER,
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "owner",
            "REMOTE_ADDR": self.client_address[0],
        }

    def answer(self, status, fields, content):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """The test reads standard error only for where this listens."""


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(f"http://127.0.0.1:{server.server_port}", file=sys.stderr, flush=True)
server.serve_forever()
