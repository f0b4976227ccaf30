"""Two tus clients that nobody here wrote: `tuspy` in Python, `tus-js-client` (what browsers use) in Node.

Both resume by themselves after a break, so whoever calls them only makes the breaks.
"""

import hashlib
import json
from pathlib import Path
from urllib.parse import urlsplit

from tusclient.client import TusClient

from tests.foreign_clients.xforms_engine_client import install_once, run_node

PROGRAM = Path(__file__).parent / "tus_js"
UPLOADS = "/v1/photos/uploads"


class UploadFailed(Exception):
    """The client gave up; its own words."""


def upload_with_tuspy(server: str, token: str, file: Path, *, chunk_bytes: int | None = None) -> str:
    """Upload `file`, with a checksum on every part where it is sent in parts; returns the address of the upload."""
    client = TusClient(f"{server}{UPLOADS}", headers={"Authorization": f"Bearer {token}"})
    with file.open("rb") as stream:
        uploader = client.uploader(
            file_stream=stream, chunk_size=chunk_bytes or 2**40, metadata={"sha256": sha256_of(file)}, retries=10,
            retry_delay=0.2, upload_checksum=chunk_bytes is not None,
        )  # fmt: skip
        uploader.upload()
    return urlsplit(str(uploader.url)).path


def upload_with_tus_js(
    server: str, token: str, file: Path, *, chunk_bytes: int | None = None, with_creation: bool = False,
    override: bool = False,
) -> str:  # fmt: skip
    """Upload `file`; returns the address of the upload.

    Raises `ForeignClientMissing` without Node, `UploadFailed` where the client gives up.
    """
    install_once(PROGRAM)
    given = {
        "endpoint": f"{server}{UPLOADS}", "token": token, "file": str(file), "sha256": sha256_of(file),
        "chunkSize": chunk_bytes, "withCreation": with_creation, "override": override,
    }  # fmt: skip
    done = run_node("node", [str(PROGRAM / "upload.mjs"), json.dumps(given)])
    if done.returncode != 0:
        raise UploadFailed(done.stderr)
    return urlsplit(json.loads(done.stdout)["url"]).path


def sha256_of(file: Path) -> str:
    """Hash a file as the metadata wants it."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
