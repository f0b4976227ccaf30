"""How fast points find their mahalle, on a generated city; needs neither network nor data.

Prints one JSON object per figure: {"name", "value", "unit"}. Run: PYTHONPATH=. python benchmarks/locate.py
"""

import json
import math
import random
import statistics
import time
from collections.abc import Callable
from uuid import UUID

import numpy as np
import numpy.typing as npt
import shapely

from geo.mahalle_index import MahalleArea, MahalleIndex

POLYGONS = 1_000
BULK_POINTS = 1_000_000
SINGLE_POINTS = 50_000
REPEATS = 7
# A city of 40 km by 40 km.
WEST, SOUTH, WIDTH, HEIGHT = 28.9, 40.9, 0.48, 0.36


def main() -> None:
    """Build the city, ask it, and print medians."""
    polygons = waved_city(POLYGONS, random.Random(7))
    started = time.perf_counter()
    index = MahalleIndex(
        MahalleArea(id=UUID(int=number), code=f"{number:05}", name=f"Mahalle {number}", geometry=polygon)
        for number, polygon in enumerate(polygons)
    )
    report("locate.build", time.perf_counter() - started, "s")
    report("locate.vertices_per_polygon", statistics.mean(map(shapely.get_num_coordinates, polygons)), "count")
    generator = np.random.default_rng(11)
    lons = generator.uniform(WEST, WEST + WIDTH, BULK_POINTS)
    lats = generator.uniform(SOUTH, SOUTH + HEIGHT, BULK_POINTS)
    report("locate.bulk", BULK_POINTS / median_seconds(lambda: index.locate_many(lons, lats)), "points/s")
    points = list(zip(lons[:SINGLE_POINTS].tolist(), lats[:SINGLE_POINTS].tolist(), strict=True))
    report("locate.single", each_us(lambda: [index.locate(lon, lat) for lon, lat in points]), "us")
    for accuracy in (8.0, 25.0, 100.0):
        seconds = each_us(lambda metres=accuracy: [index.locate(lon, lat, metres) for lon, lat in points])
        report(f"locate.single.accuracy_{accuracy:.0f}m", seconds, "us")


def waved_city(count: int, chance: random.Random) -> list[shapely.Polygon]:
    """Make `count` polygons that fill the city, with borders of some hundred vertices like digitised ones."""
    side = math.ceil(math.sqrt(count))

    def bent(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        lon, lat = degrees.T
        wave = 0.12 / side
        return np.column_stack(
            [
                lon + WIDTH * wave * np.sin(lat * side * 40) + WIDTH * wave * 0.2 * np.sin(lat * side * 311),
                lat + HEIGHT * wave * np.sin(lon * side * 31) + HEIGHT * wave * 0.2 * np.sin(lon * side * 277),
            ]
        )

    corners = shapely.MultiPoint(
        [
            (
                WEST + WIDTH * (number % side + chance.random()) / side,
                SOUTH + HEIGHT * (number // side + chance.random()) / side,
            )
            for number in range(count)
        ]
    )
    city = shapely.box(WEST, SOUTH, WEST + WIDTH, SOUTH + HEIGHT)
    cells = shapely.voronoi_polygons(corners, extend_to=city).geoms
    dense = [shapely.segmentize(cell.intersection(city), WIDTH / side / 40) for cell in cells]
    return [shapely.transform(cell, bent) for cell in dense]


def median_seconds(action: Callable[[], object]) -> float:
    """Return the median time of some repeats, the first not counted."""
    action()
    taken = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def each_us(action: Callable[[], object]) -> float:
    """Return microseconds for one of the SINGLE_POINTS that `action` asks for."""
    return median_seconds(action) / SINGLE_POINTS * 1e6


def report(name: str, value: float, unit: str) -> None:
    """Print one figure."""
    print(json.dumps({"name": name, "value": round(float(value), 3), "unit": unit}))


if __name__ == "__main__":
    main()
