"""Planning the visits of a campaign's round: which targets, on which days, by which teams. Idempotent.

A visit is known by campaign, round and target, so it is never planned twice; planning again fills what the quota
leaves open. How they are spread is `campaign_rounds.py`, who asked for whom `campaign_visitors.py`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from foundation.clock import ISTANBUL
from foundation.identifiers import uuid7
from sync.change_log import FeedChanges
from teams.tables import Team, TeamArea
from teams.work_times import WorkTimes, active_teams, read_work_times
from visits.assignment_states import CANCELLED, OPEN
from visits.campaign_rounds import Round, Spot, next_start, round_of
from visits.campaign_visitors import Layout, LeftOut, Wishes, lay_out, read_wishes
from visits.campaigns import FINISHED, RUNNING, lock_campaign, places_of
from visits.preferred_teams import read_preferred_teams
from visits.recording import NewAssignment, Recording, record_assignments
from visits.tables import Campaign, VisitAssignment, VisitTarget
from visits.visit_type_rules import minutes_of_type

# Given targets and a day, those that somebody has visited since; the visits themselves stand in a package above.
VisitedSince = Callable[[Session, Collection[UUID], date], set[UUID]]
# How long it takes to get from one visit to the next, where no route has been planned yet.
_BETWEEN_MIN = 8
_AT_ONCE = 500
# A round is planned so long before it begins, so that tablets have it.
_AHEAD = timedelta(days=2)


class PlannedRound(NamedTuple):
    """What became of planning a round. `found`: targets there were for what the quota left open."""

    planned: int
    found: int


class _Plan(NamedTuple):
    whom: "_Whom"
    spots: Sequence[Spot]
    visitors: Mapping[UUID, str]
    layout: Layout


class _Whom(NamedTuple):
    campaign: Campaign
    mahalle: Sequence[UUID]
    round: Round
    today: date


def plan_round(
    session: Session, campaign: Campaign, feed: FeedChanges, recording: Recording, visited_since: VisitedSince
) -> PlannedRound:
    """Plan what the quota of the round at hand leaves open, from today on; notes when the next round begins.

    The campaign is locked by the caller.
    """
    plan = _plan(session, campaign, recording.at, visited_since)
    if plan is None:
        campaign.next_round_on = None
        return PlannedRound(0, 0)
    following = next_start(campaign.first_day, campaign.repeats, plan.whom.round.first_day)
    campaign.next_round_on = following if following and following <= campaign.last_day else None
    record_assignments(session, _assignments(session, plan), feed, recording)
    return PlannedRound(len(plan.layout.places), len(plan.spots))


def find_left_out(session: Session, campaign: Campaign, at: datetime, visited_since: VisitedSince) -> list[LeftOut]:
    """Find whom the round at hand would visit and has no place for, each with the reason; plans nothing."""
    plan = _plan(session, campaign, at, visited_since)
    return plan.layout.left_out if plan else []


def _plan(session: Session, campaign: Campaign, at: datetime, visited_since: VisitedSince) -> _Plan | None:
    """Lay out what the quota of the round at hand leaves open; None where there is no round."""
    today = at.astimezone(ISTANBUL).date()
    there = round_of(campaign.first_day, campaign.last_day, campaign.repeats, today + _AHEAD)
    if there is None or campaign.state != RUNNING:
        return None
    mahalle, teams = places_of(session, campaign.id)
    whom = _Whom(campaign, mahalle, there, today)
    open_count = campaign.quota - _count_of_round(session, whom)
    active = sorted(active_teams(session, teams))
    work = read_work_times(session, active, max(there.first_day, today))
    room = _room(session, whom, active, work)
    there_are = {gender for (day, team), count in room.items() if count > 0 for gender in work.genders(team, day)}
    spots, visitors = _find_targets(session, whom, visited_since, open_count, there_are) if open_count > 0 else ([], {})
    wishes = Wishes(visitors, read_preferred_teams(session, [spot.target_id for spot in spots]))
    layout = lay_out(spots, wishes, room, _areas(session, teams), work)
    return _Plan(whom, spots, visitors, layout)


def plan_due_rounds(session: Session, feed: FeedChanges, at: datetime, visited_since: VisitedSince) -> int:
    """Plan the rounds that begin now, and finish campaigns that are over; returns how many campaigns were seen to."""
    today = at.astimezone(ISTANBUL).date()
    due = select(Campaign.id).where(Campaign.state == RUNNING, Campaign.next_round_on <= today + _AHEAD)
    over = select(Campaign.id).where(Campaign.state == RUNNING, Campaign.last_day < today)
    ids = sorted({*session.scalars(due.limit(20)), *session.scalars(over.limit(20))})
    for campaign_id in ids:
        campaign = lock_campaign(session, campaign_id)
        if campaign is None or campaign.state != RUNNING:
            continue
        if campaign.last_day < today:
            campaign.state, campaign.version, campaign.changed_at = FINISHED, campaign.version + 1, at
            continue
        plan_round(session, campaign, feed, Recording(at, None, uuid7(at)), visited_since)
    return len(ids)


def _count_of_round(session: Session, whom: _Whom) -> int:
    # Whoever was not met is tried again: of the quota that is one.
    counted = select(func.count(VisitAssignment.target_id.distinct())).where(
        VisitAssignment.campaign_id == whom.campaign.id,
        VisitAssignment.status != CANCELLED,
        VisitAssignment.is_removed.is_(False),
        VisitAssignment.day.between(whom.round.first_day, whom.round.last_day),
    )
    return session.scalar(counted) or 0


def _find_targets(
    session: Session, whom: _Whom, visited_since: VisitedSince, wanted: int, there_are: Collection[str]
) -> tuple[list[Spot], dict[UUID, str]]:  # fmt: skip
    """Find targets whom nobody is sent to, who were not visited lately, and who may be visited; and who wants whom.

    Up to `wanted` of those whom somebody could visit. Others on the way to them, who asked for a woman or a man and
    none is there, come along to be told of; they must not keep the place of those.
    """
    spots: list[Spot] = []
    wishes: dict[UUID, str] = {}
    visitor = whom.campaign.visitor
    unvisited_since = whom.today - timedelta(days=whom.campaign.unvisited_days)
    for some in _candidates(session, whom):
        visited = (
            visited_since(session, [spot.target_id for spot in some], unvisited_since)
            if whom.campaign.unvisited_days
            else set()
        )
        asked = {} if visitor else read_wishes(session, [spot.target_id for spot in some])
        for spot in some:
            if wanted <= 0:
                return spots, wishes
            if spot.target_id in visited:
                continue
            wish = visitor or asked.get(spot.target_id, "")
            wanted -= not wish or wish in there_are
            spots.append(spot)
            wishes |= {spot.target_id: wish} if wish else {}
    return spots, wishes


def _candidates(session: Session, whom: _Whom) -> Iterator[list[Spot]]:
    """Read targets piece by piece, so that no more are read than the quota needs."""
    campaign, other = whom.campaign, aliased(VisitAssignment)
    is_sent = exists().where(
        other.target_id == VisitTarget.id,
        other.is_removed.is_(False),
        other.visit_type == campaign.visit_type,
        # Sent there anyhow, or of this very round: whoever was not met is tried again by what follows from that.
        (other.status.in_(OPEN) & (other.day >= whom.today))
        | ((other.campaign_id == campaign.id) & (other.day >= whom.round.first_day)),
    )
    wanted = (
        select(VisitTarget.id, VisitTarget.mahalle_id, VisitTarget.lon, VisitTarget.lat)
        .where(
            VisitTarget.kind == campaign.target_kind,
            VisitTarget.is_removed.is_(False),
            VisitTarget.is_do_not_visit.is_(False),
            ~is_sent,
        )
        .order_by(VisitTarget.mahalle_id, VisitTarget.id)
        .limit(_AT_ONCE)
    )
    # Mahalle by mahalle, each in the order of its index.
    pieces = [wanted.where(VisitTarget.mahalle_id == one) for one in whom.mahalle] or [wanted.order_by(None)]
    for piece in pieces:
        last: UUID | None = None
        ordered = piece.order_by(None).order_by(VisitTarget.id)
        while True:
            rows = session.execute(ordered if last is None else ordered.where(VisitTarget.id > last)).all()
            if rows:
                yield [Spot(*row) for row in rows]
            if len(rows) < _AT_ONCE:
                break
            last = rows[-1].id


def _room(session: Session, whom: _Whom, teams: Sequence[UUID], work: WorkTimes) -> dict[tuple[date, UUID], int]:
    """Work out how many more visits each team can make on each day of the round, from today on."""
    first, last = max(whom.round.first_day, whom.today), whom.round.last_day
    usual = {row.id: row.visit_minutes for row in session.scalars(select(Team).where(Team.id.in_(teams)))}
    planned = _planned(session, teams, first, last)
    minutes = minutes_of_type(session, whom.campaign.visit_type)
    room: dict[tuple[date, UUID], int] = {}
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        for team in teams:
            shift = work.plannable_shift(team, day)
            if shift is None:
                continue
            fits = shift.minutes // ((minutes or usual[team]) + _BETWEEN_MIN) - planned.get((day, team), 0)
            room[(day, team)] = fits if whom.campaign.per_day is None else min(fits, whom.campaign.per_day)
    return room


def _planned(session: Session, teams: Sequence[UUID], first: date, last: date) -> dict[tuple[date, UUID], int]:
    counted = (
        select(VisitAssignment.day, VisitAssignment.team_id, func.count())
        .where(
            VisitAssignment.day.between(first, last),
            VisitAssignment.team_id.in_(teams),
            VisitAssignment.status != CANCELLED,
            VisitAssignment.is_removed.is_(False),
        )
        .group_by(VisitAssignment.day, VisitAssignment.team_id)
    )
    return {(day, team_id): count for day, team_id, count in session.execute(counted)}


def _areas(session: Session, teams: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for row in session.scalars(select(TeamArea).where(TeamArea.team_id.in_(teams))):
        found.setdefault(row.team_id, set()).add(row.mahalle_id)
    return {team_id: frozenset(mahalle) for team_id, mahalle in found.items()}


def _assignments(session: Session, plan: _Plan) -> list[NewAssignment]:
    whom, campaign, places = plan.whom, plan.whom.campaign, plan.layout.places
    days = [place.day for place in places]
    planned = _planned(session, sorted({place.team_id for place in places}), min(days), max(days)) if days else {}
    fields = {
        "kampanya": str(campaign.id),
        "oncelik": str(campaign.priority),
        "son_gun": whom.round.last_day.isoformat(),
        "saatler": campaign.windows,
        "aciklama": campaign.instructions,
    }
    given = {name: text for name, text in fields.items() if text}
    found: list[NewAssignment] = []
    for place in places:
        key = (place.day, place.team_id)
        planned[key] = planned.get(key, 0) + 1
        visitor = plan.visitors.get(place.target_id)
        wish = {"ziyaretci": visitor} if visitor else {}
        found.append(
            NewAssignment(
                place.target_id, place.team_id, campaign.visit_type, place.day, planned[key],
                external_no=f"{_number(whom)}{place.target_id}", fields=given | wish,
            )
        )  # fmt: skip
    return found


def _number(whom: _Whom) -> str:
    return f"kampanya:{whom.campaign.id}:{whom.round.first_day}:"
