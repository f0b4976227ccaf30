"""What stands in the tables after deliveries: as something to compare, and what must be true of it whatever came."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.database import Database
from photos.tables import Photo
from service_requests.incoming import Outcome, Received, Refused
from service_requests.tables import (
    ExpectedPhoto,
    Quarantine,
    RequestEvent,
    ServiceRequest,
    Submission,
    SubmissionDocument,
)
from service_requests.tracking_numbers import read_tracking_number
from sync.tables import FeedEntry, SequenceCounter

_SAME = (
    "xml_sha256", "form_version", "visit_type", "user_id", "team_id", "visited_at", "lon", "lat", "place", "mahalle_id",
    "result", "person_name", "address", "flags", "review", "photos_expected", "photos_received", "request_count",
)  # fmt: skip
_SAME_OF_REQUEST = ("category_code", "description", "lon", "lat", "mahalle_id", "directorate_id", "team_id", "status")
_SAME_OF_PHOTO = ("state", "sha256", "reason", "finding_id")


class Recorded(NamedTuple):
    """Everything that was recorded, without the ids, numbers and counts of repeats that are made up on the way."""

    submissions: dict[str, Any]
    photos: dict[Any, Any]
    requests: dict[Any, Any]
    quarantine: dict[Any, Any]


def recorded(database: Database) -> Recorded:
    """Read what is there now."""
    with database.reading() as session:
        names = {row.id: row.instance_id for row in session.execute(select(Submission.id, Submission.instance_id))}
        return Recorded(
            {row.instance_id: _submission(row, names) for row in session.scalars(select(Submission))},
            {
                (names[row.submission_id], row.file_name): _columns(row, _SAME_OF_PHOTO)
                for row in session.scalars(select(ExpectedPhoto))
            },
            {
                row.finding_id: (names.get(row.submission_id), _columns(row, _SAME_OF_REQUEST))
                for row in session.scalars(select(ServiceRequest))
            },
            {
                row.fingerprint: (row.instance_id, row.reason, row.state, names.get(row.submission_id), row.photos)
                for row in session.scalars(select(Quarantine))
            },
        )


def _submission(row: Submission, names: dict[Any, str]) -> tuple[Any, ...]:
    remarks = sorted((remark["code"], remark["field"] if "field" in remark else str(remark)) for remark in row.remarks)
    links = (names.get(row.amends_id), names.get(row.superseded_by_id), row.form_version_id is None)
    return (*links, remarks, _columns(row, _SAME))


def _columns(row: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def check_always(database: Database, outcomes: Iterable[Outcome]) -> None:
    """Check what is true after every COMMIT, whatever was delivered in whatever order."""
    with database.reading() as session:
        _check_submissions(session)
        _check_requests(session)
        _check_feed(session)
        _check_outcomes(session, outcomes)


def _check_submissions(session: Session) -> None:
    rows = list(session.scalars(select(Submission)))
    by_id = {row.id: row for row in rows}
    assert len({row.instance_id for row in rows}) == len(rows)
    assert set(session.scalars(select(SubmissionDocument.submission_id))) == set(by_id)
    requests = Counter(session.scalars(select(ServiceRequest.submission_id)))
    places = list(session.scalars(select(ExpectedPhoto)))
    expected = Counter(place.submission_id for place in places if place.state != "unexpected")
    received = Counter(place.submission_id for place in places if place.state == "received")
    for row in rows:
        counts = (row.request_count, row.photos_expected, row.photos_received)
        assert counts == (requests[row.id], expected[row.id], received[row.id]), row.instance_id
        if row.amends_id is not None:
            assert by_id[row.amends_id].superseded_by_id == row.id
        if row.superseded_by_id is not None:
            assert by_id[row.superseded_by_id].amends_id == row.id
        assert (row.review == "none") == (row.remarks == []) == (row.flags == "")
    hashes = {place.sha256 for place in places if place.sha256}
    assert hashes <= set(session.scalars(select(Photo.sha256)))
    assert all((place.state in {"received", "unexpected"}) == (place.sha256 is not None) for place in places)


def _check_requests(session: Session) -> None:
    rows = list(session.scalars(select(ServiceRequest)))
    assert len({row.finding_id for row in rows}) == len(rows)
    numbers = [row.tracking_no for row in rows]
    assert len(set(numbers)) == len(numbers)
    assert [read_tracking_number(number) for number in numbers] == numbers
    steps = Counter(tuple(row) for row in session.execute(select(RequestEvent.request_id, RequestEvent.kind)))
    assert steps == Counter((row.id, kind) for row in rows for kind in ("opened", "routed"))
    # Whoever was corrected has handed on its requests.
    corrected = select(Submission.id).where(Submission.superseded_by_id.is_not(None))
    assert {row.submission_id for row in rows}.isdisjoint(session.scalars(corrected))


def _check_feed(session: Session) -> None:
    """Nobody but our own tablets reads the feed, and what came from Collect is not theirs."""
    assert session.scalar(select(func.count()).select_from(FeedEntry)) == 0
    counter = session.get_one(SequenceCounter, 1)
    running = [int(number.split("-")[1]) for number in session.scalars(select(ServiceRequest.tracking_no))]
    assert max(running, default=0) <= counter.request_number


def _check_outcomes(session: Session, outcomes: Iterable[Outcome]) -> None:
    outcomes = list(outcomes)
    kept = {row.id: row for row in session.scalars(select(Quarantine))}
    assert len({(row.user_id, row.xml) for row in kept.values()}) == len(kept)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    received = [outcome for outcome in outcomes if isinstance(outcome, Received)]
    assert {outcome.quarantine_id for outcome in refused} == set(kept)
    seen = Counter(outcome.quarantine_id for outcome in refused)
    assert {row.id: row.times_seen for row in kept.values()} == seen
    assert {outcome.submission_id for outcome in received} <= set(session.scalars(select(Submission.id)))
    new = [outcome.submission_id for outcome in received if outcome.is_new]
    assert len(set(new)) == len(new)
    told = [number for outcome in received for number in outcome.tracking_numbers]
    assert len(set(told)) == len(told)
    assert set(told) <= set(session.scalars(select(ServiceRequest.tracking_no)))
