"""What a tablet keeps, and its storage: a change is there as a whole after `save`, or not at all.

A crash is ordered by a test (`crash_next`); the tablet then starts from what was last saved.
"""

from typing import Any

import msgspec

Key = str  # "<kind> <id>"


def key_of(kind: str, entity_id: object) -> Key:
    """Name an entity, a history or a submission."""
    return f"{kind} {entity_id}"


class Crashed(Exception):
    """The tablet's battery is empty."""


class Branch(msgspec.Struct):
    """An entity as the tablet changed it: where it left the server's line, and how far it counted by itself.

    `trunk` is None where the tablet made the entity. `became` is the highest version that the server is known to have
    made of these edits.
    """

    branch_id: str
    trunk: int | None
    version: int
    fields: dict[str, str]
    became: int = 0


class OwnPhoto(msgspec.Struct):
    """A photo that waits until the server says `verified`; `upload` is where it is being sent to."""

    sha256: str
    content: bytes
    media_type: str
    # "<submission id or instance id> <file name>" of each place it was taken for and not yet verified.
    wanted_at: list[str]
    upload: str = ""
    is_uploaded: bool = False


class TabletState(msgspec.Struct):
    """Everything a tablet remembers."""

    token: str
    device_id: str = ""
    signing_key: str = ""
    profile: dict[str, Any] = msgspec.field(default_factory=dict)
    profile_tag: str = ""
    # What is shown, by key: the items as they came.
    base: dict[Key, dict[str, Any]] = msgspec.field(default_factory=dict)
    # Pages that came and are not shown yet; `is_fresh`: they will replace everything.
    coming: list[dict[str, Any]] = msgspec.field(default_factory=list)
    is_fresh: bool = True
    cursor: str = ""
    branches: dict[Key, Branch] = msgspec.field(default_factory=dict)
    outbox: list[dict[str, Any]] = msgspec.field(default_factory=list)
    # Acknowledged operations, sent again when a backup was restored.
    acknowledged: list[dict[str, Any]] = msgspec.field(default_factory=list)
    results: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    sends_again: bool = False
    last_seq: int = 0
    photos: dict[str, OwnPhoto] = msgspec.field(default_factory=dict)
    manifest: dict[str, Any] = msgspec.field(default_factory=dict)
    # The bytes of the package's parts by hash.
    parts: dict[str, bytes] = msgspec.field(default_factory=dict)


class LocalStore:
    """The tablet's disk."""

    def __init__(self, state: TabletState) -> None:
        self._disk = msgspec.msgpack.encode(state)
        self.crash_next = ""

    def save(self, state: TabletState) -> None:
        """Keep all of it durably. Raises `Crashed` before or after, as ordered."""
        crash, self.crash_next = self.crash_next, ""
        if crash == "before save":
            raise Crashed(crash)
        self._disk = msgspec.msgpack.encode(state)
        if crash == "after save":
            raise Crashed(crash)

    def load(self) -> TabletState:
        """Read what was last saved."""
        return msgspec.msgpack.decode(self._disk, type=TabletState)
