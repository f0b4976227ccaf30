"""The rounds of a campaign, and how its visits are spread over days and teams. Pure.

A campaign that does not repeat is one round. `campaigns.py` keeps campaigns, `campaign_planning.py` plans a round.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

ONCE, WEEKLY, MONTHLY = "", "weekly", "monthly"
REPEATS = {ONCE: "Bir kez", WEEKLY: "Her hafta", MONTHLY: "Her ay"}
_LAST_MONTH = 12
# A grid of 2^12 cells a side over a district: cells of some metres.
_GRID_BITS = 12


class Round(NamedTuple):
    """The days of one round, the last one included."""

    first_day: date
    last_day: date


class Spot(NamedTuple):
    """A target that can be visited, and where it lies."""

    target_id: UUID
    mahalle_id: UUID | None
    lon: float | None
    lat: float | None


class Place(NamedTuple):
    """When a target is visited, and by whom."""

    target_id: UUID
    team_id: UUID
    day: date


def round_of(first_day: date, last_day: date, repeats: str, day: date) -> Round | None:
    """Return the round that a day lies in; before the first day the first one, after the last day none."""
    if day > last_day:
        return None
    start = first_day
    while (following := next_start(first_day, repeats, start)) is not None and following <= day:
        start = following
    following = next_start(first_day, repeats, start)
    return Round(start, min(last_day, following - timedelta(days=1)) if following else last_day)


def next_start(first_day: date, repeats: str, start: date) -> date | None:
    """Return the first day of the round after the one that begins on `start`."""
    if repeats == WEEKLY:
        return start + timedelta(days=7)
    if repeats == MONTHLY:
        year, month = divmod(start.year * _LAST_MONTH + start.month, _LAST_MONTH)
        # A round that begins on the 31st begins on the last day of shorter months, and on the 31st again.
        last_of_month = date(year + (month + 1) // _LAST_MONTH, (month + 1) % _LAST_MONTH + 1, 1) - timedelta(days=1)
        return date(year, month + 1, min(first_day.day, last_of_month.day))
    return None


def spread(
    spots: Sequence[Spot], room: Mapping[tuple[date, UUID], int], areas: Mapping[UUID, frozenset[UUID]]
) -> list[Place]:  # fmt: skip
    """Give each target a day and a team, as evenly as there is room; those left over found none.

    `room`: how many more visits each team takes on each day. `areas`: the mahalle of each team; a target goes to a team
    that has its mahalle where any has. Neighbours stay together: each day takes the next ones along a curve that fills
    the plane.
    """
    queues, shared = _queues(spots, {team for _, team in room}, areas)
    free = {key: count for key, count in sorted(room.items()) if count > 0}
    left = {team: sum(1 for _, other in free if other == team) for _, team in free}
    places: list[Place] = []
    for (day, team), most in free.items():
        # What waits, divided by the days that are left: not all on the first one.
        waiting = len(queues[team]) + -(-len(shared) * left[team] // max(sum(left.values()), 1))
        quota = min(most, -(-waiting // left[team]))
        left[team] -= 1
        for _ in range(quota):
            queue = queues[team] or shared
            if not queue:
                break
            places.append(Place(queue.popleft().target_id, team, day))
    return places


def _queues(
    spots: Iterable[Spot], teams: set[UUID], areas: Mapping[UUID, frozenset[UUID]]
) -> tuple[Mapping[UUID, deque[Spot]], deque[Spot]]:
    """Deal the targets in neighbourly order to the teams of their mahalle; what no team has is everybody's."""
    ordered = sorted(spots, key=lambda spot: (_curve(spot), str(spot.target_id)))
    queues: dict[UUID, deque[Spot]] = defaultdict(deque)
    shared: deque[Spot] = deque()
    of_mahalle: dict[UUID | None, list[UUID]] = defaultdict(list)
    for team in sorted(teams):
        for mahalle_id in areas.get(team, ()):
            of_mahalle[mahalle_id].append(team)
    pieces: dict[UUID | None, list[Spot]] = defaultdict(list)
    for spot in ordered:
        pieces[spot.mahalle_id if spot.mahalle_id in of_mahalle else None].append(spot)
    for of_piece, piece in pieces.items():
        owners = of_mahalle.get(of_piece, [])
        if not owners:
            shared.extend(piece)
        for place, spot in enumerate(piece if owners else ()):
            # In runs, so that two teams of one mahalle do not cross each other's way.
            queues[owners[place * len(owners) // len(piece)]].append(spot)
    return queues, shared


def _curve(spot: Spot) -> int:
    """Place a point on a Z-order curve, so that neighbours have numbers near each other; unknown places go last."""
    if spot.lon is None or spot.lat is None:
        return 1 << (2 * _GRID_BITS + 2)
    # A degree is far wider than any district: what counts are the digits behind it.
    column, row = (int((value % 1) * (1 << _GRID_BITS)) for value in (spot.lon, spot.lat))
    return sum(((column >> bit & 1) << 2 * bit) | ((row >> bit & 1) << 2 * bit + 1) for bit in range(_GRID_BITS))
