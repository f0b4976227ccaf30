"""The live board: where each team is in its list of today, when it was heard of last, and who stands out.

A handful of statements, each through an index of the day or of the team. Before them `tag_board` asks one row, so that
a page that looks again every half minute is mostly told that nothing has changed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from reports.team_pace import PACES, Doing, judge_pace, minutes_late
from reports.visit_lists import visible_assignments
from service_requests.submission_lists import CodedView
from sync.tables import SequenceCounter
from teams.accounts import NamedView
from teams.permissions import Scope
from teams.positions import PositionView, last_positions
from teams.tables import Device, Team
from teams.work_times import read_work_times
from visits.assignment_states import CANCELLED, DONE, ON_THE_WAY, OPEN
from visits.tables import VisitAssignment, VisitTarget

# The board is judged anew so often even where nothing happened: being late is nothing that is sent.
_JUDGED_EVERY_S = 120


class BoardVisitView(msgspec.Struct, frozen=True):
    """A visit that a team is at or comes to next. `since`: when it set off; `time`: when it was planned."""

    id: UUID
    target: NamedView
    time: str
    since: datetime | None


class BoardTeamView(msgspec.Struct, frozen=True, kw_only=True):
    """One team's day."""

    team: NamedView
    shift: str
    total: int
    done: int
    tried: int
    current: BoardVisitView | None
    next: BoardVisitView | None
    minutes_late: int
    pace: CodedView
    last_contact_at: datetime | None
    unsent_count: int
    position: PositionView | None


class BoardView(msgspec.Struct, frozen=True):
    """All teams that work today or have visits."""

    day: date
    at: datetime
    teams: list[BoardTeamView]


def tag_board(session: Session, at: datetime) -> str:
    """Return a tag that differs where the board may: the feed moved, a tablet spoke, a team changed, time passed."""
    feed = select(SequenceCounter.feed_sequence).scalar_subquery()
    heard = select(func.max(Device.last_contact_at)).scalar_subquery()
    teams = select(func.sum(Team.version)).scalar_subquery()
    row = session.execute(select(feed, heard, teams)).one()
    parts = (*row, int(at.timestamp()) // _JUDGED_EVERY_S)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def show_board(session: Session, scope: Scope, at: datetime) -> BoardView:
    """Show today's board."""
    day = at.astimezone(ISTANBUL).date()
    teams = session.scalars(select(Team).where(Team.is_active).order_by(Team.code)).all()
    ids = [team.id for team in teams]
    counts, coming, tablets = _counts(session, scope, day), _coming(session, scope, day), _tablets(session)
    work = read_work_times(session, ids, day)
    positions = last_positions(session, ids, at - timedelta(hours=12))
    found = []
    for team in teams:
        shift, count = work.shift(team.id, day), counts.get(team.id)
        if shift is None and count is None:
            continue
        now_at, then = _visits(coming.get(team.id, ()))
        tablet = tablets.get(team.id)
        doing = Doing(
            sum(count.statuses.get(one, 0) for one in OPEN) if count else 0, now_at.since if now_at else None,
            then.time if then else "", count.last_result_at if count else None,
            tablet.heard if tablet else None,
        )  # fmt: skip
        pace, statuses = judge_pace(doing, shift, at), count.statuses if count else {}
        is_working = shift is not None and shift.holds(at.astimezone(ISTANBUL).time())
        found.append(
            BoardTeamView(
                team=NamedView(team.id, team.name),
                shift=f"{shift.starts:%H:%M}-{shift.ends:%H:%M}" if shift else "",
                total=sum(statuses.values()), done=statuses.get(DONE, 0),
                tried=sum(number for one, number in statuses.items() if one not in {DONE, *OPEN}),
                current=now_at, next=then, minutes_late=minutes_late(doing.next_time, at) if is_working else 0,
                pace=CodedView(pace, PACES[pace]), last_contact_at=doing.last_contact_at,
                unsent_count=tablet.unsent if tablet else 0,
                # Where somebody is outside their shift is nobody's business.
                position=positions.get(team.id) if is_working else None,
            )
        )  # fmt: skip
    return BoardView(day, at, found)


class _Counted(msgspec.Struct):
    statuses: dict[str, int]
    last_result_at: datetime | None = None


def _counts(session: Session, scope: Scope, day: date) -> dict[UUID, _Counted]:
    counted = select(
        VisitAssignment.team_id, VisitAssignment.status, func.count(), func.max(VisitAssignment.changed_at)
    )
    of_day = visible_assignments(counted, scope).where(VisitAssignment.day == day, VisitAssignment.status != CANCELLED)
    found: dict[UUID, _Counted] = defaultdict(lambda: _Counted({}))
    for team_id, status, count, changed_at in session.execute(
        of_day.group_by(VisitAssignment.team_id, VisitAssignment.status)
    ):
        team = found[team_id]
        team.statuses[status] = count
        if status not in OPEN:
            team.last_result_at = max(filter(None, (team.last_result_at, changed_at)))
    return dict(found)


def _coming(session: Session, scope: Scope, day: date) -> dict[UUID, list[Row[*tuple[Any, ...]]]]:
    """Read the two open visits of each team that come first: the one on the way, then in the order of the day."""
    first = case((VisitAssignment.status == ON_THE_WAY, 0), else_=1)
    rank = func.row_number().over(
        partition_by=VisitAssignment.team_id, order_by=(first, VisitAssignment.position, VisitAssignment.id)
    )
    ranked = (
        visible_assignments(select(VisitAssignment.id, rank.label("rank")), scope)
        .where(VisitAssignment.day == day, VisitAssignment.status.in_(OPEN))
        .subquery()
    )
    rows = session.execute(
        select(
            VisitAssignment.id, VisitAssignment.team_id, VisitAssignment.status, VisitAssignment.planned_time,
            VisitAssignment.changed_at, VisitTarget.id.label("target_id"), VisitTarget.name,
        )
        .join(ranked, ranked.c.id == VisitAssignment.id)
        .join(VisitTarget, VisitTarget.id == VisitAssignment.target_id)
        .where(ranked.c.rank <= 2)  # noqa: PLR2004 the one on the way and the one after it
        .order_by(ranked.c.rank)
    )  # fmt: skip
    found: dict[UUID, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in rows:
        found[row.team_id].append(row)
    return found


def _visits(rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[BoardVisitView | None, BoardVisitView | None]:
    """Part the visit that a team is on its way to from the one that comes next."""
    views = [
        BoardVisitView(
            row.id, NamedView(row.target_id, row.name), row.planned_time,
            row.changed_at if row.status == ON_THE_WAY else None,
        )
        for row in rows
    ]  # fmt: skip
    on_the_way = [view for view in views if view.since is not None][:1]
    waiting = [view for view in views if view not in on_the_way][:1]
    return (on_the_way[0] if on_the_way else None), (waiting[0] if waiting else None)


class _Tablet(msgspec.Struct, frozen=True):
    heard: datetime | None
    unsent: int


def _tablets(session: Session) -> dict[UUID, _Tablet]:
    told = select(Device.team_id, func.max(Device.last_contact_at), func.sum(Device.unsent_count))
    rows = session.execute(told.where(Device.revoked_at.is_(None)).group_by(Device.team_id))
    return {team_id: _Tablet(heard, int(unsent or 0)) for team_id, heard, unsent in rows}
