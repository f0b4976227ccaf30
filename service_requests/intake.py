"""The straight line: from what a tablet sent to a located visit, expected photos and routed requests.

Every door ends in `receive_submissions`. It takes a *list* and works with set-based statements, so that requests which
arrive together share one transaction; the caller commits, and only then replies. Read it from top to bottom; what an
answer means is in `interpretation.py`, what becomes of refused ones in `quarantine.py`.
"""

import hashlib
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from field_forms.library import PublishedVersion
from field_forms.submission_xml import SubmissionXml, UnreadableSubmission, read_submission
from field_forms.tables import FormState
from foundation.errors import SahaError
from foundation.identifiers import uuid7
from foundation.insertion import new_rows_to_insert, rows_to_insert
from foundation.statements import Statement, send_together
from service_requests.broken_photos import mark_broken_photos
from service_requests.corrections import edits_for_later, supersede
from service_requests.declared_changes import change_of_row
from service_requests.delivery_locks import locks_to_take, name_of_bytes, names_of
from service_requests.entity_work import PlacedChange
from service_requests.incoming import (
    ClosedForm,
    EditOfUnknown,
    EditSuperseded,
    IncomingSubmission,
    NotAuthorised,
    OtherContent,
    Outcome,
    Received,
    Refusal,
    UnknownForm,
)
from service_requests.intake_run import Arrival, IntakeKnowledge, IntakeLine, Recorded, apply_declared, number_and_tell
from service_requests.interpretation import hold_raw, interpret, remark_columns
from service_requests.known_submissions import KnownSubmission, known_by_id, known_submissions, top_up_photos
from service_requests.opening_requests import requests_of
from service_requests.photo_arrivals import (
    count_photos,
    expect_photos,
    photo_remarks,
)
from service_requests.photo_rows import photo_row, remember_photos
from service_requests.quarantine import quarantine
from service_requests.tables import ExpectedPhoto, Submission, SubmissionDocument
from service_requests.uploaded_photos import bring_held_photos
from service_requests.visited_targets import look_up_targets
from teams.permissions import Nothing, Resource, scope_of


class _Admitted(NamedTuple):
    """A new submission that is taken: its form version (None: held raw until that is known) and what it amends."""

    arrival: Arrival
    visit_type: str | None
    version: PublishedVersion | None
    amends_id: UUID | None


def receive_submissions(
    session: Session, knowledge: IntakeKnowledge, incoming: Sequence[IncomingSubmission]
) -> list[Outcome]:
    """Record 1 to 200 submissions; returns one outcome each, in order. True only once the caller has committed."""
    line = record_submissions(session, knowledge, incoming)
    apply_declared(line, incoming[0].received_at)
    number_and_tell(line, incoming[0].received_at)
    return [line.outcomes[place] for place in range(len(incoming))]


def record_submissions(
    session: Session, knowledge: IntakeKnowledge, incoming: Sequence[IncomingSubmission]
) -> IntakeLine:
    """Record what came; `number_and_tell` must follow, last before COMMIT.

    The first of each instance id goes first; whatever else carries the same id (a double tap, another worker's COMMIT
    in the same moment) is received in the next round, when the first is known.
    """
    line = IntakeLine(session, knowledge)
    incoming = bring_held_photos(session, incoming)
    incoming = mark_broken_photos(session, incoming, remember_photos(session, incoming))
    waiting = [arrival for place, item in enumerate(incoming) if (arrival := _read(line, place, item))]
    unread = [incoming[place].xml for place, _, xml in line.unread if xml is None]
    read = [arrival.xml for arrival in waiting] + [xml for _, _, xml in line.unread if xml]
    locks = locks_to_take(chain(chain.from_iterable(names_of(xml) for xml in read), map(name_of_bytes, unread)))
    if line.unread:
        send_together(session, *locks)
        locks = []
    for place, refusal, xml in line.unread:
        _put_aside(line, place, incoming[place], refusal, xml)
    while waiting:
        waiting = _receive_round(line, waiting, locks)
        locks = []
    return line


def _read(line: IntakeLine, place: int, item: IncomingSubmission) -> Arrival | None:
    """Read the XML; what cannot be read or attributed will go to quarantine."""
    try:
        xml = read_submission(item.xml)
        if isinstance(scope_of(item.actor, Resource.OPENROSA), Nothing):
            raise NotAuthorised
    except UnreadableSubmission as refusal:
        line.unread.append((place, refusal, None))
        return None
    except Refusal as refusal:
        line.unread.append((place, refusal, xml))
        return None
    return Arrival(place, item, xml, hashlib.sha256(item.xml).hexdigest())


def _put_aside(
    line: IntakeLine, place: int, item: IncomingSubmission, refusal: SahaError, xml: SubmissionXml | None
) -> None:
    """Keep what is refused; where a coordinator has replayed these bytes, their files belong to what they became."""
    outcome = line.outcomes[place] = quarantine(line.session, item, refusal, xml)
    if isinstance(outcome, Received) and (item.photos or item.promised):
        known, replayed = known_by_id(line.session, outcome.submission_id)
        if top_up_photos(line.session, line.knowledge.forms, known, replayed, item):
            line.told.add(known.id)


def _receive_round(line: IntakeLine, waiting: list[Arrival], locks: list[Statement]) -> list[Arrival]:
    """Take the locks, receive the first arrival of each instance id; return those for whom the next round must come."""
    firsts: dict[str, Arrival] = {}
    for arrival in waiting:
        firsts.setdefault(arrival.xml.instance_id, arrival)
    known = known_submissions(line.session, [arrival.xml for arrival in firsts.values()], locks)
    new: list[_Admitted] = []
    later = edits_for_later({instance_id: arrival.xml.deprecated_id for instance_id, arrival in firsts.items()})
    for instance_id, arrival in firsts.items():
        if instance_id in later:
            continue
        try:
            if instance_id in known:
                _receive_again(line, arrival, known[instance_id])
            else:
                new.append(_admit(line, arrival, known))
        except Refusal as refusal:
            _put_aside(line, arrival.place, arrival.item, refusal, arrival.xml)
    if new:
        _record(line, new)
    return [arrival for arrival in waiting if arrival.place not in line.outcomes]


def _admit(line: IntakeLine, arrival: Arrival, known: dict[str, KnownSubmission]) -> _Admitted:
    """Decide whether a new submission is taken, and as what."""
    form = line.knowledge.forms.known_form(line.session, arrival.xml.form_id)
    if form is None:
        raise UnknownForm
    if form.state is FormState.CLOSED:
        raise ClosedForm
    amended = None
    if arrival.xml.deprecated_id:
        amended = known.get(arrival.xml.deprecated_id)
        if amended is None or amended.team_id != arrival.item.actor.team_id:
            raise EditOfUnknown
        if amended.superseded_by_id is not None:
            raise EditSuperseded
        if amended.sent_by_device_id:
            line.told.add(amended.id)
        if amended.target_id:
            line.visited.add(amended.target_id)
    version = line.knowledge.forms.published(line.session, arrival.xml.form_id, arrival.xml.version)
    return _Admitted(arrival, form.visit_type, version, amended.id if amended else None)


def _record(line: IntakeLine, new: list[_Admitted]) -> None:
    """Insert the new submissions with their documents and photos, and remember what their findings open."""
    read = {admitted.arrival.xml.instance_id: _prepare(line, admitted) for admitted in new}
    prepared = look_up_targets(line.session, read)
    rows = sorted((one.row for one in prepared.values()), key=lambda row: str(row["instance_id"]))
    # Whoever is missing from what comes back lost a race against another worker: received again in the next round.
    every = prepared.values()
    documents = [{"submission_id": one.row["id"], "xml": one.arrival.item.xml} for one in every]
    photos = [photo_row(one.row["id"], place) for one in every for place in one.photos]
    asked = requests_of(finding.id for one in every for finding in one.findings)
    recorded, *_, opened = send_together(
        line.session,
        *new_rows_to_insert(Submission, rows, key="instance_id"),
        *rows_to_insert(SubmissionDocument, documents, of=(Submission, "submission_id")),
        *rows_to_insert(ExpectedPhoto, photos, of=(Submission, "submission_id")),
        *asked,
    )
    line.has_request |= {row.finding_id for row in opened} if asked else set()
    won = {row.instance_id for row in recorded}
    for one in (one for one in every if one.row["instance_id"] in won):
        supersede(line.session, one.row)
        line.recorded[one.arrival.place] = one
        device_time = one.arrival.item.device_time
        line.declared += [
            PlacedChange(one.arrival.place, change_of_row(change, one.row, device_time)) for change in one.changes
        ]
        line.outcomes[one.arrival.place] = Received(one.row["id"], is_new=True)


def _prepare(line: IntakeLine, admitted: _Admitted) -> Recorded:
    """Make the row of a new submission."""
    arrival, version = admitted.arrival, admitted.version
    item, xml = arrival.item, arrival.xml
    meaning = (
        interpret(xml, version, line.knowledge.index, received_at=item.received_at, device_time=item.device_time)
        if version
        else hold_raw(item.received_at)
    )
    photos = expect_photos(meaning.named_photos, [], item.photos, pictures=meaning.pictures, promised=item.promised)
    remarks = meaning.remarks + photo_remarks(photos, is_complete=item.is_complete and version is not None)
    row = {
        "id": uuid7(item.received_at),
        "instance_id": xml.instance_id,
        "xml_sha256": arrival.sha256,
        "form_id": xml.form_id,
        "form_version": xml.version,
        "form_version_id": version.version_id if version else None,
        "visit_type": admitted.visit_type,
        "user_id": item.actor.user_id,
        "team_id": item.actor.team_id,
        "device_id": item.device_id[:200],
        "sent_by_device_id": item.sent_by_device_id,
        "received_at": item.received_at,
        "request_count": len({finding.id for finding in meaning.findings}),
        "amends_id": admitted.amends_id,
        **meaning.columns,
        **count_photos(photos),
        **remark_columns(remarks, "none"),
    }
    return Recorded(arrival, row, photos, meaning.findings, meaning.changes)


def _receive_again(line: IntakeLine, arrival: Arrival, known: KnownSubmission) -> None:
    """Answer a submission that is already recorded: the same content is topped up, another is refused."""
    if known.xml_sha256 != arrival.sha256:
        raise OtherContent
    line.outcomes[arrival.place] = Received(known.id, is_new=False)
    if top_up_photos(line.session, line.knowledge.forms, known, arrival.xml, arrival.item):
        line.told.add(known.id)
