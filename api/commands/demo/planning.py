"""How the demo's teams work, and what is planned for them beyond the list: a campaign, visits after events."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.database import Database
from foundation.identifiers import uuid7
from geo.tables import Mahalle
from service_requests.answered_visits import visited_since
from sync.change_log import FeedChanges, write_feed
from teams.permissions import Actor, Role
from teams.tables import Team, TeamArea, TeamShift, User
from visits.automatic_visits import plan_automatic_visits
from visits.campaign_planning import plan_round
from visits.campaigns import CampaignPlan, make_campaign
from visits.recording import Recording
from visits.tables import Campaign

# The solution offices from which the teams set out, and how they get about.
_STARTS = {
    "ekip-1": (29.2115, 41.0162, "walk"),
    "ekip-2": (29.2398, 40.9871, "car"),
    "ekip-3": (29.2551, 41.0034, "car"),
}
_SATURDAY = 5
# In so many targets of a kind one has had its event, spread over this many days up to so many ahead.
_EVENTS: Mapping[str, tuple[int, int, int]] = {
    "taziye_ailesi": (1, 120, 0),
    "asker": (1, 90, 20),
    "hane": (120, 300, 0),
    "esnaf": (60, 300, 0),
}
_QUOTA, _LONG = 90, timedelta(days=13)


def give_shifts(session: Session, teams: Mapping[str, UUID]) -> None:
    """Let each team work from Monday to Saturday noon, from an office of its own."""
    for code, team_id in teams.items():
        team = session.get_one(Team, team_id)
        team.start_lon, team.start_lat, team.mode = _STARTS[code]
        team.end_lon, team.end_lat = team.start_lon, team.start_lat
        for weekday in range(_SATURDAY):
            session.add(
                TeamShift(
                    team_id=team_id, weekday=weekday, starts=time(9), ends=time(17), lunch_minutes=60,
                    lunch_from=time(12), lunch_until=time(13, 30),
                )
            )  # fmt: skip
        session.add(TeamShift(team_id=team_id, weekday=_SATURDAY, starts=time(9), ends=time(13), lunch_minutes=0))


def event_day(kind: str, number: int, today: date) -> str:
    """Say when the event of a target was, from its number in the list; most have none."""
    if kind not in _EVENTS:
        return ""
    every, days, ahead = _EVENTS[kind]
    # A step without a common divisor: neighbours in the list have their events far apart.
    return "" if number % every else str(today + timedelta(days=ahead - (number * 37) % days))


def plan_ahead(database: Database, now: datetime) -> None:
    """Plan what events ask for, and a campaign of all teams in one mahalle of each."""
    with database.writing() as session:
        feed = FeedChanges()
        plan_automatic_visits(session, feed, now)
        write_feed(session, feed, now)
    with database.writing() as session:
        if session.scalar(select(Campaign.id).limit(1)) is not None:
            # A loading that was interrupted after this goes on after it.
            return
        feed, actor = FeedChanges(), _coordinator(session)
        campaign = make_campaign(session, actor, _campaign(session, now.date()), at=now)
        plan_round(session, campaign, feed, Recording(now, actor.user_id, uuid7(now)), visited_since)
        session.flush()
        write_feed(session, feed, now)


def _campaign(session: Session, today: date) -> CampaignPlan:
    teams = list(session.scalars(select(Team.id).order_by(Team.code)))
    mahalle = [
        session.scalars(
            select(TeamArea.mahalle_id)
            .join(Mahalle, Mahalle.id == TeamArea.mahalle_id)
            .where(TeamArea.team_id == team)
            .order_by(Mahalle.sort_key)
        ).first()
        for team in teams
    ]
    return CampaignPlan(
        name="Kış öncesi hane ziyaretleri", visit_type="hane", target_kind="hane",
        first_day=today + timedelta(days=2), last_day=today + timedelta(days=2) + _LONG, quota=_QUOTA, team_ids=teams,
        mahalle_ids=[one for one in mahalle if one], unvisited_days=180, per_day=4,
        instructions="Kışlık yakacak ve doğal gaz durumunu sorun.",
    )  # fmt: skip


def _coordinator(session: Session) -> Actor:
    user = session.scalars(select(User).where(User.role == Role.COORDINATOR.value)).one()
    return Actor(user.id, user.username, user.display_name, Role.COORDINATOR)
