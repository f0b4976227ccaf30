"""Wishes for a team: seen to once more when the search is over, and said why another team goes. Pure.

The solver weighs a wish as `WISH_S` seconds of way, but a search in small steps can miss one. What is told of a visit
that another team makes is therefore looked at, not guessed: whether it could stand in that team's day, at what price.
"""

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from planning.lunch_clock import LunchClock
from planning.prizes import rank_of
from planning.problem import UNREACHABLE, WISH_S, Missed, Problem, Ride, Route, Visit
from planning.promoting import Order
from planning.reasons import IN_LUNCH, NO_ROOM, OUTSIDE_SHIFTS, TOO_LONG, UNREACHED, reason_with
from planning.side_by_side import worked_s
from planning.timetable import DoesNotFit, Matrix, time_route

NOT_PLANNED, PINNED, MOVED, NO_VISITOR = "not_planned", "pinned", "moved", "no_visitor"
FAR, UNEVEN, REMOVED = "far", "uneven", "removed"

# What is said behind the name of the team that was asked for.
MISSED = {
    NOT_PLANNED: "bu planda yok; seçilmemiş ya da bu günlerde çalışmıyor.",
    REMOVED: "ekip kaldırılmış.",
    PINNED: "ziyaretin günü ve ekibi sabit.",
    MOVED: "ziyaret elle başka ekibe verilmiş.",
    NO_VISITOR: "istenen görevli (kadın ya da erkek) o ekipte yok.",
    OUTSIDE_SHIFTS: "ziyaretin saatleri mesaisine denk gelmiyor.",
    IN_LUNCH: "ziyaretin saatleri öğle arasının içinde kalıyor.",
    UNREACHED: "bu adrese yolu bulunamadı.",
    TOO_LONG: "ziyaret, yoluyla birlikte mesaisine sığmıyor.",
    NO_ROOM: "gününde bu ziyarete yer yok.",
    FAR: "yol yarım saatten çok uzayacaktı.",
    UNEVEN: "ekiplerin günleri dengesiz kalacaktı.",
}


def missed_sentence(team: str, reason: str) -> str:
    """Say why a team does not go that was asked for."""
    return f"İstenen ekip {team} gidemiyor: {MISSED[reason]}"


# Trying takes no more of the search's time.
_SHARE = 0.1


class _Place(NamedTuple):
    """Where a visit could go: the seconds of way that it costs beyond what it costs now, and the rides there."""

    more_s: int
    shift: int
    rides: list[Ride]
    worked_s: int


def made_in(order: Order) -> Iterator[tuple[Visit, int]]:
    """Say of each visit of an order which shift makes it."""
    return ((ride.visit, shift) for shift, rides in order.items() for ride in rides)


def give_up_wishes(
    problem: Problem, visits: Sequence[Visit], order: Order, travel: dict[str, Matrix], clocks: Sequence[LunchClock]
) -> Order:
    """Let somebody be visited by another team wherever their own then can go to somebody who was left out.

    Whether a wish stands in the way or what came of it. Takes a share of the search's time, not more.
    """
    work = _Wishes(problem, order, travel, clocks)
    until = time.monotonic() + _SHARE * problem.seconds
    there = {visit.id for visit, _ in made_in(order)}
    for visit in sorted((one for one in visits if one.id not in there), key=rank_of):
        if time.monotonic() > until:
            break
        work.make_way_for(visit)
    return work.order


def grant_wishes(problem: Problem, order: Order, travel: dict[str, Matrix], clocks: Sequence[LunchClock]) -> Order:
    """Give visits to the team asked for wherever that costs less than a wish is worth, until there is none left."""
    work = _Wishes(problem, order, travel, clocks)
    granted = True
    while granted:
        # All of them, then again: what one leaves may be the place of another.
        granted = sum(work.grant(visit) for visit, _ in work.missed()) > 0
    return work.order


def tell_missed(
    problem: Problem, order: Order, travel: dict[str, Matrix], clocks: Sequence[LunchClock]
) -> tuple[Missed, ...]:
    """Say of each visit that another team makes than the one asked for why that is so."""
    work = _Wishes(problem, order, travel, clocks)
    return tuple(Missed(visit.id, work.reason(visit)) for visit, _ in work.missed())


class _Wishes:
    def __init__(self, problem: Problem, order: Order, travel: dict[str, Matrix], clocks: Sequence[LunchClock]) -> None:
        self._problem, self._travel, self._clocks = problem, travel, clocks
        self.order = dict(order)

    def missed(self) -> list[tuple[Visit, int]]:
        """List the visits that another team makes, with the shift that does."""
        shifts = self._problem.shifts
        return [
            (visit, shift) for visit, shift in made_in(self.order) if visit.preferred not in {None, shifts[shift].team}
        ]

    def grant(self, visit: Visit) -> bool:
        """Give one visit to the team asked for, if it is worth it."""
        worth_it = [place for place in self._places(visit) if place.more_s < WISH_S and self._is_even(place)]
        if not worth_it:
            return False
        best = min(worth_it, key=lambda place: place.more_s)
        now = self._shift_of(visit)
        self.order[now] = self._without(visit, now)
        self.order[best.shift] = best.rides
        self.order = {shift: rides for shift, rides in self.order.items() if rides}
        return True

    def make_way_for(self, visit: Visit) -> bool:
        """Place a visit that was left out where somebody stands who may as well be visited by another team."""
        for index, rides in list(self.order.items()):
            team = self._problem.shifts[index].team
            for ride in rides if _may_go(team, visit) else ():
                if self._swap(index, ride.visit, visit):
                    return True
        return False

    def _swap(self, index: int, goes: Visit, comes: Visit) -> bool:
        """Let one visit take the place of another in a shift, if another shift has one for it; else change nothing."""
        before = dict(self.order)
        self.order[index] = self._without(goes, index)
        found = min(self._places_in(index, comes, 0), key=lambda place: place.more_s, default=None)
        if found:
            self.order[index] = found.rides
            others = [
                place
                for number, shift in enumerate(self._problem.shifts)
                if number != index and _may_go(shift.team, goes)
                for place in self._places_in(number, goes, 0)
            ]
            if others:
                best = min(others, key=lambda place: place.more_s)
                self.order[best.shift] = best.rides
                return True
        self.order = before
        return False

    def reason(self, visit: Visit) -> str:
        """Say why the team asked for does not make a visit."""
        pairs = zip(self._problem.shifts, self._clocks, strict=True)
        ways = [(shift, clock) for shift, clock in pairs if shift.team == visit.preferred]
        alone = reason_with(ways, visit, self._travel)
        places = self._places(visit) if alone == NO_ROOM else []
        if not places:
            return alone
        return FAR if min(place.more_s for place in places) >= WISH_S else UNEVEN

    def _places(self, visit: Visit) -> list[_Place]:
        """List where the visit could stand in the days of the team asked for."""
        now = self._shift_of(visit)
        freed = self._route(now, self._without(visit, now))
        if freed is None:
            return []
        saved_s = _way_s(self._route(now, self.order[now])) - _way_s(freed)
        found: list[_Place] = []
        for index, shift in enumerate(self._problem.shifts):
            if shift.team == visit.preferred:
                found += self._places_in(index, visit, saved_s)
        return found

    def _places_in(self, index: int, visit: Visit, saved_s: int) -> Iterator[_Place]:
        before = self.order.get(index, [])
        now = self._route(index, before)
        way_s, spare_s = _way_s(now), self._spare_s(index, now) - visit.service_s
        for position in range(len(before) + 1):
            if self._detour_s(index, visit, position) > spare_s:
                continue
            for window in self._clocks[index].pieces(visit):
                rides = [*before[:position], Ride(visit, window), *before[position:]]
                route = self._route(index, rides)
                if route is not None:
                    yield _Place(route.travel_s - way_s - saved_s, index, rides, worked_s(route))

    def _spare_s(self, index: int, route: Route | None) -> int:
        """Return the seconds of a shift in which nothing is done, at most; where a day is full, it is seen at once."""
        shift = self._problem.shifts[index]
        length_s = shift.end - shift.start
        if route is None or not route.stops:
            return length_s
        eaten_s = route.lunch[1] - route.lunch[0] if route.lunch else 0
        return length_s - eaten_s - route.travel_s - sum(stop.end - stop.start for stop in route.stops)

    def _detour_s(self, index: int, visit: Visit, position: int) -> int:
        """Return how much longer the way gets at least, with a visit at this position; 0 where there may be no way."""
        shift, rides = self._problem.shifts[index], self.order.get(index, [])
        places = [shift.start_place, *(ride.visit.place for ride in rides), shift.end_place]
        before, behind = places[position], places[position + 1]
        travel = self._travel[shift.mode]
        ways = [int(travel[before, visit.place]), int(travel[visit.place, behind])]
        skipped_s = int(travel[before, behind]) if rides else 0
        return 0 if UNREACHABLE in (*ways, skipped_s) else sum(ways) - skipped_s

    def _is_even(self, place: _Place) -> bool:
        """Say whether no day gets longer than the longest, where days shall be even."""
        if not self._problem.is_balanced:
            return True
        routes = (self._route(shift, rides) for shift, rides in self.order.items())
        return place.worked_s <= max(worked_s(route) for route in routes if route)

    def _shift_of(self, visit: Visit) -> int:
        return next(shift for made, shift in made_in(self.order) if made.id == visit.id)

    def _without(self, visit: Visit, shift: int) -> list[Ride]:
        return [ride for ride in self.order[shift] if ride.visit.id != visit.id]

    def _route(self, index: int, rides: list[Ride]) -> Route | None:
        """Time the rides of a shift; None where they cannot be kept."""
        shift = self._problem.shifts[index]
        try:
            return time_route(index, shift, rides, self._travel[shift.mode], self._clocks[index])
        except DoesNotFit:
            return None


def _may_go(team: int, visit: Visit) -> bool:
    return visit.allowed is None or team in visit.allowed


def _way_s(route: Route | None) -> int:
    """Return the seconds of way of a day; who has no visit does not leave."""
    return route.travel_s if route and route.stops else 0
