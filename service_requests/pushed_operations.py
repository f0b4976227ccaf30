"""One push as a tablet sends it, read with patience: one operation that cannot be read never blocks the others. Pure.

Only the envelope can be refused as a whole. Each operation is decoded by itself; what cannot be is kept with its bytes.
What the operations do is `push.py`; the wire is described in docs/sync-protocol.md.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from foundation.errors import SahaError
from service_requests.incoming import PromisedPhoto

MOST_OPERATIONS = 200
_TELL = "Kaydı tabletten silmeyin ve koordinatörünüze haber verin."
_LARGEST_SEQ = 2**63 - 1


class OperationRefused(SahaError):
    """Why an operation of a push is not carried out; it is kept in quarantine."""

    code = "operation.refused"
    told = "İşlem yapılamadı."

    def __init__(self) -> None:
        super().__init__(f"{self.told} {_TELL}")


class OperationUnreadable(OperationRefused):
    """No object, no usable id, an unknown kind, or a payload that is missing or malformed."""

    code = "operation.unreadable"
    told = "Tabletten gelen bir işlem anlaşılamadı."


class OperationIdReused(OperationRefused):
    """The id is taken by an operation with another payload."""

    code = "operation.id_reused"
    told = (
        "Aynı kimlikle daha önce başka bir işlem ya da başka bir tabletin işlemi geldi. İlki geçerli, bu da saklandı."
    )


class WorkerUnknown(OperationRefused):
    """The worker it names is no active field worker of the tablet's team."""

    code = "sync.worker_unknown"
    told = "Kaydı yapan kişi bu tabletin ekibinde görünmüyor."


class SubmissionPayload(msgspec.Struct, frozen=True):
    """A filled form as ODK Collect would send it, and the files that will be uploaded for it."""

    xml: str
    photos: tuple[PromisedPhoto, ...] = ()


class CreatePayload(msgspec.Struct, frozen=True):
    """A new visit target; fields as text."""

    kind: Literal["target"]
    entity_id: UUID
    fields: dict[str, str]
    branch_id: Annotated[str, msgspec.Meta(max_length=64)] | None = None


_Version = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class UpdatePayload(msgspec.Struct, frozen=True):
    """Changed fields of an entity, with the versions that the tablet had."""

    kind: Literal["target", "assignment"]
    entity_id: UUID
    base_version: _Version
    fields: dict[str, str]
    trunk_version: _Version | None = None
    branch_id: Annotated[str, msgspec.Meta(max_length=64)] | None = None


Payload = SubmissionPayload | CreatePayload | UpdatePayload
_PAYLOADS: dict[object, type[Payload]] = {
    "submission": SubmissionPayload,
    "create": CreatePayload,
    "update": UpdatePayload,
}


class PushedOperation(msgspec.Struct, frozen=True):
    """One operation at its place in the push. `payload` None: unreadable; `id` None: not even that.

    `given_id` is what the tablet gave as id, to be answered; `sha256` is of everything that makes it this operation.
    """

    place: int
    raw: bytes
    given_id: str | None
    id: UUID | None
    device_seq: int
    sha256: str
    worker_id: UUID | None = None
    at: datetime | None = None
    payload: Payload | None = None


class Push(msgspec.Struct, frozen=True):
    """A push: operations in the order sent, and what the tablet says of itself.

    `unsent_count` and `oldest_unsent_at` are of what lies on the tablet as it sends, the operations of this push among
    it. What is left of that once the push is answered say `left_count` and `oldest_left_at`.
    """

    operations: tuple[PushedOperation, ...]
    sent_at: datetime | None = None
    app_version: str = ""
    unsent_count: int = 0
    oldest_unsent_at: datetime | None = None
    # Who holds the tablet and where they were (`teams/positions.py` reads it).
    presence: Any = None

    def ahead(self, at: datetime) -> timedelta:
        """How far the tablet's clock is ahead of ours, when it arrives `at`; nothing where the tablet does not say."""
        return self.sent_at - at if self.sent_at else timedelta()

    @property
    def left_count(self) -> int:
        """How much stays on the tablet: each operation that is answered is here, in the records or in quarantine."""
        return max(0, self.unsent_count - len({operation.id or operation.place for operation in self.operations}))

    @property
    def oldest_left_at(self) -> datetime | None:
        """Since when at the earliest the oldest of that waits: a tablet sends in the order in which it made them."""
        sent = [operation.at for operation in self.operations if operation.at]
        return max([self.oldest_unsent_at, *sent]) if self.oldest_unsent_at and self.left_count else None

    def halves(self) -> "tuple[Push, Push]":
        """Halve a push of several operations; the second half no longer counts what the first one answers."""
        middle = len(self.operations) // 2
        first = msgspec.structs.replace(self, operations=self.operations[:middle])
        left = first.left_count
        return first, msgspec.structs.replace(self, operations=self.operations[middle:], unsent_count=left)


class _Envelope(msgspec.Struct):
    operations: list[msgspec.Raw]
    sent_at: Any = None
    app_version: Any = None
    unsent_count: Any = None
    oldest_unsent_at: Any = None
    presence: Any = None


class _Operation(msgspec.Struct):
    id: Any = None
    device_seq: Any = None
    kind: Any = None
    worker_id: Any = None
    at: Any = None
    payload: Any = None


_envelopes = msgspec.json.Decoder(_Envelope)
_operations = msgspec.json.Decoder(_Operation)
_in_order = msgspec.json.Encoder(order="deterministic")


def read_push(body: bytes) -> Push | None:
    """Read a push; None where it is no JSON or not the envelope."""
    try:
        envelope = _envelopes.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        envelope_or_none = _read_patiently(body)
        if envelope_or_none is None:
            return None
        envelope = envelope_or_none
    version = envelope.app_version if isinstance(envelope.app_version, str) else ""
    count = envelope.unsent_count
    return Push(
        operations=tuple(read_operation(bytes(raw), place) for place, raw in enumerate(envelope.operations)),
        sent_at=_moment(envelope.sent_at),
        # Nor half a character, which no database takes: that would be laid to the operations.
        app_version=version.replace("\0", "").encode(errors="replace").decode()[:40],
        unsent_count=min(max(count, 0), 2**31 - 1) if type(count) is int else 0,
        oldest_unsent_at=_moment(envelope.oldest_unsent_at),
        presence=envelope.presence,
    )


def _read_patiently(body: bytes) -> _Envelope | None:
    """Read an envelope with half a character in a text: JavaScript writes that, strict readers refuse it."""
    try:
        document = json.loads(body)
        operations = [msgspec.Raw(json.dumps(one).encode()) for one in document.pop("operations")]
        return _Envelope(operations, *(document.get(name) for name in _Envelope.__struct_fields__[1:]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def read_operation(raw: bytes, place: int = 0) -> PushedOperation:
    """Read one operation. Never fails: what cannot be read has no payload."""
    try:
        told = _operations.decode(raw)
        digest = hashlib.sha256(_in_order.encode([told.kind, told.worker_id, told.payload])).hexdigest()
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return PushedOperation(place, raw, None, None, 0, hashlib.sha256(raw).hexdigest())
    operation_id = _uuid(told.id)
    seq_is_usable = type(told.device_seq) is int and 0 <= told.device_seq <= _LARGEST_SEQ
    return PushedOperation(
        place=place,
        raw=raw,
        given_id=told.id if isinstance(told.id, str) else None,
        id=operation_id,
        device_seq=told.device_seq if seq_is_usable else 0,
        sha256=digest,
        worker_id=_uuid(told.worker_id),
        at=_moment(told.at),
        payload=_payload(told) if seq_is_usable else None,
    )


def _payload(told: _Operation) -> Payload | None:
    kind = _PAYLOADS.get(told.kind) if isinstance(told.kind, str) else None
    if kind is None:
        return None
    try:
        return msgspec.convert(told.payload, kind)
    except msgspec.ValidationError:
        return None


def in_device_order(operations: Sequence[PushedOperation]) -> list[PushedOperation]:
    """Sort by the tablet's own count; what it numbered alike stays as it was sent."""
    return sorted(operations, key=lambda operation: operation.device_seq)


def _uuid(given: object) -> UUID | None:
    try:
        return msgspec.convert(given, UUID)
    except msgspec.ValidationError:
        return None


def _moment(given: object) -> datetime | None:
    """Read a moment with its zone; what is none, or is one only nearly, is as good as not told."""
    try:
        moment = msgspec.convert(given, datetime)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (msgspec.ValidationError, OverflowError, ValueError):
        return None
