"""The cursor of a pull: where in the feed a tablet stands, in which history, with which scope. Pure.

A tablet cannot read or make one: it carries a MAC. What no longer fits is not guessed at; the tablet starts anew.
"""

import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from uuid import UUID

import msgspec

from foundation.errors import SahaError

_VERSION = 1
# version, epoch, device, scope, sequence, began_at
_FIELDS = struct.Struct(">B16s16s8sQQ")
_MAC_BYTES = 16
_LENGTH = 4 * -(-(_FIELDS.size + _MAC_BYTES) // 3)
# Keeps a MAC made with the same key for another purpose from being a cursor.
_PURPOSE = b"saha pull cursor 1"


class BadCursor(SahaError):
    """A text that is no cursor of ours: forged, cut, or made with another key."""

    code = "sync.bad_cursor"

    def __init__(self) -> None:
        super().__init__("Eşitleme işareti geçersiz. Tablet verileri baştan alacak; gönderilmemiş kayıtlar korunur.")


class PullReset(SahaError):
    """The tablet's copy cannot be brought up to date from where it stands; `reason` says why."""

    code = "sync.reset"

    def __init__(self, reason: str) -> None:
        super().__init__("Tablet verileri baştan alacak; gönderilmemiş kayıtlar korunur.", reason=reason)
        self.reason = reason


class Cursor(msgspec.Struct, frozen=True):
    """Up to and with `sequence` the tablet has seen everything of its scope.

    `began_at` is the feed's last number when it began at zero: what was removed up to then it has never been given, so
    it needs no tombstone of it.
    """

    epoch: UUID
    device_id: UUID
    scope: bytes
    sequence: int
    began_at: int


class FeedState(msgspec.Struct, frozen=True):
    """The feed as it stands: its history's name, its last number, and up to where tombstones may be gone."""

    epoch: UUID
    sequence: int
    horizon: int


def scope_hash(areas: Iterable[str]) -> bytes:
    """Shorten a list of areas to 8 bytes; their order matters, so hand them in a fixed one."""
    return hashlib.sha256("\n".join(areas).encode()).digest()[:8]


def seal_cursor(key: bytes, cursor: Cursor) -> str:
    """Write a cursor for the tablet."""
    fields = _FIELDS.pack(
        _VERSION, cursor.epoch.bytes, cursor.device_id.bytes, cursor.scope, cursor.sequence, cursor.began_at
    )
    return urlsafe_b64encode(fields + _mac(key, fields)).rstrip(b"=").decode()


def open_cursor(key: bytes, text: str) -> Cursor:
    """Read a cursor that we gave out. Raises `BadCursor`."""
    try:
        sealed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, NotBase64) as error:
        raise BadCursor from error
    fields, mac = sealed[: _FIELDS.size], sealed[_FIELDS.size :]
    # Base64 has room for bits that mean nothing, and Python's reader skips what is no base64: one cursor, one text.
    is_ours = hmac.compare_digest(mac, _mac(key, fields)) and len(text) <= _LENGTH
    if not is_ours or fields[0] != _VERSION or urlsafe_b64encode(sealed).rstrip(b"=").decode() != text:
        raise BadCursor
    _, epoch, device, scope, sequence, began_at = _FIELDS.unpack(fields)
    return Cursor(UUID(bytes=epoch), UUID(bytes=device), scope, sequence, began_at)


def check_cursor(cursor: Cursor, *, device_id: UUID, scope: bytes, feed: FeedState) -> None:
    """Say whether the tablet can go on from here. Raises `PullReset`."""
    for reason, holds in (
        ("device", cursor.device_id == device_id),
        ("epoch", cursor.epoch == feed.epoch),
        ("scope", cursor.scope == scope),
        ("ahead", max(cursor.sequence, cursor.began_at) <= feed.sequence),
        ("horizon", feed.horizon <= max(cursor.sequence, cursor.began_at)),
    ):
        if not holds:
            raise PullReset(reason)


def _mac(key: bytes, fields: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + fields, "sha256")[:_MAC_BYTES]
