"""The rows of a list on its way in, packed by the thousand, so that none of them need be in memory together."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from visits.import_tables import VisitImportPart

ROWS_IN_PART = 1_000

Row = tuple[int, list[str]]


class KeptBadRow(NamedTuple):
    """A bad row as it is kept: its number, what is wrong (column, value, reason), and its cells."""

    number: int
    problems: list[tuple[int | None, str, str]]
    cells: list[str]


_rows = msgspec.json.Decoder(list[Row])
_bad = msgspec.json.Decoder(list[KeptBadRow])


def write_part(session: Session, import_id: UUID, place: int, rows: Sequence[Row]) -> None:
    """Keep the rows of one piece."""
    packed = zlib.compress(msgspec.json.encode(rows), 1)
    session.add(VisitImportPart(import_id=import_id, place=place, row_count=len(rows), rows=packed))


def forget_parts(session: Session, import_id: UUID) -> None:
    """Forget the rows that a step before had kept."""
    session.execute(delete(VisitImportPart).where(VisitImportPart.import_id == import_id))


def count_parts(session: Session, import_id: UUID) -> list[int]:
    """List the places of the parts of a list, in order."""
    places = select(VisitImportPart.place).where(VisitImportPart.import_id == import_id)
    return list(session.scalars(places.order_by(VisitImportPart.place)))


def read_part(session: Session, import_id: UUID, place: int) -> list[Row]:
    """Read the rows of one part."""
    packed = session.scalars(
        select(VisitImportPart.rows).where(VisitImportPart.import_id == import_id, VisitImportPart.place == place)
    ).one_or_none()
    return _rows.decode(zlib.decompress(packed)) if packed else []


def keep_bad(session: Session, import_id: UUID, place: int, bad: Sequence[KeptBadRow]) -> None:
    """Keep what is wrong with the rows of one part."""
    packed = zlib.compress(msgspec.json.encode(bad)) if bad else None
    session.execute(
        update(VisitImportPart)
        .where(VisitImportPart.import_id == import_id, VisitImportPart.place == place)
        .values(bad=packed)
        .execution_options(synchronize_session=False)
    )


def read_bad(session: Session, import_id: UUID) -> Iterator[KeptBadRow]:
    """Read every bad row of a list, in the order of the list."""
    packed = select(VisitImportPart.bad).where(VisitImportPart.import_id == import_id, VisitImportPart.bad.is_not(None))
    for bad in session.scalars(packed.order_by(VisitImportPart.place)):
        yield from _bad.decode(zlib.decompress(bad or b""))


def in_pieces(rows: Iterable[Row], size: int = ROWS_IN_PART) -> Iterator[list[Row]]:
    """Part rows as they come into pieces of at most `size`."""
    piece: list[Row] = []
    for row in rows:
        piece.append(row)
        if len(piece) == size:
            yield piece
            piece = []
    if piece:
        yield piece
