"""The demo municipality: Sancaktepe's 19 mahalle by name, with boundaries that are our own sample.

Names and approximate centres (rounded to 0.005°, about half a kilometre) are facts; no border is a real one. Borders
run halfway between neighbouring centres, bent a little so that they look drawn by hand, inside an outline of our own.
Codes begin with ORNEK ("sample"), which no address registry code does. Store with `is_sample=True`.
"""

import itertools
import math

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo.boundary_checks import compare_boundaries
from geo.boundary_report import BoundaryReport, ReadBoundary, warning
from geo.turkish import search_key, sort_key

SAMPLE_CODE_PREFIX = "ORNEK-"
SOURCE_NAME = "Saha örnek sınırları (gerçek değildir)"

# Longitude, latitude.
_CENTRES = {
    "Abdurrahmangazi": (29.235, 40.995),
    "Akpınar": (29.230, 40.970),
    "Atatürk": (29.225, 41.010),
    "Emek": (29.200, 41.000),
    "Eyüp Sultan": (29.215, 40.985),
    "Fatih": (29.220, 40.960),
    "Hilal": (29.265, 41.025),
    "İnönü": (29.215, 41.015),
    "Kemal Türkler": (29.220, 41.005),
    "Meclis": (29.200, 41.010),
    "Merve": (29.245, 41.005),
    "Mevlana": (29.260, 41.010),
    "Osmangazi": (29.245, 40.985),
    "Paşaköy": (29.310, 41.030),
    "Safa": (29.250, 41.010),
    "Sarıgazi": (29.210, 41.005),
    "Veysel Karani": (29.240, 40.960),
    "Yenidoğan": (29.240, 41.015),
    "Yunus Emre": (29.250, 41.020),
}
# A rough round around the centres, drawn for the demo.
_OUTLINE = (
    (29.190, 40.995), (29.205, 40.975), (29.207, 40.952), (29.232, 40.945), (29.255, 40.955), (29.262, 40.985),
    (29.290, 40.998), (29.335, 41.012), (29.345, 41.038), (29.310, 41.052), (29.262, 41.040), (29.225, 41.026),
    (29.192, 41.020),
)  # fmt: skip
# At 41° north a degree of longitude is about three quarters of a degree of latitude.
_LON_SCALE = math.cos(math.radians(41.0))
_DECIMALS = 6
# A border is bent sideways by at most this part of its length, and never by more than this many degrees of latitude.
_BEND, _MOST_BEND = 0.06, 0.0006
_STEPS = 12

_Place = tuple[float, float]


def sample_boundaries() -> BoundaryReport:
    """Return the demo's 19 mahalle, the same ones every time, ready for `store_boundaries(..., is_sample=True)`."""
    boundaries = tuple(
        ReadBoundary(code=_code(name), name=name, geometry=MultiPolygon([polygon]))
        for name, polygon in sorted(_partition().items(), key=lambda item: sort_key(item[0]))
    )
    told = warning("boundaries.sample", "Bu sınırlar örnektir, gerçek mahalle sınırı değildir.")
    return BoundaryReport(SOURCE_NAME, boundaries, (told, *compare_boundaries(boundaries)))


def _code(name: str) -> str:
    return SAMPLE_CODE_PREFIX + search_key(name).replace(" ", "-").upper()


def _partition() -> dict[str, Polygon]:
    """Cut the outline into one polygon around each centre; neighbours get the very same points along their border."""
    outline = Polygon([(lon * _LON_SCALE, lat) for lon, lat in _OUTLINE])
    centres = {name: shapely.Point(lon * _LON_SCALE, lat) for name, (lon, lat) in _CENTRES.items()}
    cells = shapely.voronoi_polygons(shapely.MultiPoint(list(centres.values())), extend_to=outline).geoms
    partition = {}
    for cell in cells:
        (name,) = (name for name, centre in centres.items() if cell.contains(centre))
        part = shapely.intersection(cell, outline)
        assert isinstance(part, Polygon)  # noqa: S101 - both are convex around the centre, see the test
        partition[name] = _bent(part)
    return partition


def _bent(cell: Polygon) -> Polygon:
    # Rounded first: two neighbours compute a corner on the outline each on their own.
    corners = [(round(x, _DECIMALS), round(y, _DECIMALS)) for x, y in shapely.get_coordinates(cell).tolist()]
    corners = [corner for corner, _ in itertools.groupby(corners)]
    ring = list(itertools.chain.from_iterable(_bent_edge(start, end) for start, end in itertools.pairwise(corners)))
    return Polygon([(round(x / _LON_SCALE, _DECIMALS), round(y, _DECIMALS)) for x, y in ring])


def _bent_edge(start: _Place, end: _Place) -> list[_Place]:
    """Return points from `start` up to, not with, `end`; the way back gives the same points in the other order."""
    if start > end:
        return [start, *_bent_edge(end, start)[:0:-1]]
    (x, y), (to_x, to_y) = start, end
    length = math.hypot(to_x - x, to_y - y)
    # The bend's form follows from where the border is, so that not all borders look alike.
    turn = math.sin(1e4 * (x + to_x)) + math.cos(1e4 * (y + to_y))
    along = np.linspace(0.0, 1.0, _STEPS, endpoint=False)
    aside = min(_BEND * length, _MOST_BEND) * np.sin(np.pi * along) * np.sin(2 * np.pi * along + turn) / length
    places = zip(x + along * (to_x - x) - aside * (to_y - y), y + along * (to_y - y) + aside * (to_x - x), strict=True)
    return [(float(place_x), float(place_y)) for place_x, place_y in places]
