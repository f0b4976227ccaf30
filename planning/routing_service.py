"""Asking a routing service for travel times: an OSRM- or Valhalla-compatible `table` endpoint, in blocks, in time.

OSRM: `…/table/v1/{mode}` (GET), answers `durations`, null where there is no way. Valhalla: `…/sources_to_targets`
(POST), answers rows of `time`, null likewise. Null stays "unreachable", never 0. Only points leave the house.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from planning.problem import UNREACHABLE
from planning.travel_matrix import CAR, Place

# OSRM answers 100 points at once unless it is told otherwise: half of them go, half of them come.
_BLOCK = 50
_LARGEST_ANSWER = 8_000_000
_PROFILES = {"osrm": {"car": "driving", "walk": "foot"}, "valhalla": {"car": "auto", "walk": "pedestrian"}}

Seconds = npt.NDArray[np.int32]


class NoTravelTimes(Exception):
    """The service did not give them; `reason` is one of `timeout`, `refused`, `unreadable`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RoutingService(msgspec.Struct, frozen=True):
    """The endpoint of the settings; `{mode}` in its address becomes the profile. `timeout_s`: for all blocks."""

    url: str
    timeout_s: float

    def ask(self, sources: Sequence[Place], targets: Sequence[Place], mode: str) -> Seconds:
        """Return seconds from each source to each target. Raises `NoTravelTimes`."""
        until = time.monotonic() + self.timeout_s
        found = np.full((len(sources), len(targets)), UNREACHABLE, dtype=np.int32)
        for row in range(0, len(sources), _BLOCK):
            for column in range(0, len(targets), _BLOCK):
                some, others = sources[row : row + _BLOCK], targets[column : column + _BLOCK]
                found[row : row + len(some), column : column + len(others)] = self._ask_block(some, others, mode, until)
        return found

    @property
    def _is_valhalla(self) -> bool:
        return self.url.partition("?")[0].rstrip("/").endswith("sources_to_targets")

    def _ask_block(self, sources: Sequence[Place], targets: Sequence[Place], mode: str, until: float) -> Seconds:
        make, read = (self._valhalla, _of_valhalla) if self._is_valhalla else (self._osrm, _of_osrm)
        try:
            return _matrix(read(_fetch(make(sources, targets, mode), until)), len(sources), len(targets))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise NoTravelTimes("unreadable") from error

    def _osrm(self, sources: Sequence[Place], targets: Sequence[Place], mode: str) -> urllib.request.Request:
        points = ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in (*sources, *targets))
        first = ";".join(map(str, range(len(sources))))
        second = ";".join(str(len(sources) + number) for number in range(len(targets)))
        address = self.url.replace("{mode}", _PROFILES["osrm"].get(mode, _PROFILES["osrm"][CAR])).rstrip("/")
        query = f"sources={first}&destinations={second}&annotations=duration"
        return urllib.request.Request(f"{address}/{points}?{query}")  # noqa: S310 - http by the settings

    def _valhalla(self, sources: Sequence[Place], targets: Sequence[Place], mode: str) -> urllib.request.Request:
        asked = {
            "sources": [{"lon": lon, "lat": lat} for lon, lat in sources],
            "targets": [{"lon": lon, "lat": lat} for lon, lat in targets],
            "costing": _PROFILES["valhalla"].get(mode, _PROFILES["valhalla"][CAR]),
        }
        headers = {"Content-Type": "application/json"}
        return urllib.request.Request(self.url, json.dumps(asked).encode(), headers, method="POST")  # noqa: S310 - http by the settings


def _fetch(request: urllib.request.Request, until: float) -> Any:  # noqa: ANN401 - foreign JSON
    """Fetch an answer before `until` (monotonic), however slowly it drips."""
    left = until - time.monotonic()
    if left <= 0:
        raise NoTravelTimes("timeout")
    try:
        with urllib.request.urlopen(request, timeout=left) as answer:  # noqa: S310 - http by the settings
            return json.loads(_read_all(answer.read1, until))
    except TimeoutError as error:
        raise NoTravelTimes("timeout") from error
    except urllib.error.HTTPError as error:
        error.close()
        raise NoTravelTimes("refused") from error
    except urllib.error.URLError as error:
        raise NoTravelTimes("timeout" if isinstance(error.reason, TimeoutError) else "refused") from error
    except OSError as error:
        raise NoTravelTimes("refused") from error


def _read_all(read: Callable[[int], bytes], until: float) -> bytes:
    pieces, size = [], 0
    while piece := read(65_536):
        pieces.append(piece)
        size += len(piece)
        if size > _LARGEST_ANSWER:
            raise NoTravelTimes("unreadable")
        if time.monotonic() > until:
            raise NoTravelTimes("timeout")
    return b"".join(pieces)


def _of_osrm(answer: Any) -> list[list[float | None]]:  # noqa: ANN401 - foreign JSON
    rows: list[list[float | None]] = answer["durations"]
    return rows


def _of_valhalla(answer: Any) -> list[list[float | None]]:  # noqa: ANN401 - foreign JSON
    return [[cell["time"] for cell in row] for row in answer["sources_to_targets"]]


def _matrix(rows: list[list[float | None]], height: int, width: int) -> Seconds:
    if len(rows) != height or any(len(row) != width for row in rows):
        raise ValueError("not the size that was asked for")
    cells = [[UNREACHABLE if cell is None or cell < 0 else round(cell) for cell in row] for row in rows]
    return np.array(cells, dtype=np.int32).reshape(height, width)
