"""What came from the field and what it became.

A Submission is one filled form as one tablet sent it; it never changes. A correction is a new Submission that amends
the earlier one. A Submission expects photos by name; findings in it open Service Requests, each found again by the id
that the tablet gave the finding. What is refused stands in Quarantine until a person decides.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, Index, LargeBinary, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.column_types import UtcDateTime
from foundation.database import Base


class Submission(Base):
    """One filled form. `id` sorts by arrival, so lists page on it; `flags` is `,code,code,` for plain LIKE."""

    __tablename__ = "submission"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    instance_id: Mapped[str] = mapped_column(String(200), unique=True)
    xml_sha256: Mapped[str] = mapped_column(String(64))
    form_id: Mapped[str] = mapped_column(String(200))
    form_version: Mapped[str] = mapped_column(String(200))
    # Without a version row the submission is held raw until somebody publishes that version.
    form_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("form_version.id"))
    visit_type: Mapped[str | None] = mapped_column(String(50))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    device_id: Mapped[str] = mapped_column(String(200), default="")
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    visited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    visited_on: Mapped[date] = mapped_column(Date)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    place: Mapped[str] = mapped_column(String(10))
    mahalle_id: Mapped[UUID | None] = mapped_column(Uuid)
    distance_m: Mapped[float | None]
    possible_mahalle: Mapped[list[str]] = mapped_column(JSON, default=list)
    result: Mapped[str | None] = mapped_column(String(200))
    person_name: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(400))
    search_key: Mapped[str] = mapped_column(String(700), default="")
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    flags: Mapped[str] = mapped_column(String(400), default="")
    review: Mapped[str] = mapped_column(String(10), default="none")
    reviewed_by: Mapped[UUID | None] = mapped_column(Uuid)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_note: Mapped[str | None] = mapped_column(Text)
    photos_expected: Mapped[int] = mapped_column(default=0)
    photos_received: Mapped[int] = mapped_column(default=0)
    request_count: Mapped[int] = mapped_column(default=0)
    amends_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission.id"))
    superseded_by_id: Mapped[UUID | None] = mapped_column(Uuid)
    # What the visit was planned as and whom it went to; by id only, a tablet may name what is not here yet.
    assignment_id: Mapped[UUID | None] = mapped_column(Uuid)
    target_id: Mapped[UUID | None] = mapped_column(Uuid)
    # The target that the form itself names, where a person has merged that one into `target_id`.
    named_target_id: Mapped[UUID | None] = mapped_column(Uuid)
    # The tablet with our own application that sent it; None: ODK Collect.
    sent_by_device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    # Sent back to its author with a question; `review` is "returned" until an amendment comes.
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_by: Mapped[UUID | None] = mapped_column(Uuid)
    return_question: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_submission_visit_type_id", "visit_type", "id"),
        Index("ix_submission_mahalle_id_id", "mahalle_id", "id"),
        Index("ix_submission_team_id_id", "team_id", "id"),
        # The map's counts are read from these two alone, without touching the rows (SQLite: 6 ms instead of 105).
        Index("ix_submission_counts", "mahalle_id", "visited_on", "visit_type", "superseded_by_id"),
        Index(
            "ix_submission_review_id",
            "review",
            "id",
            postgresql_where=text("review <> 'none'"),
            sqlite_where=text("review <> 'none'"),
        ),
        Index(
            "ix_submission_held",
            "form_id",
            "form_version",
            postgresql_where=text("form_version_id IS NULL"),
            sqlite_where=text("form_version_id IS NULL"),
        ),
        Index(
            "ix_submission_target_id_id",
            "target_id",
            "id",
            postgresql_where=text("target_id IS NOT NULL"),
            sqlite_where=text("target_id IS NOT NULL"),
        ),
        Index(
            "ix_submission_named_target_id",
            "named_target_id",
            postgresql_where=text("named_target_id IS NOT NULL"),
            sqlite_where=text("named_target_id IS NOT NULL"),
        ),
    )


class SubmissionDocument(Base):
    """The XML exactly as it arrived; apart from `submission` so that lists do not drag it along."""

    __tablename__ = "submission_document"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    xml: Mapped[bytes] = mapped_column(LargeBinary)


class ExpectedPhoto(Base):
    """A file that a submission names, or that came with it unnamed, and what is known of it.

    `state`: awaited, received, refused (reason says why; kept unless empty or too large), unexpected (came, but no
    answer names it).
    """

    __tablename__ = "expected_photo"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(255), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    reason: Mapped[str | None] = mapped_column(String(300))
    # The finding (entity id) in whose group the photo question stands.
    finding_id: Mapped[UUID | None] = mapped_column(Uuid)
    # What the tablet said the awaited file hashes to; its upload is found by it.
    promised_sha256: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        Index(
            "ix_expected_photo_promised",
            "promised_sha256",
            postgresql_where=text("state = 'awaited' AND promised_sha256 IS NOT NULL"),
            sqlite_where=text("state = 'awaited' AND promised_sha256 IS NOT NULL"),
        ),
    )


class Category(Base):
    """What a finding is about; the forms' choices use the same codes."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)


class RoutingRule(Base):
    """Sends requests of a category and mahalle (empty: any), within dates, to a directorate."""

    __tablename__ = "routing_rule"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    mahalle_id: Mapped[UUID | None] = mapped_column(Uuid)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    directorate_id: Mapped[UUID] = mapped_column(ForeignKey("directorate.id"))


class ServiceRequest(Base):
    """A talep: one finding, on its way to an answer."""

    __tablename__ = "service_request"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tracking_no: Mapped[str] = mapped_column(String(16), unique=True)
    finding_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    submission_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission.id"), index=True)
    channel: Mapped[str] = mapped_column(String(30))
    visit_type: Mapped[str | None] = mapped_column(String(50))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    category_code: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(Text)
    search_key: Mapped[str] = mapped_column(Text)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    mahalle_id: Mapped[UUID | None] = mapped_column(Uuid)
    directorate_id: Mapped[UUID] = mapped_column(ForeignKey("directorate.id"))
    routing_reason: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_on: Mapped[date] = mapped_column(Date)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_service_request_directorate_id_status_id", "directorate_id", "status", "id"),
        Index("ix_service_request_mahalle_id_id", "mahalle_id", "id"),
        Index("ix_service_request_status_id", "status", "id"),
        Index("ix_service_request_category_code_id", "category_code", "id"),
        Index(
            "ix_service_request_counts",
            "mahalle_id",
            "opened_on",
            "status",
            "visit_type",
            "category_code",
            "directorate_id",
        ),
    )


class RequestEvent(Base):
    """One step of a request: who, when, what it became."""

    __tablename__ = "request_event"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_request.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[UUID | None] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    directorate_id: Mapped[UUID | None] = mapped_column(Uuid)
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_request_event_request_id_id", "request_id", "id"),)


class Quarantine(Base):
    """What was refused, kept as it came. `fingerprint` makes it idempotent: same sender and bytes, same row.

    `content` says what the bytes are: a submission's XML, or an operation's JSON. `repaired` is what a coordinator
    made of them; a replay takes it instead, and the original stays.
    """

    __tablename__ = "quarantine"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    times_seen: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(String(60))
    sentence: Mapped[str] = mapped_column(String(400))
    # Empty where an operation names no worker that we know.
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    device_id: Mapped[str] = mapped_column(String(200), default="")
    form_id: Mapped[str | None] = mapped_column(String(200))
    instance_id: Mapped[str | None] = mapped_column(String(200))
    xml: Mapped[bytes] = mapped_column(LargeBinary)
    # {"file name": "sha256"} of the photos that came along.
    photos: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="open")
    submission_id: Mapped[UUID | None] = mapped_column(Uuid)
    closed_by: Mapped[UUID | None] = mapped_column(Uuid)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    close_reason: Mapped[str | None] = mapped_column(Text)
    content: Mapped[str] = mapped_column(String(12), default="submission")
    sent_by_device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    repaired: Mapped[bytes | None] = mapped_column(LargeBinary)
    repaired_by: Mapped[UUID | None] = mapped_column(Uuid)
    repaired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What a replayed operation became: the JSON of its result, which the tablet gets when it sends it again.
    result: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_quarantine_state_id", "state", "id"),)
