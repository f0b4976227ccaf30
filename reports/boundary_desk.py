"""Boundaries from a browser: looked at first, and stored only over the boundaries that they were looked at against."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select

from foundation.database import Database
from foundation.errors import SahaError
from geo.boundary_import import read_boundaries
from geo.boundary_report import BoundaryReport
from geo.tables import BoundarySet
from reports.boundary_moves import BoundaryMoves, import_boundaries

# The boundaries of a province with all its mahalle are smaller.
MAX_FILE_BYTES = 20 * 1024 * 1024
# A Shapefile is several files; its folder is for the command.
_SUFFIXES = frozenset({".geojson", ".json", ".gpkg"})
_LONGEST_NAME = 100


class NoBoundaryFile(SahaError):
    """The upload lacks the part `file`, or its name says that it is of another kind."""

    code: ClassVar[str] = "boundaries.no_file"

    def __init__(self) -> None:
        super().__init__("Sınır dosyası seçilmemiş. GeoJSON (.geojson, .json) ya da GeoPackage (.gpkg) dosyası seçin.")


class BoundariesTooLarge(SahaError):
    """The file is larger than `MAX_FILE_BYTES`."""

    code = "boundaries.too_large"

    def __init__(self) -> None:
        super().__init__("Sınır dosyası 20 MB'tan büyük. Yalnız ilçenin mahallelerini içeren bir dosya verin.")


class BoundariesChanged(SahaError):
    """Other boundaries became current since the file was looked at: the report is no longer what would happen."""

    code = "boundaries.changed"

    def __init__(self) -> None:
        super().__init__("Siz bakarken başka sınırlar yüklendi. Dosyayı yeniden inceleyin, raporu okuyup onaylayın.")


class UploadedBoundaries(msgspec.Struct, frozen=True):
    """A file with the name it was given, and which of its fields hold name and code (none: made from the name)."""

    content: bytes
    file_name: str
    name_field: str
    code_field: str | None


class BoundaryCheck(msgspec.Struct, frozen=True):
    """What storing a file would do: sentences in Turkish. With `errors` it is refused.

    `based_on` is the set that is current now, to be named when the file is stored.
    """

    based_on: UUID | None
    mahalle_count: int
    errors: list[str]
    warnings: list[str]
    told: list[str]


def check_boundaries(database: Database, uploaded: UploadedBoundaries, at: datetime) -> BoundaryCheck:
    """Say what would change; nothing is stored. Raises `NoBoundaryFile`, `BoundariesTooLarge`."""
    report = _read(uploaded)
    moves = BoundaryMoves([], [], [])
    with database.writing() as session:
        based_on = session.scalar(_CURRENT)
        if not report.errors and report.boundaries:
            moves = import_boundaries(session, report, at=at)
        session.rollback()
    return BoundaryCheck(
        based_on=based_on,
        mahalle_count=len(report.boundaries),
        errors=[problem.sentence for problem in report.errors],
        warnings=[problem.sentence for problem in report.warnings],
        told=list(moves.sentences()),
    )


def replace_boundaries(
    database: Database, uploaded: UploadedBoundaries, based_on: UUID | None, at: datetime
) -> None:  # fmt: skip
    """Store the boundaries over the set `based_on`.

    Raises what `check_boundaries` raises, `BoundariesRefused` for a file with errors, and `BoundariesChanged`.
    """
    report = _read(uploaded)
    with database.writing() as session:
        # Whoever comes second waits here, and then finds another set.
        if session.scalar(_CURRENT.with_for_update()) != based_on:
            raise BoundariesChanged
        import_boundaries(session, report, at=at)


_CURRENT = select(BoundarySet.id).where(BoundarySet.is_current)


def _read(uploaded: UploadedBoundaries) -> BoundaryReport:
    # The name stands in what is told of the file; whatever the browser says, it stays below our folder.
    name = Path(uploaded.file_name.replace("\\", "/").replace("\0", "")).name[-_LONGEST_NAME:]
    if Path(name).suffix.lower() not in _SUFFIXES:
        raise NoBoundaryFile
    if len(uploaded.content) > MAX_FILE_BYTES:
        raise BoundariesTooLarge
    with tempfile.TemporaryDirectory(prefix="saha-boundaries-") as folder:
        path = Path(folder) / name
        path.write_bytes(uploaded.content)
        return read_boundaries(path, name_field=uploaded.name_field, code_field=uploaded.code_field)
