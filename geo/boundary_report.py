"""What an import of boundaries found: the boundaries it read, and every problem, in words for the administrator.

Neighbours: `boundary_import` reads files, `boundary_checks` compares boundaries, `boundaries` stores them.
"""

from typing import Literal

import msgspec
from shapely.geometry import MultiPolygon

Severity = Literal["error", "warning"]


class BoundaryProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong or odd: an error stops the import, a warning is told.

    `code` is stable; `names` are the mahalle (or rows) it is about; `area_m2` goes with overlaps, gaps and repairs.
    """

    severity: Severity
    code: str
    sentence: str
    names: tuple[str, ...] = ()
    area_m2: float | None = None


class ReadBoundary(msgspec.Struct, frozen=True):
    """One mahalle as read: geometry is a valid multipolygon in degrees (EPSG:4326)."""

    code: str
    name: str
    geometry: MultiPolygon


class BoundaryReport(msgspec.Struct, frozen=True):
    """The boundaries of one source and all problems found in them."""

    source_name: str
    boundaries: tuple[ReadBoundary, ...]
    problems: tuple[BoundaryProblem, ...]

    @property
    def errors(self) -> tuple[BoundaryProblem, ...]:
        """The problems that forbid storing anything."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[BoundaryProblem, ...]:
        """The problems that are told and lived with."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")


def error(code: str, sentence: str, *names: str, area_m2: float | None = None) -> BoundaryProblem:
    """State a problem that forbids storing."""
    return BoundaryProblem("error", code, sentence, names, area_m2)


def warning(code: str, sentence: str, *names: str, area_m2: float | None = None) -> BoundaryProblem:
    """State a problem that is told and lived with."""
    return BoundaryProblem("warning", code, sentence, names, area_m2)


def square_metres(area: float) -> str:
    """Write an area in Turkish: whole square metres with dots between thousands, or square kilometres when large."""
    if area >= 1_000_000:  # noqa: PLR2004 - a square kilometre
        return f"{area / 1_000_000:.2f} km²".replace(".", ",")
    return f"{area:,.0f} m²".replace(",", ".") if area >= 1 else f"{area:.4f} m²".replace(".", ",")
