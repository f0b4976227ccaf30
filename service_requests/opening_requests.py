"""Turning findings into requests: tracking number, directorate by the routing table, first steps of the history.

A finding opens a request exactly once: its id was made on the tablet and is unique here, however often and in whatever
order its submission arrives.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from foundation.identifiers import uuid7
from foundation.insertion import new_rows_to_insert, rows_to_insert
from foundation.looking_up import RowsOf
from foundation.statements import Statement, send_together
from geo.turkish import search_key
from service_requests.interpretation import Finding
from service_requests.routing import RoutingTable
from service_requests.tables import RequestEvent, ServiceRequest, Submission
from service_requests.tracking_numbers import tracking_number
from sync.change_log import take_numbers

FIELD_CHANNEL = "saha"
OPENED, ROUTED = "opened", "routed"


class OpenedFrom(NamedTuple):
    """A recorded submission (its row) and the findings in it."""

    row: dict[str, Any]
    findings: Sequence[Finding]


class OpenedRequest(NamedTuple):
    """A request as the tablet that sent its finding is told of it."""

    tracking_no: str
    category: str
    status: str


def requests_of(findings: Iterable[UUID]) -> list[Statement]:
    """Make the statement that gives the `finding_id` of those findings which have a request; none for no findings."""
    ids = set(findings)
    return [RowsOf(ServiceRequest, ("finding_id",), key="finding_id", values=ids)] if ids else []


def open_requests(
    session: Session, routing: RoutingTable, submissions: Sequence[OpenedFrom], has_request: Container[UUID]
) -> dict[UUID, list[OpenedRequest]]:
    """Open a request for each finding that has none yet; `has_request` says which have one (`requests_of`).

    Takes the sequence row, so only the feed comes after it. Returns the requests opened, by submission id.
    """
    pending = _without_request(submissions, has_request)
    opened = _open(session, routing, submissions, pending) if pending else []
    openers = {finding.id: row for row, finding in pending}
    by_submission: dict[UUID, list[OpenedRequest]] = defaultdict(list)
    for request in opened:
        told = OpenedRequest(request["tracking_no"], request["category_code"], request["status"])
        by_submission[openers[request["finding_id"]]["id"]].append(told)
    _correct_counts(session, submissions, by_submission)
    return by_submission


def _open(
    session: Session,
    routing: RoutingTable,
    submissions: Sequence[OpenedFrom],
    pending: Sequence[tuple[dict[str, Any], Finding]],
) -> list[dict[str, Any]]:
    """Insert the requests and their first steps; returns the rows of those that were not opened meanwhile."""
    first_number = take_numbers(session, requests=len(pending)).first_request
    newer = {one.row["amends_id"]: one.row["id"] for one in submissions if one.row["amends_id"]}
    rows = [
        _request_row(row, finding, routing, first_number + position) | {"submission_id": _newest(row["id"], newer)}
        for position, (row, finding) in enumerate(pending)
    ]
    openers = {finding.id: row["user_id"] for row, finding in pending}
    events = [event for row in rows for event in _first_events(row, openers[row["finding_id"]])]
    inserted, *_ = send_together(
        session,
        *new_rows_to_insert(ServiceRequest, sorted(rows, key=lambda row: str(row["finding_id"])), key="finding_id"),
        *rows_to_insert(RequestEvent, events, of=(ServiceRequest, "request_id")),
    )
    won = {one.finding_id for one in inserted}
    return [row for row in rows if row["finding_id"] in won]


def _without_request(
    submissions: Sequence[OpenedFrom], has_request: Container[UUID]
) -> list[tuple[dict[str, Any], Finding]]:
    findings: dict[UUID, tuple[dict[str, Any], Finding]] = {}
    for one in submissions:
        for finding in one.findings:
            if finding.id not in has_request:
                findings.setdefault(finding.id, (one.row, finding))
    return list(findings.values())


def _newest(submission_id: UUID, newer: Mapping[UUID, UUID]) -> UUID:
    """Follow the corrections that came in the same group: a request stands in the newest version."""
    while submission_id in newer:
        submission_id = newer[submission_id]
    return submission_id


def _request_row(submission: dict[str, Any], finding: Finding, routing: RoutingTable, number: int) -> dict[str, Any]:
    opened_at: datetime = submission["received_at"]
    opened_on = opened_at.astimezone(ISTANBUL).date()
    route = routing.route(finding.category_code, finding.mahalle_id, opened_on)
    return {
        "id": uuid7(opened_at),
        "tracking_no": tracking_number(opened_on.year, number),
        "finding_id": finding.id,
        "submission_id": submission["id"],
        "channel": FIELD_CHANNEL,
        "visit_type": submission["visit_type"],
        "team_id": submission["team_id"],
        "category_code": finding.category_code,
        "description": finding.description,
        "search_key": search_key(finding.description),
        "lon": finding.lon,
        "lat": finding.lat,
        "accuracy_m": finding.accuracy_m,
        "mahalle_id": finding.mahalle_id,
        "directorate_id": route.directorate_id,
        "routing_reason": route.reason,
        "status": ROUTED,
        "opened_at": opened_at,
        "opened_on": opened_on,
    }


def _first_events(request: dict[str, Any], sender: UUID) -> list[dict[str, Any]]:
    """Make the first two steps: opened by whoever sent the visit, routed by the table (nobody)."""
    common = {"request_id": request["id"], "at": request["opened_at"]}
    opened = {"actor_id": sender, "kind": OPENED, "status": OPENED, "directorate_id": None, "note": None}
    routed = {
        "actor_id": None,
        "kind": ROUTED,
        "status": ROUTED,
        "directorate_id": request["directorate_id"],
        "note": request["routing_reason"],
    }
    return [{"id": uuid7(request["opened_at"]), **common, **step} for step in (opened, routed)]


def _correct_counts(
    session: Session, submissions: Sequence[OpenedFrom], opened: dict[UUID, list[OpenedRequest]]
) -> None:  # fmt: skip
    """Count again where a submission amends another (its requests came along) or brought findings already known."""
    for one in submissions:
        if one.row["amends_id"] or len(opened.get(one.row["id"], ())) != one.row["request_count"]:
            count = (
                select(func.count()).where(ServiceRequest.submission_id == one.row["id"]).scalar_subquery()
            )  # fmt: skip
            session.execute(
                update(Submission)
                .where(Submission.id == one.row["id"])
                .values(request_count=count)
                .execution_options(synchronize_session=False)
            )
