"""The way of an uploaded list, step by step; each step that takes long is work for a thread beside the requests.

    reading → checking → checked (a person looks at columns and report, and may correct) → recording → done
    reading → mapping (the columns that were guessed make no list: a person says what they are) → checking
    failed and cancelled end it from everywhere before done

Only `claim` gives out work; whoever works renews its claim. Where it dies the claim grows old and the step begins anew:
each step either commits as a whole or leaves nothing that counts.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from foundation.identifiers import uuid7
from foundation.insertion import insert_or_replace
from geo.turkish import search_key
from visits.import_tables import ColumnMemory, VisitImport, VisitImportFile, VisitImportPart
from visits.list_columns import FIELDS, LIST_KINDS

AT_WORK = ("reading", "checking", "recording")
ENDED = ("done", "failed", "cancelled")
KEPT_FOR = timedelta(days=7)
# A claim that nobody renewed for so long is of a process that is gone.
_CLAIM_LASTS = timedelta(seconds=90)


class ImportNotThere(SahaError):
    """The import is in another state than what was asked of it needs."""

    code: ClassVar[str] = "visit_import.other_state"

    def __init__(self) -> None:
        super().__init__("Bu liste artık o adımda değil. Sayfayı yenileyip nerede kaldığına bakın.")


class BadMapping(SahaError):
    """The columns that were chosen make no list; the sentence says why."""

    code: ClassVar[str] = "visit_import.bad_mapping"


class NewMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says of a list: its kind, its sheet and header row, and the field of each column in order."""

    list_kind: str
    columns: list[str | None]
    sheet: int
    header_row: int


def begin_import(session: Session, content: bytes, file_name: str, by: UUID | None, at: datetime) -> VisitImport:
    """Keep an upload; reading it is work for later."""
    job = VisitImport(
        id=uuid7(at), state="reading", file_name=file_name[:200], byte_size=len(content), created_by=by, created_at=at,
        changed_at=at,
    )  # fmt: skip
    session.add(job)
    session.flush()
    session.add(VisitImportFile(import_id=job.id, content=content))
    session.flush()
    return job


def choose_columns(session: Session, job: VisitImport, given: NewMapping, at: datetime) -> None:
    """Take what a person says of the columns, remember it, and have the list checked; another sheet is read first.

    Raises `ImportNotThere`, `BadMapping`.
    """
    if job.state not in {"mapping", "checked"}:
        raise ImportNotThere
    if given.list_kind not in LIST_KINDS or not 0 <= given.sheet < len(job.sheets) or given.header_row < 0:
        raise BadMapping("Listenin türü, sayfası ya da başlık satırı tanınmıyor. Sayfayı yenileyip yeniden seçin.")
    job.list_kind = given.list_kind
    if given.sheet != job.sheet or given.header_row != job.header_row:
        # Of another sheet nobody has seen the header yet: it is looked for (-1).
        job.header_row = given.header_row if given.sheet == job.sheet else -1
        job.sheet = given.sheet
        _go(job, "reading", at)
        return
    refuse_bad_columns(given.columns, len(job.columns))
    job.columns = [
        one | ({"field": field, "by": "person"} if field != one["field"] else {})
        for one, field in zip(job.columns, given.columns, strict=True)
    ]
    remember_columns(session, job, at)
    _go(job, "checking", at)


def refuse_bad_columns(columns: Sequence[str | None], count: int) -> None:
    """Refuse columns that make no list. Raises `BadMapping`."""
    chosen = [field for field in columns if field is not None]
    if len(columns) != count or not set(chosen) <= set(FIELDS):
        raise BadMapping("Sütunlar listeyle uyuşmuyor. Sayfayı yenileyip yeniden seçin.")
    twice = next((field for field in chosen if chosen.count(field) > 1), None)
    if twice is not None:
        raise BadMapping(f"«{FIELDS[twice]}» iki sütuna verilmiş. Birini değiştirin ya da «Alınmasın» seçin.")
    if not set(chosen) & {"ad", "adres", "sokak", "konum", "enlem"}:
        raise BadMapping("Ad, adres ya da konum sütunlarından en az biri seçilmeli: ekip kimi, nerede bulacak?")


def start_recording(job: VisitImport, at: datetime) -> None:
    """Have a checked list imported. Raises `ImportNotThere`."""
    if job.state != "checked":
        raise ImportNotThere
    _go(job, "recording", at)


def cancel_import(session: Session, job: VisitImport, at: datetime) -> None:
    """Give an import up: at once where nobody works on it, else as soon as whoever does notices."""
    if job.state in ENDED:
        raise ImportNotThere
    job.is_cancel_asked = True
    if job.claimed_at is None:
        end_import(session, job, "cancelled", at)


def end_import(session: Session, job: VisitImport, state: str, at: datetime, failure: str | None = None) -> None:
    """End an import and forget the persons in it; the bad rows of a list that was imported stay to be corrected."""
    job.state, job.failure, job.changed_at, job.claimed_at = state, failure, at, None
    session.execute(delete(VisitImportFile).where(VisitImportFile.import_id == job.id))
    parts = delete(VisitImportPart).where(VisitImportPart.import_id == job.id)
    session.execute(parts.where(VisitImportPart.bad.is_(None)) if state == "done" else parts)
    if state == "done":
        session.execute(
            update(VisitImportPart).where(VisitImportPart.import_id == job.id).values(rows=b"", row_count=0)
        )


def claim(session: Session, at: datetime) -> VisitImport | None:
    """Take the oldest list that waits for work, or whose worker is gone; None where there is none."""
    free = VisitImport.claimed_at.is_(None) | (VisitImport.claimed_at < at - _CLAIM_LASTS)
    waiting = select(VisitImport).where(VisitImport.state.in_(AT_WORK), free).order_by(VisitImport.id).limit(1)
    job = session.scalars(waiting.with_for_update(skip_locked=True)).one_or_none()
    if job is not None:
        job.claimed_at = at
        session.flush()
    return job


def free_claims(session: Session) -> None:
    """Let whatever is claimed be taken anew; for whoever knows that nobody else works."""
    session.execute(update(VisitImport).where(VisitImport.claimed_at.is_not(None)).values(claimed_at=None))


def renew_claim(session: Session, job_id: UUID, at: datetime, done: int, total: int) -> bool:
    """Say how far the work is; False where it is to be given up."""
    row = session.execute(
        update(VisitImport)
        .where(VisitImport.id == job_id)
        .values(claimed_at=at, done=done, total=total)
        .returning(VisitImport.is_cancel_asked)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return row is not None and not row.is_cancel_asked


def finish_step(job: VisitImport, state: str, at: datetime) -> None:
    """Put a list before a person again."""
    _go(job, state, at)


def _go(job: VisitImport, state: str, at: datetime) -> None:
    job.state, job.changed_at, job.claimed_at, job.done, job.total = state, at, None, 0, 0


def header_hash(columns: Sequence[dict[str, Any]]) -> str:
    """Name a header by its folded words, whatever their case."""
    return hashlib.sha256("|".join(search_key(one["header"]) for one in columns).encode()).hexdigest()


def remember_columns(session: Session, job: VisitImport, at: datetime) -> None:
    """Remember what the columns of such a header are, for the next list of this kind."""
    row = {
        "list_kind": job.list_kind,
        "header_sha256": header_hash(job.columns),
        "fields": [one["field"] for one in job.columns],
        "changed_at": at,
    }
    insert_or_replace(session, ColumnMemory, [row])


def remembered_columns(session: Session, list_kind: str, columns: Sequence[dict[str, Any]]) -> list[str | None] | None:
    """Recall what a person said of the columns of such a header; the number of columns agrees."""
    known = session.get(ColumnMemory, (list_kind, header_hash(columns)))
    return known.fields if known is not None and len(known.fields) == len(columns) else None


def sweep_old_imports(session: Session, at: datetime, *, limit: int = 100) -> int:
    """Forget lists that nobody touched for a week, persons and all; returns how many."""
    old = select(VisitImport.id).where(VisitImport.changed_at < at - KEPT_FOR, VisitImport.state.not_in(AT_WORK))
    ids = list(session.scalars(old.order_by(VisitImport.changed_at).limit(limit)))
    for table in (VisitImportPart, VisitImportFile):
        session.execute(delete(table).where(table.import_id.in_(ids)))
    session.execute(delete(VisitImport).where(VisitImport.id.in_(ids)))
    return len(ids)
