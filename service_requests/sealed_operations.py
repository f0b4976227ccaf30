"""Operations that a tablet sends while their worker is not signed in: encrypted with the worker's key.

Pure. What is opened is then the plain operation in every respect: same id, same hash, same raw text in quarantine. What
cannot be opened stays as it came, and is refused and kept like whatever cannot be read.
"""

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

import msgspec

from service_requests.pushed_operations import Push, PushedOperation, read_operation
from teams.tablet_keys import open_sealed

KeyOf = Callable[[UUID], bytes]
# Says whether JSON is nested so little that decoding it is safe.
IsShallow = Callable[[bytes], bool]


class _Sealed(msgspec.Struct):
    iv: str
    data: str


class _SealedOperation(msgspec.Struct):
    kind: Literal["sealed"]
    payload: _Sealed
    id: str
    device_seq: int
    at: Any = None


class _Content(msgspec.Struct):
    kind: str
    payload: msgspec.Raw


def open_push_of(push: Push, key_of: KeyOf, is_shallow: IsShallow) -> Push:
    """Put the plain operations in the place of sealed ones. `key_of` gives a worker's key on this tablet."""
    operations = tuple(_opened(operation, key_of, is_shallow) for operation in push.operations)
    return msgspec.structs.replace(push, operations=operations)


def _opened(operation: PushedOperation, key_of: KeyOf, is_shallow: IsShallow) -> PushedOperation:
    if operation.payload is not None or operation.worker_id is None:
        return operation
    try:
        sealed = msgspec.json.decode(operation.raw, type=_SealedOperation)
        plain = _decrypt(sealed, key_of(operation.worker_id))
        content = msgspec.json.decode(plain, type=_Content) if plain and is_shallow(plain) else None
    except (msgspec.MsgspecError, ValueError):
        return operation
    if content is None:
        return operation
    raw = msgspec.json.encode(
        {
            "id": sealed.id, "device_seq": sealed.device_seq, "kind": content.kind,
            "worker_id": str(operation.worker_id), "at": sealed.at, "payload": content.payload,
        }
    )  # fmt: skip
    return read_operation(raw, operation.place)


def _decrypt(sealed: _SealedOperation, key: bytes) -> bytes | None:
    try:
        iv, data = (
            urlsafe_b64decode(text + "=" * (-len(text) % 4)) for text in (sealed.payload.iv, sealed.payload.data)
        )
    except NotBase64:
        return None
    return open_sealed(key, iv, data, sealed.id.encode())
