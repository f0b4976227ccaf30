"""The package: which files a tablet works with without network, as a manifest that is signed. Pure.

Which files those are is gathered above, where forms and boundaries are known; which version it is stands in the
database (`package_versions.py`), so that all workers say the same.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_FORMAT = 1
_KEY_BYTES = 32
# Keeps a key derived for another purpose from signing packages.
_PURPOSE = b"saha package signing 1"


class Part(msgspec.Struct, frozen=True, order=True):
    """One file by its path on the tablet; its bytes are found by their hash."""

    path: str
    sha256: str
    byte_size: int
    media_type: str


class Manifest(msgspec.Struct, frozen=True):
    """What a version of the package consists of. `version` is the moment of its last change, Unix milliseconds."""

    format: int
    version: int
    issued_at: datetime
    parts: list[Part]


def write_manifest(version: int, parts: Iterable[Part]) -> bytes:
    """Write a manifest; every worker writes the same bytes."""
    issued_at = datetime.fromtimestamp(version / 1000, UTC)
    return msgspec.json.encode(Manifest(_FORMAT, version, issued_at, sorted(parts)))


def content_hash(epoch: UUID, parts: Iterable[Part]) -> str:
    """Hash what a package consists of. A restored database has another epoch, so the same files are new there."""
    return hashlib.sha256(epoch.bytes + msgspec.json.encode(sorted(parts))).hexdigest()


class PackageSigner:
    """Signs manifests with a key derived from the secret key (RFC 5869): the same in every worker."""

    def __init__(self, secret_key: bytes) -> None:
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(secret_key)
        self._key = Ed25519PrivateKey.from_private_bytes(derived)
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public_key = _text(raw)
        self.key_id = hashlib.sha256(raw).hexdigest()[:16]

    def sign(self, manifest: bytes) -> str:
        """Sign the raw bytes; base64url."""
        return _text(self._key.sign(manifest))


def verify_manifest(public_key: str, manifest: bytes, signature: str) -> bool:
    """Say whether a signature (base64url) of these raw bytes was made with the key of `public_key`."""
    try:
        Ed25519PublicKey.from_public_bytes(_raw(public_key)).verify(_raw(signature), manifest)
    except (InvalidSignature, ValueError):
        return False
    return True


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
