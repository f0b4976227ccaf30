"""What boundaries say about each other: overlaps, gaps, the same name or code twice. Pure.

Areas are in square metres. Borders digitised separately never meet exactly; what is smaller than a square metre is
counted and told in one sentence, not pair by pair.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import shapely

from geo.boundary_report import BoundaryProblem, ReadBoundary, error, square_metres, warning
from geo.distance import area_m2
from geo.turkish import search_key

_WORTH_TELLING_M2 = 1.0
# Two mahalle that share more than half of the smaller one are the same place twice, not a border drawn carelessly.
_SAME_PLACE = 0.5


def compare_boundaries(boundaries: Sequence[ReadBoundary]) -> list[BoundaryProblem]:
    """Return every problem that only shows between boundaries."""
    return [
        *_same_codes(boundaries),
        *_same_names(boundaries),
        *_overlaps(boundaries),
        *_gaps(boundaries),
    ]


def _same_codes(boundaries: Iterable[ReadBoundary]) -> Iterable[BoundaryProblem]:
    by_code = defaultdict(list)
    for boundary in boundaries:
        by_code[boundary.code].append(boundary.name)
    for code, names in by_code.items():
        if len(names) > 1:
            together = ", ".join(names)
            yield error(
                "code.duplicate",
                f"{code} kodu {len(names)} kez var: {together}. Parçalı mahalleyi tek kayıtta birleştirin.",
                *names,
            )


def _same_names(boundaries: Iterable[ReadBoundary]) -> Iterable[BoundaryProblem]:
    by_name = defaultdict(list)
    for boundary in boundaries:
        by_name[search_key(boundary.name)].append(boundary)
    for group in by_name.values():
        if len(group) > 1:
            codes = ", ".join(boundary.code for boundary in group)
            yield warning(
                "name.duplicate",
                f"{group[0].name} adı {len(group)} kez var (kodlar: {codes}). Doğru mu, denetleyin.",
                *(boundary.name for boundary in group),
            )


def _overlaps(boundaries: Sequence[ReadBoundary]) -> Iterable[BoundaryProblem]:
    geometries = np.array([boundary.geometry for boundary in boundaries], dtype=object)
    tiny: list[float] = []
    for first, second in _touching_pairs(geometries):
        area = area_m2(shapely.intersection(geometries[first], geometries[second]))
        if area >= _WORTH_TELLING_M2:
            smaller = min(area_m2(geometries[first]), area_m2(geometries[second]))
            yield _overlap(
                boundaries[first].name, boundaries[second].name, area, is_same_place=area > smaller * _SAME_PLACE
            )
        elif area > 0:
            tiny.append(area)
    if tiny:
        yield warning(
            "overlap.tiny",
            f"{len(tiny)} komşu çifti 1 m²'den az örtüşüyor (toplam {square_metres(sum(tiny))}).",
            area_m2=sum(tiny),
        )


def _touching_pairs(geometries: np.ndarray[tuple[int], np.dtype[np.object_]]) -> list[tuple[int, int]]:
    if not len(geometries):
        return []
    first, second = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    return sorted((one, other) for one, other in pairs if one < other)


def _overlap(one: str, other: str, area: float, *, is_same_place: bool) -> BoundaryProblem:
    if is_same_place:
        return error(
            "overlap.same_place",
            f"{one} ile {other} aynı yeri kaplıyor ({square_metres(area)}). Yanlış olanı düzeltin.",
            one, other, area_m2=area,
        )  # fmt: skip
    return warning(
        "overlap",
        f"{one} ile {other} {square_metres(area)} örtüşüyor. Oradaki noktalar kodu küçük olan mahalleye yazılır.",
        one, other, area_m2=area,
    )  # fmt: skip


def _gaps(boundaries: Sequence[ReadBoundary]) -> Iterable[BoundaryProblem]:
    """Report the holes in the whole; one that a lake fills is told too, for a person to judge."""
    if not boundaries:
        return
    geometries = np.array([boundary.geometry for boundary in boundaries], dtype=object)
    whole = shapely.union_all(geometries)
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(whole) for ring in getattr(part, "interiors", ())]
    tree = shapely.STRtree(geometries)
    tiny = [area for hole in holes if (area := area_m2(hole)) < _WORTH_TELLING_M2]
    for hole in holes:
        area = area_m2(hole)
        if area >= _WORTH_TELLING_M2:
            around = sorted({boundaries[position].name for position in tree.query(hole, "intersects").tolist()})
            yield warning(
                "gap",
                f"{', '.join(around)} arasında {square_metres(area)} boşluk var. Oradaki noktalar açıkta kalır.",
                *around, area_m2=area,
            )  # fmt: skip
    if tiny:
        yield warning(
            "gap.tiny",
            f"Sınırlar arasında 1 m²'den küçük {len(tiny)} boşluk var (toplam {square_metres(sum(tiny))}).",
            area_m2=sum(tiny),
        )
