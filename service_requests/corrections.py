"""Corrections: a submission that amends another takes its place and its requests."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from service_requests.tables import ServiceRequest, Submission


def edits_for_later(amends_by_instance: Mapping[str, str | None]) -> set[str]:
    """Find edits of what is being recorded in this very round, and second edits of the same submission. Pure."""
    amended: set[str] = set()
    later: set[str] = set()
    for instance_id, amends in amends_by_instance.items():
        if amends in amends_by_instance or amends in amended:
            later.add(instance_id)
        elif amends:
            amended.add(amends)
    # Edits of each other in a circle would wait for ever; received now, they are refused as edits of nothing.
    return later if len(later) < len(amends_by_instance) else set()


def supersede(session: Session, newer: Mapping[str, Any]) -> None:
    """Mark the amended version of the row `newer`; its requests go on with the newer one."""
    amended_id: UUID | None = newer["amends_id"]
    if amended_id is None:
        return
    marked = update(Submission).where(Submission.id == amended_id)
    # The amendment answers the question it was returned with, which stays to be read.
    unanswered = case((Submission.flags != "", "open"), else_="none")
    review = case((Submission.review == "returned", unanswered), else_=Submission.review)
    session.execute(marked.values(superseded_by_id=newer["id"], request_count=0, review=review))
    session.execute(
        update(ServiceRequest)
        .where(ServiceRequest.submission_id == amended_id)
        .values(submission_id=newer["id"])
        .execution_options(synchronize_session=False)
    )
