"""Fetching the form package: the manifest is believed by its signature, a part by its hash."""

import hashlib
from base64 import urlsafe_b64decode
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.tablet.saved_state import TabletState
from tests.tablet.wire import Ask, Wire


def fetch_package(wire: Wire, state: TabletState) -> int:
    """Bring the package up to date; returns how many parts were fetched. Raises `NoAnswer`: all stays as it was."""
    answer = wire(Ask("GET", "/v1/sync/package", {}))
    assert answer.status == 200, answer
    signature = _unpadded(answer.headers["saha-signature"])
    Ed25519PublicKey.from_public_bytes(_unpadded(state.signing_key)).verify(signature, answer.body)
    manifest: dict[str, Any] = msgspec.json.decode(answer.body)
    assert manifest["version"] >= state.manifest.get("version", 0), "a package older than the one that is here"
    fetched = 0
    for part in manifest["parts"]:
        if part["sha256"] not in state.parts:
            state.parts[part["sha256"]] = _fetch_part(wire, part)
            fetched += 1
    # Switched over at once: everything is here and right.
    state.manifest = manifest
    return fetched


def _fetch_part(wire: Wire, part: dict[str, Any]) -> bytes:
    answer = wire(Ask("GET", f"/v1/sync/parts/{part['sha256']}", {}))
    assert answer.status == 200, answer
    assert len(answer.body) == part["byte_size"], part
    assert hashlib.sha256(answer.body).hexdigest() == part["sha256"], part
    return answer.body


def _unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
