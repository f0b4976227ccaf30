"""Campaigns as the office sees them: what was said of each, and how far its round has come against the quota."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from geo.tables import Mahalle
from reports.planned_ahead import name_targets
from service_requests.submission_lists import CodedView
from teams.accounts import NamedView
from teams.tables import Team
from visits.assignment_fields import VISITORS
from visits.assignment_states import CANCELLED, DONE, OPEN
from visits.automatic_visits import Unmet
from visits.campaign_rounds import REPEATS, Round, round_of
from visits.campaign_visitors import LEFT_OUT, LeftOut
from visits.campaigns import STATES
from visits.tables import Campaign, CampaignMahalle, CampaignTeam, VisitAssignment, VisitType
from visits.target_fields import KINDS

_MOST = 100
_NOBODY = (
    "İstenen görevli (kadın ya da erkek) mahallesine bakan ekiplerin hiçbirinde zamanında yok. "
    "Ziyareti elle planlayın ya da mahalleyi görevlisi olan bir ekibe de verin."
)


class ProgressView(msgspec.Struct, frozen=True):
    """The round at hand: its days, and its visits by what became of them. `tried`: nobody was met, or they declined."""

    first_day: date
    last_day: date
    planned: int
    done: int
    tried: int


class CampaignView(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign. `progress` is empty once it is over."""

    id: UUID
    version: int
    name: str
    visit_type: CodedView
    target_kind: CodedView
    first_day: date
    last_day: date
    quota: int
    repeats: CodedView
    unvisited_days: int
    per_day: int | None
    priority: int
    windows: str
    instructions: str
    visitor: str
    state: CodedView
    next_round_on: date | None
    teams: list[NamedView]
    mahalle: list[NamedView]
    progress: ProgressView | None
    changed_at: datetime


class LeftOutView(msgspec.Struct, frozen=True):
    """A target that a campaign has no place for: who was asked for (empty: anybody), and why."""

    target: NamedView
    visitor: str
    reason: str


class LeftOutList(msgspec.Struct, frozen=True):
    """The first of those a campaign has no place for, and how many there are."""

    items: list[LeftOutView]
    count: int


class UnmetView(msgspec.Struct, frozen=True):
    """A target that is due for a visit by itself, and that asked for somebody whom no team of its mahalle has."""

    target: NamedView
    visit_type: CodedView
    visitor: str
    reason: str


def view_left_out(session: Session, left_out: Sequence[LeftOut]) -> LeftOutList:
    """Name whom a campaign has no place for, those with a wish first."""
    shown = sorted(left_out, key=lambda one: (not one.visitor, one.target_id))[:_MOST]
    names = name_targets(session, {one.target_id for one in shown})
    items = [LeftOutView(names[one.target_id], VISITORS.get(one.visitor, ""), LEFT_OUT[one.reason]) for one in shown]
    return LeftOutList(items, len(left_out))


def view_unmet(session: Session, unmet: Sequence[Unmet]) -> list[UnmetView]:
    """Name those who asked for somebody whom no team of their mahalle has."""
    shown = unmet[:_MOST]
    names, types = name_targets(session, {one.target_id for one in shown}), _type_names(session)
    return [
        UnmetView(
            names[one.target_id], CodedView(one.visit_type, types[one.visit_type]), VISITORS.get(one.visitor, ""),
            _NOBODY,
        )
        for one in shown
    ]  # fmt: skip


def list_campaigns(session: Session, today: date) -> list[CampaignView]:
    """List campaigns, those that run first and then the newest."""
    wanted = select(Campaign.id).order_by(Campaign.state != "running", Campaign.id.desc()).limit(_MOST)
    return _views(session, list(session.scalars(wanted)), today)


def show_one_campaign(session: Session, campaign_id: UUID, today: date) -> CampaignView | None:
    """Show one campaign; None where there is none."""
    return next(iter(_views(session, [campaign_id], today)), None)


def _views(session: Session, ids: Sequence[UUID], today: date) -> list[CampaignView]:
    named = select(Campaign, VisitType.name).join(VisitType, VisitType.code == Campaign.visit_type)
    rows = {row.id: (row, name) for row, name in session.execute(named.where(Campaign.id.in_(ids)))}
    rounds = {row.id: _round(row, today) for row, _ in rows.values()}
    progress, teams, mahalle = _progress(session, rounds), _teams(session, ids), _mahalle(session, ids)
    return [
        CampaignView(
            id=one, version=row.version, name=row.name, visit_type=CodedView(row.visit_type, name),
            target_kind=CodedView(row.target_kind, KINDS.get(row.target_kind, row.target_kind)),
            first_day=row.first_day, last_day=row.last_day, quota=row.quota,
            repeats=CodedView(row.repeats, REPEATS[row.repeats]), unvisited_days=row.unvisited_days,
            per_day=row.per_day, priority=row.priority, windows=row.windows, instructions=row.instructions,
            visitor=row.visitor,
            state=CodedView(row.state, STATES[row.state]), next_round_on=row.next_round_on,
            teams=teams.get(one, []), mahalle=mahalle.get(one, []), progress=progress.get(one),
            changed_at=row.changed_at,
        )
        for one in ids if one in rows
        for row, name in [rows[one]]
    ]  # fmt: skip


def _round(row: Campaign, today: date) -> Round:
    """Return the round at hand; of a campaign that is over its last one."""
    found = round_of(row.first_day, row.last_day, row.repeats, min(today, row.last_day))
    return found or Round(row.first_day, row.last_day)


def _progress(session: Session, rounds: dict[UUID, Round]) -> dict[UUID, ProgressView]:
    """Count the visits of each campaign's round, from the index that names campaigns."""
    if not rounds:
        return {}
    of_rounds = or_(
        *(
            and_(VisitAssignment.campaign_id == one, VisitAssignment.day.between(days.first_day, days.last_day))
            for one, days in rounds.items()
        )
    )
    counted = (
        select(VisitAssignment.campaign_id, VisitAssignment.status, func.count())
        .where(of_rounds, VisitAssignment.status != CANCELLED, VisitAssignment.is_removed.is_(False))
        .group_by(VisitAssignment.campaign_id, VisitAssignment.status)
    )
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    for campaign_id, status, count in session.execute(counted):
        if campaign_id is not None:
            found[campaign_id][status] = count
    views: dict[UUID, ProgressView] = {}
    for one, days in rounds.items():
        counts = found[one]
        waiting, done = sum(counts.get(status, 0) for status in OPEN), counts.get(DONE, 0)
        views[one] = ProgressView(*days, waiting, done, sum(counts.values()) - waiting - done)
    return views


def _teams(session: Session, ids: Collection[UUID]) -> dict[UUID, list[NamedView]]:
    named = select(CampaignTeam.campaign_id, Team.id, Team.name).join(Team, Team.id == CampaignTeam.team_id)
    found: dict[UUID, list[NamedView]] = defaultdict(list)
    for campaign_id, team_id, name in session.execute(
        named.where(CampaignTeam.campaign_id.in_(ids)).order_by(Team.code)
    ):
        found[campaign_id].append(NamedView(team_id, name))
    return found


def _mahalle(session: Session, ids: Collection[UUID]) -> dict[UUID, list[NamedView]]:
    named = select(CampaignMahalle.campaign_id, Mahalle.id, Mahalle.name).join(
        Mahalle, Mahalle.id == CampaignMahalle.mahalle_id
    )
    found: dict[UUID, list[NamedView]] = defaultdict(list)
    of_these = named.where(CampaignMahalle.campaign_id.in_(ids)).order_by(Mahalle.sort_key)
    for campaign_id, mahalle_id, name in session.execute(of_these):
        found[campaign_id].append(NamedView(mahalle_id, name))
    return found


def _type_names(session: Session) -> dict[str, str]:
    return {row.code: row.name for row in session.execute(select(VisitType.code, VisitType.name))}
