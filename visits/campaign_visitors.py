"""Who is to visit: spreads the visits of a campaign so that whoever asked for a woman or a man gets one, or is listed.

The wish is the campaign's (`visitor`), else what was last written into a visit of the target (`ziyaretci`). Which team
has whom there on a day, its members and their leave say; a team whose members name no gender matches no wish. A team
that the household asked for (`preferred_teams.py`) goes where it is one of the campaign's and takes nobody's place;
else any other.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.entity_records import chunks
from teams.work_times import WorkTimes
from visits.campaign_rounds import Place, Spot, spread
from visits.preferred_teams import read_preferred_teams
from visits.tables import Campaign, VisitAssignment
from visits.visit_choice import Asked

Room = Mapping[tuple[date, UUID], int]
LeftOutReason = Literal["nobody", "no_room"]
LEFT_OUT = {
    "nobody": "İstenen görevli (kadın ya da erkek) bu günlerde kampanyanın hiçbir ekibinde yok.",
    "no_room": "Ekiplerin bu günlerde yeri kalmadı.",
}


class LeftOut(NamedTuple):
    """A target that found no day and team, who was asked for, and why."""

    target_id: UUID
    visitor: str
    reason: LeftOutReason


class Wishes(NamedTuple):
    """What targets asked for: a woman or a man, a team; whoever asked for nothing is in neither."""

    visitors: Mapping[UUID, str]
    teams: Mapping[UUID, UUID]


class Layout(NamedTuple):
    """Where the targets of a round go."""

    places: list[Place]
    left_out: list[LeftOut]


def read_wishes(session: Session, target_ids: Collection[UUID]) -> dict[UUID, str]:
    """Read of each target by whom it was last asked to be visited; those without a wish are not in it.

    What a campaign wanted of its visitors was not the household's wish.
    """
    found: dict[UUID, str] = {}
    for some in chunks(target_ids):
        written = (
            select(VisitAssignment.target_id, VisitAssignment.fields)
            .outerjoin(Campaign, Campaign.id == VisitAssignment.campaign_id)
            .where(
                VisitAssignment.target_id.in_(some),
                VisitAssignment.is_removed.is_(False),
                func.coalesce(Campaign.visitor, "") == "",
            )
            .order_by(VisitAssignment.day, VisitAssignment.id)
        )
        found.update(
            (row.target_id, row.fields["ziyaretci"]) for row in session.execute(written) if row.fields.get("ziyaretci")
        )
    return found


def read_asked(session: Session, target_ids: Collection[UUID]) -> dict[UUID, Asked]:
    """Read what each of these targets asked for."""
    visitors, teams = read_wishes(session, target_ids), read_preferred_teams(session, target_ids)
    return {one: Asked(visitors.get(one, ""), teams.get(one)) for one in target_ids}


def lay_out(
    spots: Sequence[Spot], wishes: Wishes, room: Room, areas: Mapping[UUID, frozenset[UUID]], work: WorkTimes
) -> Layout:
    """Spread targets over days and teams; of the wishes for a team as many are met as cost nobody a place.

    Everybody is laid out as if no team were wanted, then team by team with more and more of those who want it, first
    those who have a place anyhow; what is kept leaves out nobody who had one before.
    """
    met: dict[UUID, UUID] = {}
    best = _lay_out(spots, wishes._replace(teams=met), room, areas, work)
    for team in sorted({team for _, team in room} & set(wishes.teams.values())):
        has_place = _placed(best)
        wanting = [spot.target_id for spot in spots if wishes.teams.get(spot.target_id) == team]
        wanting.sort(key=lambda target_id: target_id not in has_place)
        fewest, most = 0, len(wanting)
        some = most
        while fewest < most:
            tried = met | dict.fromkeys(wanting[:some], team)
            layout = _lay_out(spots, wishes._replace(teams=tried), room, areas, work)
            if _placed(layout) >= _placed(best):
                fewest, best = some, layout
            else:
                most = some - 1
            some = (fewest + most + 1) // 2
        met |= dict.fromkeys(wanting[:fewest], team)
    return best


def _placed(layout: Layout) -> set[UUID]:
    return {place.target_id for place in layout.places}


def _lay_out(
    spots: Sequence[Spot], wishes: Wishes, room: Room, areas: Mapping[UUID, frozenset[UUID]], work: WorkTimes
) -> Layout:
    """Spread targets; those who asked for a woman or a man choose first, because fewer teams are open to them."""
    left, layout = dict(room), Layout([], [])
    for visitor in (*sorted(set(wishes.visitors.values())), ""):
        some = [spot for spot in spots if wishes.visitors.get(spot.target_id, "") == visitor]
        fitting = {key: count for key, count in left.items() if not visitor or visitor in work.genders(key[1], key[0])}
        places = _spread(some, wishes.teams, fitting, areas)
        layout.places.extend(places)
        _take(left, places)
        placed = {place.target_id for place in places}
        reason: LeftOutReason = "no_room" if fitting else "nobody"
        layout.left_out.extend(
            LeftOut(spot.target_id, visitor, reason if visitor else "no_room")
            for spot in some
            if spot.target_id not in placed
        )
    return layout


def _spread(
    spots: Sequence[Spot], wanted: Mapping[UUID, UUID], room: Room, areas: Mapping[UUID, frozenset[UUID]]
) -> list[Place]:
    """Spread targets; those first that asked for a team, over its days: who finds no place there is like any other."""
    left, places = dict(room), list[Place]()
    for team in sorted({team for _, team in room} & set(wanted.values())):
        asking = [spot for spot in spots if wanted.get(spot.target_id) == team]
        given = spread(asking, {key: count for key, count in left.items() if key[1] == team}, {})
        _take(left, given)
        places += given
    placed = {place.target_id for place in places}
    return places + spread([spot for spot in spots if spot.target_id not in placed], left, areas)


def _take(room: dict[tuple[date, UUID], int], places: Iterable[Place]) -> None:
    for key, count in Counter((place.day, place.team_id) for place in places).items():
        room[key] -= count
