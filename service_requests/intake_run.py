"""One run of the intake (`intake.py`): what it knows and has recorded, and what follows once all is recorded."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from field_forms.library import FormLibrary
from field_forms.submission_xml import SubmissionXml, UnreadableSubmission
from geo.mahalle_index import MahalleIndex
from service_requests.declared_changes import DeclaredChange
from service_requests.entity_work import PlacedChange, change_entities
from service_requests.flagging_changes import Declared, flag_changes, flag_released
from service_requests.incoming import IncomingSubmission, Outcome, Received, Refusal
from service_requests.opening_requests import OpenedFrom, open_requests
from service_requests.photo_arrivals import PhotoPlace
from service_requests.released_operations import settle_released_operations
from service_requests.routing import RoutingTable
from service_requests.submission_feed import tell_recorded, tell_submissions
from service_requests.target_history import tell_histories, visited_already
from sync.change_log import FeedChanges, take_numbers, write_feed
from sync.field_changes import ChangeOutcome
from visits.kinds import visit_kinds
from visits.target_areas import TARGET


class IntakeKnowledge(msgspec.Struct, frozen=True):
    """What the intake knows before a submission arrives."""

    forms: FormLibrary
    index: MahalleIndex
    routing: RoutingTable


class Arrival(NamedTuple):
    """A submission that could be read, with its place in the list that came in."""

    place: int
    item: IncomingSubmission
    xml: SubmissionXml
    sha256: str


class Recorded(NamedTuple):
    """A new submission: its row, the places of its files, what its findings say, what it changes."""

    arrival: Arrival
    row: dict[str, Any]
    photos: list[PhotoPlace]
    findings: list[Any]
    changes: Sequence[DeclaredChange]


class IntakeLine:
    """One run of the intake: outcomes by place, and what is written once all submissions are recorded.

    `declared` are the changes of entities that submissions ask for, by place; `changed` what became of them. `told`
    are submissions known before whose tablets are to be told how they stand now, `visited` the targets whose history
    changed, `has_request` the findings that opened one before; `sequences` are known at the end.
    """

    def __init__(self, session: Session, knowledge: IntakeKnowledge) -> None:
        self.session = session
        self.knowledge = knowledge
        self.outcomes: dict[int, Outcome] = {}
        self.recorded: dict[int, Recorded] = {}
        self.feed = FeedChanges()
        self.declared: list[PlacedChange] = []
        self.changed: Mapping[int, Sequence[ChangeOutcome]] = {}
        self.told: set[UUID] = set()
        self.visited: set[UUID] = set()
        self.has_request: set[UUID] = set()
        self.unread: list[tuple[int, Refusal | UnreadableSubmission, SubmissionXml | None]] = []
        self.sequences: dict[tuple[str, UUID], int] = {}


def apply_declared(line: IntakeLine, at: datetime, others: Sequence[PlacedChange] = ()) -> Sequence[ChangeOutcome]:
    """Change the entities that the submissions declare, and `others` among them; returns what became of those."""
    if not line.declared and not others:
        return ()
    kinds = visit_kinds(line.knowledge.index)
    line.changed, outcomes, released = change_entities(line.session, kinds, line.declared, others, line.feed, at=at)
    flag_changes(
        line.session,
        (
            Declared(line.recorded[place].row, line.recorded[place].changes, done)
            for place, done in line.changed.items()
        ),
    )
    flag_released(line.session, released)
    settle_released_operations(line.session, released)
    made = [one.change for one in (*line.declared, *others) if one.change.creates and one.change.kind == TARGET]
    line.visited |= visited_already(line.session, {change.entity_id for change in made})
    return outcomes


def number_and_tell(line: IntakeLine, at: datetime) -> None:
    """Open the requests and write the feed. Last, because the sequence row stays locked until COMMIT."""
    recorded = [line.recorded[place] for place in sorted(line.recorded)]
    opened = open_requests(
        line.session, line.knowledge.routing, [OpenedFrom(one.row, one.findings) for one in recorded], line.has_request
    )
    for place, one in line.recorded.items():
        requests = opened.get(one.row["id"], [])
        numbers = tuple(request.tracking_no for request in requests)
        changes = tuple(line.changed.get(place, ()))
        line.outcomes[place] = Received(one.row["id"], is_new=True, tracking_numbers=numbers, changes=changes)
        if one.row["sent_by_device_id"] is None:
            continue
        if one.row["amends_id"] or len(requests) != one.row["request_count"]:
            line.told.add(one.row["id"])
        else:
            tell_recorded(line.feed, one.row, {photo.file_name: photo.state for photo in one.photos}, requests)
    tell_submissions(line.session, line.feed, line.told)
    line.visited |= {one.row["target_id"] for one in recorded if one.row["target_id"]}
    if line.visited:
        # With the sequence row in hand: of two visits of one target at the same moment, the later sees the earlier.
        take_numbers(line.session)
        tell_histories(line.session, line.feed, line.visited, at)
    line.sequences = write_feed(line.session, line.feed, at)
