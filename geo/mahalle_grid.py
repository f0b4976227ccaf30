"""The grid below the mahalle index: for each small cell of the map, the mahalle that touch it.

Built once per set of boundaries; knows polygons by their position only. A cell that lies wholly inside the first of its
polygons (by rank) needs no further test; that also settles a cell on A's border that lies wholly inside an overlapping
B of lower rank. `mahalle_index` asks it; this file decides nothing about ties beyond "the lower position wins".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.distance import metres_per_degree

Ints = npt.NDArray[np.int64]
Cells = npt.NDArray[np.int32]

NO_CELL = -1
# A cell's code: -1 nobody, n >= 0 surely the polygon n, and -2 - k: test the polygons of `candidates[k]` in turn.
FIRST_CANDIDATES = -2

_CELLS_PER_POLYGON = 512
_FEWEST_CELLS = 1 << 16
_MOST_CELLS = 1 << 20
_TILE = 32
# How far from the nearest other cell is counted; further does not matter for the accuracy of a GPS.
_RINGS = 24
# Cells are judged slightly larger than they are, so that rounding never puts a point beside the cell it is counted to.
_MARGIN = 1e-6


@dataclass(frozen=True)
class Grid:
    """Cells by row, then column, around all polygons; one ring of empty cells stands at the edge."""

    min_lon: float
    min_lat: float
    per_lon: float
    per_lat: float
    columns: int
    rows: int
    # The side of a cell in metres, nowhere longer than it really is.
    cell_m: float
    codes: Cells
    # How many rings of cells around a cell lie in the same polygon and touch no other; -1: not even the cell itself.
    rings: npt.NDArray[np.int8]
    candidates: tuple[tuple[int, ...], ...]


def build_grid(polygons: Sequence[BaseGeometry]) -> Grid:
    """Build the grid of `polygons` (degrees; not empty as a list, each valid and with an area), in order of rank."""
    grid = _empty_grid(polygons)
    touched: list[Ints] = []
    for rank, polygon in enumerate(polygons):
        inside, border = _cells_of(polygon, grid)
        # One number per entry, that sorts by cell, then rank, and carries whether the cell is wholly inside.
        touched.append(((inside * len(polygons) + rank) << 1) | 1)
        touched.append((border * len(polygons) + rank) << 1)
    entries = np.sort(np.concatenate(touched))
    keys, whole = entries >> 1, (entries & 1).astype(bool)
    cells, ranks = keys // len(polygons), keys % len(polygons)
    return _with_codes(grid, cells, ranks, whole)


def _empty_grid(polygons: Sequence[BaseGeometry]) -> Grid:
    min_lon, min_lat, max_lon, max_lat = shapely.total_bounds(np.array(polygons, dtype=object)).tolist()
    farthest = max(abs(min_lat), abs(max_lat))
    metres_lon, metres_lat = metres_per_degree(farthest)
    width_m = max((max_lon - min_lon) * metres_lon, 1.0)
    height_m = max((max_lat - min_lat) * metres_lat, 1.0)
    wanted = min(max(_CELLS_PER_POLYGON * len(polygons), _FEWEST_CELLS), _MOST_CELLS)
    side_m = max(math.sqrt(width_m * height_m / wanted), max(width_m, height_m) / 8192)
    columns, rows = math.ceil(width_m / side_m) + 2, math.ceil(height_m / side_m) + 2
    step_lon, step_lat = side_m / metres_lon, side_m / metres_lat
    size = columns * rows
    return Grid(
        min_lon=min_lon - step_lon, min_lat=min_lat - step_lat, per_lon=1 / step_lon, per_lat=1 / step_lat,
        columns=columns, rows=rows, cell_m=side_m * 0.98,
        codes=np.full(size, -1, np.int32), rings=np.full(size, -1, np.int8), candidates=(),
    )  # fmt: skip


def _cells_of(polygon: BaseGeometry, grid: Grid) -> tuple[Ints, Ints]:
    """Return the cells wholly inside `polygon`, and those it touches otherwise, by halving squares of cells."""
    shapely.prepare(polygon)
    min_lon, min_lat, max_lon, max_lat = polygon.bounds
    first_column, last_column = _tile_span(min_lon, max_lon, grid.min_lon, grid.per_lon)
    first_row, last_row = _tile_span(min_lat, max_lat, grid.min_lat, grid.per_lat)
    column, row = (
        axis.ravel()
        for axis in np.meshgrid(
            np.arange(first_column, last_column + 1, _TILE), np.arange(first_row, last_row + 1, _TILE)
        )
    )
    inside: list[Ints] = []
    side = _TILE
    while True:
        boxes = _boxes(column, row, side, grid)
        touches = shapely.intersects(polygon, boxes)
        column, row = column[touches], row[touches]
        covered = shapely.contains_properly(polygon, boxes[touches])
        inside.append(_cells_in(column[covered], row[covered], side, grid))
        column, row = column[~covered], row[~covered]
        if side == 1:
            return np.concatenate(inside), _cells_in(column, row, 1, grid)
        side //= 2
        column = np.concatenate([column, column + side, column, column + side])
        row = np.concatenate([row, row, row + side, row + side])


def _tile_span(low: float, high: float, origin: float, per_degree: float) -> tuple[int, int]:
    return int((low - origin) * per_degree) - 1, int((high - origin) * per_degree) + 1


def _boxes(column: Ints, row: Ints, side: int, grid: Grid) -> npt.NDArray[np.object_]:
    boxes: npt.NDArray[np.object_] = shapely.box(
        grid.min_lon + (column - _MARGIN) / grid.per_lon,
        grid.min_lat + (row - _MARGIN) / grid.per_lat,
        grid.min_lon + (column + side + _MARGIN) / grid.per_lon,
        grid.min_lat + (row + side + _MARGIN) / grid.per_lat,
    )
    return boxes


def _cells_in(column: Ints, row: Ints, side: int, grid: Grid) -> Ints:
    steps = np.arange(side)
    columns = (column[:, None, None] + steps[None, None, :]) + np.zeros((1, side, 1), np.int64)
    rows = (row[:, None, None] + steps[None, :, None]) + np.zeros((1, 1, side), np.int64)
    on_map = (columns >= 0) & (columns < grid.columns) & (rows >= 0) & (rows < grid.rows)
    return (rows * grid.columns + columns)[on_map].astype(np.int64)


def _with_codes(grid: Grid, cells: Ints, ranks: Ints, whole: npt.NDArray[np.bool_]) -> Grid:
    starts = np.flatnonzero(np.diff(cells, prepend=-1))
    ends = np.append(starts[1:], len(cells))
    sure = whole[starts]
    codes = grid.codes.copy()
    codes[cells[starts[sure]]] = ranks[starts[sure]]
    # Neighbouring border cells share their short list, so that there are a few thousand lists, not a quarter million.
    known: dict[tuple[int, ...], int] = {}
    doubtful = [
        FIRST_CANDIDATES - known.setdefault(tuple(ranks[start:end].tolist()), len(known))
        for start, end in zip(starts[~sure].tolist(), ends[~sure].tolist(), strict=True)
    ]
    codes[cells[starts[~sure]]] = doubtful
    alone = np.zeros(len(codes), np.bool_)
    alone[cells[starts[sure & (ends - starts == 1)]]] = True
    rings = _count_rings(codes.reshape(grid.rows, grid.columns), alone.reshape(grid.rows, grid.columns))
    return Grid(
        min_lon=grid.min_lon, min_lat=grid.min_lat, per_lon=grid.per_lon, per_lat=grid.per_lat,
        columns=grid.columns, rows=grid.rows, cell_m=grid.cell_m,
        codes=codes, rings=rings.ravel(), candidates=tuple(known),
    )  # fmt: skip


def _count_rings(codes: Cells, alone: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    rings = np.where(alone, 0, -1).astype(np.int8)
    still = alone
    for ring in range(1, _RINGS + 1):
        still = _same_in_threes(codes, still, 0)
        still = _same_in_threes(codes, still, 1)
        if not still.any():
            break
        rings[still] = ring
    return rings


def _same_in_threes(codes: Cells, still: npt.NDArray[np.bool_], axis: int) -> npt.NDArray[np.bool_]:
    """Keep cells whose two neighbours along `axis` are kept too and carry the same code; never those at the edge."""
    kept = np.zeros_like(still)
    lines, values = np.moveaxis(still, axis, 0), np.moveaxis(codes, axis, 0)
    both = lines[:-1] & lines[1:] & (values[:-1] == values[1:])
    np.moveaxis(kept, axis, 0)[1:-1] = both[:-1] & both[1:]
    return kept
