"""A private index: pypiserver, which wants the owner's password for everything, with one package in it."""

import base64
import hashlib
import os
import pathlib
import sys
import wsgiref.simple_server
import zipfile

import pypiserver
from pypiserver.bottle_wrapper import Bottle


def wheel(folder, name, text):
    """The least that pip takes: one module and what is said about it."""
    module, about = name.replace("-", "_"), f"{name.replace('-', '_')}-1.0.dist-info"
    files = {
        f"{module}.py": text,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(content)}")
    files[f"{about}/RECORD"] = "\n".join([*rows, f"{about}/RECORD,,"]) + "\n"
    with zipfile.ZipFile(folder / f"{module}-1.0-py3-none-any.whl", "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)


def is_owner(user, password):
    return (user, password) == ("__token__", os.environ["STAND_IN_CREDENTIAL"])


folder = pathlib.Path(sys.argv[1])
(folder / "index").mkdir()
wheel(folder / "index", "valetkey-greeting", "TEXT = 'hello'\n")
wheel(folder, "valetkey-parting", "TEXT = 'goodbye'\n")
everything = ["download", "list", "update"]
index = pypiserver.app(roots=[folder / "index"], authenticate=everything, auther=is_owner, disable_fallback=True)
# Its links are paths from the root, so it is mounted where the gateway has it too.
site = Bottle()
site.mount("/pypi/", index)
server = wsgiref.simple_server.make_server("127.0.0.1", 0, site)
print(f"http://127.0.0.1:{server.server_port}", file=sys.stderr, flush=True)
server.serve_forever()
