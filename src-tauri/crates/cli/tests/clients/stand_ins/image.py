"""Writes the least image there is into a folder, as an OCI image layout: one layer with one file."""

import hashlib
import io
import json
import pathlib
import sys
import tarfile

folder = pathlib.Path(sys.argv[1])
blobs = folder / "blobs/sha256"
blobs.mkdir(parents=True)


def blob(kind, content):
    digest = hashlib.sha256(content).hexdigest()
    (blobs / digest).write_bytes(content)
    return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(content)}


def document(kind, value):
    return blob(kind, json.dumps(value).encode())


layer = io.BytesIO()
with tarfile.open(fileobj=layer, mode="w") as archive:
    text = b"hello\n"
    member = tarfile.TarInfo("greeting")
    member.size = len(text)
    archive.addfile(member, io.BytesIO(text))
layer = blob("layer.v1.tar", layer.getvalue())
config = document(
    "config.v1+json",
    {"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}},
)
manifest = document("manifest.v1+json", {"schemaVersion": 2, "config": config, "layers": [layer]})
manifest["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
(folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
(folder / "oci-layout").write_text(json.dumps({"imageLayoutVersion": "1.0.0"}))
