"""The invariants of docs/sync-protocol.md, each asked of the tables and the tablets as they stand after a step."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.wiring import Wiring
from photos.storage_errors import PhotoDamaged
from service_requests.tables import ExpectedPhoto, Quarantine, ServiceRequest, Submission, SubmissionDocument
from sync.tables import EntityChange, EntityConflict, HeldChange, Operation
from tests.properties.sync.expected_scope import as_held, expected_on
from tests.properties.sync.made import Made, MadeEdit, MadeForm
from tests.tablet.tablet import Tablet
from visits.tables import VisitAssignment, VisitTarget

_TAKEN = {"applied", "merged", "conflict", "duplicate"}


def check_nothing_is_lost(session: Session, made: Made, tablets: Sequence[Tablet]) -> None:
    """Made = accepted ∪ quarantined ∪ still on devices; an acknowledged one is kept, once."""
    for operation_id, number in made.on_tablet.items():
        state = tablets[number].state
        waits = any(one["id"] == operation_id for one in state.outbox)
        result = state.results.get(operation_id)
        assert waits or result, f"{operation_id} is nowhere"
        if result:
            _check_kept(session, made, operation_id, result)
    kept = Counter(session.scalars(select(Submission.instance_id)))
    assert set(kept.values()) <= {1}
    assert made.taken_from_collect <= set(kept)


def _check_kept(session: Session, made: Made, operation_id: str, result: Mapping[str, Any]) -> None:
    remembered = session.get(Operation, UUID(operation_id))
    assert remembered is not None, f"{operation_id} was answered and is not remembered"
    if result["status"] == "rejected":
        assert result["code"], result
        assert result["sentence"], result
        assert session.get(Quarantine, UUID(result["kept_as"])) is not None, f"{operation_id} is not in quarantine"
        return
    if operation_id in made.forms:
        check_form_is_whole(session, made, made.forms[operation_id])
        return
    applied = session.scalar(select(EntityChange.version).where(EntityChange.source_id == UUID(operation_id)))
    held = session.scalar(select(HeldChange.id).where(HeldChange.source_id == UUID(operation_id)))
    if result["status"] == "held":
        assert applied or held, f"{operation_id} is held nowhere"
    else:
        assert result["status"] in _TAKEN, result
        assert applied == result["version"], f"{operation_id} became {applied}, not {result['version']}"


def check_form_is_whole(session: Session, made: Made, form: MadeForm) -> None:
    """An accepted submission is there with its bytes, its requests and its photos' places."""
    row = session.scalars(select(Submission).where(Submission.instance_id == form.instance_id)).one()
    document = session.get_one(SubmissionDocument, row.id)
    assert document.xml == form.xml
    found = list(session.scalars(select(ServiceRequest).where(ServiceRequest.submission_id == row.id)))
    if form.version in made.unknown_versions:
        assert (row.form_version_id, found) == (None, [])
        return
    assert Counter(one.finding_id for one in found) == Counter(form.findings)
    places = session.scalars(select(ExpectedPhoto).where(ExpectedPhoto.submission_id == row.id))
    assert {place.file_name for place in places} >= set(form.photos)


def check_no_value_vanishes(session: Session, made: Made) -> None:
    """Each value is current, or replaced by somebody who had seen it, or in conflict."""
    history = _history(session)
    conflicts = defaultdict(set)
    for row in session.scalars(select(EntityConflict)):
        conflicts[(row.source_id, row.field)].add(row.other_value)
    edits = _edits_by_source(session, made)
    for entity_id, current in _entities(session).items():
        _check_history_leads_to(current, history[entity_id])
        _check_who_replaced(history[entity_id], edits, list(made.edits.values()))
    for change in [one for changes in history.values() for one in changes]:
        edit = edits.get(change.source_id)
        if edit is None:
            continue
        for field, value in edit.fields.items():
            taken = change.values.get(field) == value
            in_conflict = value in conflicts[(change.source_id, field)]
            is_kept = taken or in_conflict or _stood_anyway(history[edit.entity_id], field, value)
            assert is_kept or _written_over_by_its_writer(made, edit, field), (
                f"{field}={value!r} of {change.source_id} has vanished"
            )


def check_what_agrees_is_settled(session: Session) -> None:
    """No person is asked to choose between a value and the same value."""
    standing = _entities(session)
    for row in session.scalars(select(EntityConflict).where(EntityConflict.state == "open")):
        fields = standing.get(str(row.entity_id))
        assert fields is None or fields.get(row.field, "") != row.other_value, (
            f"{row.field} is {row.other_value!r} anyway"
        )


def _written_over_by_its_writer(made: Made, edit: MadeEdit, field: str) -> bool:
    """Say whether the same hand set the field again later: whatever came first, the later one was meant."""
    order = list(made.edits.values())
    later = order[order.index(edit) + 1 :]
    return any(
        one.author == edit.author and one.entity_id == edit.entity_id and field in one.fields for one in later
    )  # fmt: skip


def _edits_by_source(session: Session, made: Made) -> dict[UUID | None, MadeEdit]:
    """Find the edits by what brought them: an operation, or a submission."""
    edits: dict[UUID | None, MadeEdit] = {UUID(name): edit for name, edit in made.edits.items() if ":" not in name}
    for row in session.execute(select(Submission.id, Submission.instance_id)):
        if row.instance_id in made.edits:
            edits[row.id] = made.edits[row.instance_id]
    return edits


def check_what_is_held_waits(session: Session) -> None:
    """A change is held only as long as the edit before it, on its branch, has not come."""
    came = {(row.entity_id, row.branch_id, row.branch_base) for row in session.scalars(select(EntityChange))}
    for held in session.scalars(select(HeldChange)):
        before = (held.entity_id, held.branch_id, held.base_version - 1)
        assert before not in came, f"{held.source_id} waits for what is here"


def _history(session: Session) -> dict[str, list[EntityChange]]:
    history = defaultdict(list)
    for change in session.scalars(select(EntityChange).order_by(EntityChange.entity_id, EntityChange.version)):
        history[str(change.entity_id)].append(change)
    return history


def _entities(session: Session) -> dict[str, dict[str, str]]:
    rows: list[VisitTarget | VisitAssignment] = [
        *session.scalars(select(VisitTarget)),
        *session.scalars(select(VisitAssignment)),
    ]
    return {str(row.id): row.fields for row in rows}


def _check_history_leads_to(current: Mapping[str, str], changes: Sequence[EntityChange]) -> None:
    assert [change.version for change in changes] == list(range(1, len(changes) + 1))
    fields: dict[str, str] = {}
    for change in changes:
        for field, value in change.values.items():
            assert fields.get(field, "") == change.before.get(field, ""), f"version {change.version} of {field}"
            fields[field] = value
    assert {name: value for name, value in fields.items() if value} == {
        name: value for name, value in current.items() if value
    }


def _check_who_replaced(
    changes: Sequence[EntityChange], edits: Mapping[UUID | None, MadeEdit], order: Sequence[MadeEdit]
) -> None:
    """Whoever replaced a value had it before the eyes, or had written it, and wrote the new one after it."""
    place = {id(edit): number for number, edit in enumerate(order)}
    last: dict[str, tuple[str, MadeEdit | None]] = {}
    for version, change in enumerate(changes):
        edit = edits.get(change.source_id)
        author = edit.author if edit else f"{change.source} {change.device_id}"
        came = {id(edits.get(earlier.source_id)) for earlier in changes[:version]}
        for field, value in change.values.items():
            replaced = change.before.get(field, "")
            wrote, written = last.get(field, ("", None))
            if edit is not None and written is not None and wrote == author:
                is_later = place[id(edit)] > place[id(written)]
                assert is_later, f"{author} had written {field}={replaced!r} after {value!r}"
            elif edit is not None and replaced:
                missing = [one for one in order[: place[id(edit)]] if id(one) not in came]
                had_seen = _seen_before(edit, field, missing)
                assert replaced in had_seen, f"{author} replaced {field}={replaced!r} by {value!r}, had seen {had_seen}"
            last[field] = (author, edit)


def _seen_before(edit: MadeEdit, field: str, missing: Sequence[MadeEdit]) -> list[str]:
    """Return what the writer saw before it wrote, and before those of its earlier edits that have not come.

    Where a form's version is unknown or an edit was refused, the next edit of the branch is applied without it, after
    five days: then it replaces what its writer had replaced already.
    """
    seen = [edit.seen.get(field, "")]
    for one in reversed(missing):
        if (one.author, one.entity_id, one.fields.get(field)) == (edit.author, edit.entity_id, seen[-1]):
            seen.append(one.seen.get(field, ""))
    return seen


def _stood_anyway(changes: Sequence[EntityChange], field: str, value: str) -> bool:
    return any(change.values.get(field) == value or change.before.get(field, "") == value for change in changes)


def check_tablet_holds_its_scope(session: Session, tablet: Tablet, wiring: Wiring) -> None:
    """After a finished pull a tablet holds exactly what its scope holds now, word by word."""
    expected = expected_on(session, UUID(tablet.state.device_id), wiring.clock())
    for kind, items in expected.items():
        held = as_held(tablet.held(kind))
        differing = [
            (one, held.get(one), items.get(one)) for one in held.keys() | items if held.get(one) != items.get(one)
        ]
        assert not differing, f"{kind} differs: id, on the tablet, on the server: {differing[0]}"


def check_page_is_in_scope(session: Session, device_id: str, page: Mapping[str, Any], wiring: Wiring) -> None:
    """No page gives out anything that is outside the scope at that moment."""
    expected = expected_on(session, UUID(device_id), wiring.clock())
    for item in page["items"]:
        if item["op"] == "put":
            scope = expected["target"] if item["kind"] == "history" else expected[item["kind"]]
            assert item["id"] in scope, f"{item['kind']} {item['id']} is out of scope and was given out"


def check_photos_hash_to_their_names(session: Session, wiring: Wiring) -> None:
    """Whatever is called received has bytes that hash to its key."""
    for sha256 in set(session.scalars(select(ExpectedPhoto.sha256).where(ExpectedPhoto.state == "received"))):
        assert sha256 is not None
        try:
            content = stored_bytes(wiring, sha256)
        except PhotoDamaged as damaged:
            raise AssertionError(f"photo {sha256} is damaged") from damaged
        assert hashlib.sha256(content).hexdigest() == sha256, f"photo {sha256} is another"


def stored_bytes(wiring: Wiring, sha256: str) -> bytes:
    """Read a photo from the storage."""
    return b"".join(wiring.photo_storage.read(sha256))


def contents(session: Session) -> str:
    """Write down everything that a repeat must not change."""
    told: list[Any] = [
        sorted(str(row.id) for row in session.scalars(select(Operation))),
        sorted((row.instance_id, row.flags, row.request_count) for row in session.scalars(select(Submission))),
        sorted((str(row.finding_id), row.tracking_no) for row in session.scalars(select(ServiceRequest))),
        sorted((str(one.entity_id), one.version) for one in session.scalars(select(EntityChange))),
        sorted((str(row.id), row.state) for row in session.scalars(select(EntityConflict))),
        sorted(str(row.id) for row in session.scalars(select(HeldChange))),
        sorted(str(row.id) for row in session.scalars(select(Quarantine))),
        sorted((str(key), sorted(fields.items())) for key, fields in _entities(session).items()),
    ]
    return json.dumps(told)
