"""The keys under which a tablet keeps what it holds: derived from the secret key, stored nowhere here. Pure.

A worker who signs in with their password is given both; the tablet wraps them with the worker's PIN. So a forgotten PIN
costs nothing that was written under the old one, and what the tablet has encrypted can be sent by whoever signs in next
(`sealed` operations, docs/sync-protocol.md). The same way back: what only one worker may read is sealed for them.
"""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
IV_BYTES, TAG_BYTES = 12, 16
# Each purpose has a key of its own, also where a team and a worker should ever share an id.
_TEAM_PURPOSE, _WORKER_PURPOSE = b"saha tablet team key 1", b"saha tablet worker key 1"


def team_key(secret_key: bytes, device_id: UUID, team_id: UUID) -> bytes:
    """Derive the key of what a tablet pulls; another tablet, or the same one in another team, has another."""
    return _derive(secret_key, _TEAM_PURPOSE + device_id.bytes + team_id.bytes)


def worker_key(secret_key: bytes, device_id: UUID, worker_id: UUID) -> bytes:
    """Derive the key of what a worker makes on a tablet."""
    return _derive(secret_key, _WORKER_PURPOSE + device_id.bytes + worker_id.bytes)


def open_sealed(key: bytes, iv: bytes, sealed: bytes, bound_to: bytes) -> bytes | None:
    """Decrypt AES-256-GCM; None where it was sealed with another key, for something else, or is damaged."""
    if len(iv) != IV_BYTES:
        return None
    try:
        return AESGCM(key).decrypt(iv, sealed, bound_to)
    except InvalidTag:
        return None


def seal_for(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """Encrypt for whoever has the key; returns IV (12 bytes) and ciphertext in one."""
    iv = os.urandom(IV_BYTES)
    return iv + AESGCM(key).encrypt(iv, plain, bound_to)


def _derive(secret_key: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(secret_key)
