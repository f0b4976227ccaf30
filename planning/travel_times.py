"""Travel times for a day: from the routing service of the settings where one is set, remembered, else by the bee-line.

What was used is said with the answer: `notes` is empty or codes of `TRAVEL_NOTES`. The service is asked only for
what is not remembered; what it says is unreachable stays unreachable.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundation.database import Database
from foundation.insertion import insert_or_replace
from foundation.settings import Settings
from planning.learnt_paces import UsedPace, read_paces
from planning.problem import UNREACHABLE
from planning.routing_service import NoTravelTimes, RoutingService
from planning.tables import TravelRow
from planning.travel_matrix import Place, bee_line_matrix

TRAVEL_NOTES = {
    "travel.timeout": "Yol süresi sunucusu zamanında yanıt vermedi; süreler kuş uçuşu mesafeden hesaplandı.",
    "travel.refused": "Yol süresi sunucusuna ulaşılamadı; süreler kuş uçuşu mesafeden hesaplandı.",
    "travel.unreadable": "Yol süresi sunucusunun yanıtı anlaşılamadı; süreler kuş uçuşu mesafeden hesaplandı.",
}
# Roads change; a month is what a new one-way street may take to be heard of.
KEPT_FOR = timedelta(days=30)
_PAIR = np.dtype([("point", "<i8"), ("seconds", "<i4")])
_SCALE, _SHIFT = 100_000, 1 << 32
_AT_ONCE = 500

Seconds = npt.NDArray[np.int32]


class TravelTimes(NamedTuple):
    """Seconds from place to place by mode, the codes of what is to be said of them, and how bee-lines were reckoned."""

    by_mode: dict[str, Seconds]
    notes: list[str]
    paces: list[UsedPace]


def find_travel_times(
    database: Database, settings: Settings, places: Sequence[Place], modes: Sequence[str], at: datetime
) -> TravelTimes:
    """Return the travel times between all places; opens its own transactions, none while the service is asked."""
    found: dict[str, Seconds] = {}
    notes: list[str] = []
    used: list[UsedPace] = []
    with database.reading() as session:
        paces = read_paces(session, settings)
    for mode in dict.fromkeys(modes):
        try:
            if settings.routing_url:
                found[mode] = _asked_times(database, settings, places, mode, at)
                continue
        except NoTravelTimes as trouble:
            notes.append(f"travel.{trouble.reason}")
        found[mode] = bee_line_matrix(places, paces[mode].pace)
        used.append(paces[mode])
    return TravelTimes(found, list(dict.fromkeys(notes)), used)


def sweep_travel_times(session: Session, at: datetime) -> int:
    """Forget what was asked too long ago; returns how many rows."""
    old = select(TravelRow.source, TravelRow.mode, TravelRow.origin).where(TravelRow.asked_at < at - KEPT_FOR)
    rows = session.execute(old.limit(_AT_ONCE)).all()
    for source, mode, origin in rows:
        session.execute(delete(TravelRow).where(
            TravelRow.source == source, TravelRow.mode == mode, TravelRow.origin == origin
        ))  # fmt: skip
    return len(rows)


def _asked_times(database: Database, settings: Settings, places: Sequence[Place], mode: str, at: datetime) -> Seconds:
    service = RoutingService(settings.routing_url, settings.routing_timeout_s)
    source = hashlib.sha256(settings.routing_url.encode()).hexdigest()[:16]
    keys = [_key(place) for place in places]
    points, where = np.unique(np.array(keys, dtype=np.int64), return_inverse=True)
    firsts = {int(key): places[index] for index, key in reversed(list(enumerate(keys)))}
    with database.reading() as session:
        known = _read_rows(session, source, mode, points, at)
    seconds = np.full((len(points), len(points)), UNREACHABLE, dtype=np.int32)
    is_known = np.zeros(seconds.shape, dtype=bool)
    for row, point in enumerate(points):
        pairs = known.get(int(point))
        if pairs is not None:
            _, here, there = np.intersect1d(points, pairs["point"], assume_unique=True, return_indices=True)
            seconds[row, here], is_known[row, here] = pairs["seconds"][there], True
    for rows, columns in _unknown(is_known):
        sources = [firsts[int(point)] for point in points[rows]]
        targets = [firsts[int(point)] for point in points[columns]]
        seconds[np.ix_(rows, columns)] = service.ask(sources, targets, mode)
    np.fill_diagonal(seconds, 0)
    changed = np.flatnonzero(~is_known.all(axis=1))
    if len(changed):
        with database.writing() as session:
            _write_rows(session, [
                {
                    "source": source, "mode": mode, "origin": str(points[row]), "asked_at": at,
                    "targets": _merged(known.get(int(points[row])), points, seconds[row]),
                }
                for row in changed
            ])  # fmt: skip
    return seconds[np.ix_(where, where)]


def _unknown(is_known: npt.NDArray[np.bool_]) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Cover what is not known with two rectangles: new points to all, and all old ones to new points."""
    new = np.flatnonzero(~is_known.all(axis=1) & (is_known.sum(axis=1) <= 1))
    old = np.setdiff1d(np.arange(len(is_known)), new)
    every = np.arange(len(is_known))
    wanted = [(new, every)] if len(new) else []
    missing = np.flatnonzero(~is_known[old].all(axis=0)) if len(old) else old
    return [*wanted, (old, missing)] if len(missing) else wanted


def _read_rows(
    session: Session, source: str, mode: str, points: npt.NDArray[np.int64], at: datetime
) -> dict[int, npt.NDArray[np.void]]:  # fmt: skip
    found: dict[int, npt.NDArray[np.void]] = {}
    for start in range(0, len(points), _AT_ONCE):
        some = [str(point) for point in points[start : start + _AT_ONCE]]
        rows = select(TravelRow.origin, TravelRow.targets).where(
            TravelRow.source == source, TravelRow.mode == mode, TravelRow.origin.in_(some),
            TravelRow.asked_at >= at - KEPT_FOR,
        )  # fmt: skip
        found |= {int(origin): np.frombuffer(targets, dtype=_PAIR) for origin, targets in session.execute(rows)}
    return found


def _write_rows(session: Session, rows: list[dict[str, object]]) -> None:
    for start in range(0, len(rows), _AT_ONCE):
        insert_or_replace(session, TravelRow, rows[start : start + _AT_ONCE])


def _merged(known: npt.NDArray[np.void] | None, points: npt.NDArray[np.int64], seconds: Seconds) -> bytes:
    """Lay what was asked now over what was known."""
    new = np.zeros(len(points), dtype=_PAIR)
    new["point"], new["seconds"] = points, seconds
    if known is None:
        return new.tobytes()
    kept = known[~np.isin(known["point"], points)]
    together = np.concatenate([kept, new])
    return together[np.argsort(together["point"])].tobytes()


def _key(place: Place) -> int:
    """Write a point as one number, to about a metre."""
    lon, lat = (round(degree * _SCALE) for degree in place)
    return lon * _SHIFT + (lat + (_SHIFT >> 1))
