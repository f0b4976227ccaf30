"""Long lists in pages: newest first, continued below the last id seen (never OFFSET, which slows down page by page).

Ids are UUID v7, so their order is that of arrival and nothing that arrives meanwhile moves a page.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from foundation.errors import SahaError
from geo.turkish import search_key

MOST_PER_PAGE = 200
DEFAULT_PER_PAGE = 50
# Counting further would cost more than knowing it is worth.
COUNTED_UP_TO = 10_000

Row = TypeVar("Row")


class BadCursor(SahaError):
    """The cursor is none that we gave out."""

    code = "list.bad_cursor"

    def __init__(self) -> None:
        super().__init__("Liste kaldığı yerden sürdürülemiyor. Listeyi baştan açın.")


class PageWanted(msgspec.Struct, frozen=True):
    """Which page: below `after` (None: from the top), at most `limit` rows."""

    after: UUID | None = None
    limit: int = DEFAULT_PER_PAGE


class PageView(msgspec.Struct, Generic[Row], frozen=True):
    """One page. `total` is exact up to 10,000 and None beyond."""

    items: list[Row]
    next_cursor: str | None
    total: int | None


def write_cursor(last_id: UUID) -> str:
    """Make the opaque cursor that continues below `last_id`."""
    return urlsafe_b64encode(last_id.bytes).rstrip(b"=").decode()


def read_cursor(cursor: str) -> UUID:
    """Read a cursor of ours. Raises `BadCursor` for anything else."""
    try:
        last_id = UUID(bytes=urlsafe_b64decode(cursor.encode("ascii") + b"=="))
    except (UnicodeEncodeError, NotBase64, ValueError) as error:
        raise BadCursor from error
    if write_cursor(last_id) != cursor:
        raise BadCursor
    return last_id


def one_page(
    statement: Select[*tuple[Any, ...]], id_column: InstrumentedAttribute[UUID], wanted: PageWanted
) -> Select[*tuple[Any, ...]]:  # fmt: skip
    """Restrict a statement to one page, and one row more that tells whether another follows."""
    if wanted.after is not None:
        statement = statement.where(id_column < wanted.after)
    return statement.order_by(id_column.desc()).limit(wanted.limit + 1)


def count_rows(session: Session, statement: Select[*tuple[Any, ...]]) -> int | None:
    """Count what a statement without joins finds: exact up to 10,000, None beyond."""
    some = statement.limit(COUNTED_UP_TO + 1).subquery()
    counted = session.scalar(select(func.count()).select_from(some)) or 0
    return counted if counted <= COUNTED_UP_TO else None


def page_of(rows: list[Row], ids: list[UUID], wanted: PageWanted, total: int | None) -> PageView[Row]:
    """Make the page from the rows of `one_page` (up to one too many) and their ids."""
    more = len(rows) > wanted.limit
    return PageView(rows[: wanted.limit], write_cursor(ids[wanted.limit - 1]) if more else None, total)


def contains_words(column: InstrumentedAttribute[str], typed: str) -> list[ColumnElement[bool]]:
    """Say that a folded column contains every word typed, in any order; nothing typed asks for nothing."""
    return [column.like(f"%{_escaped(word)}%", escape="\\") for word in search_key(typed).split()]


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
