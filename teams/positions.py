"""Where tablets were: taken only of a worker who agreed, only during the team's shift, kept for 30 days.

The tablet tells it with a push (docs/sync-protocol.md, "Where a team is"). Who takes their agreement back is forgotten
at once. What cannot be read is passed over: no work may fail for the sake of a position.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL, by_our_clock
from foundation.insertion import insert_new
from teams.access_log import Access, Subject, record_access
from teams.devices import CallingDevice
from teams.sign_in import actor_of
from teams.tables import TeamPosition, User
from teams.work_times import read_work_times
from teams.worker_sign_in import works_in

KEPT_FOR = timedelta(days=30)
# From this version of the notice on it says that roads are learnt from the tracks; who agreed to an earlier one agreed
# to be seen on the board. The tablet's newest version stands in `webapp/src/tablet/store/workers.ts`.
NOTICE_OF_LEARNING = 2
# Older ones say nothing of today; a tablet may have been without a network since the morning.
_OLDEST, _AHEAD = timedelta(hours=18), timedelta(minutes=10)
_MOST_AT_ONCE = 500
_SWEPT_AT_ONCE = 5_000
# Half a character in a text is no error of msgspec's own.
_UNREADABLE = (msgspec.ValidationError, UnicodeError)


class PositionTold(msgspec.Struct, frozen=True):
    """One position, by the tablet's clock."""

    at: datetime
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    accuracy_m: Annotated[float, msgspec.Meta(ge=0, le=100_000)] = 0


class Presence(msgspec.Struct, frozen=True):
    """Who holds the tablet, whether they agree to be seen, to which version of the notice, and where they were."""

    worker_id: UUID
    shares: bool
    notice: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 1
    positions: tuple[Any, ...] = ()


class PositionView(msgspec.Struct, frozen=True):
    """Where a team was heard of last."""

    lon: float
    lat: float
    accuracy_m: float
    at: datetime


def note_presence(
    session: Session, device: CallingDevice, told: object, at: datetime, *, clock_offset: timedelta
) -> None:
    """Note agreement and positions as a push told them; `clock_offset`: the tablet's clock minus ours."""
    try:
        presence = msgspec.convert(told, Presence)
    except _UNREADABLE:
        return
    worker = session.get(User, presence.worker_id)
    if worker is None or device.drains or not works_in(worker, device.team_id):
        return
    _note_agreement(session, worker, at, presence)
    if presence.shares:
        _keep_positions(session, (device, worker), _read(presence.positions), at, clock_offset)


def last_positions(session: Session, team_ids: Sequence[UUID], since: datetime) -> dict[UUID, PositionView]:
    """Return where each team was heard of last since a moment; one look at the end of an index for each team."""
    newest = (
        select(TeamPosition.team_id, func.max(TeamPosition.at).label("at"))
        .where(TeamPosition.team_id.in_(team_ids), TeamPosition.at >= since)
        .group_by(TeamPosition.team_id)
        .subquery()
    )
    rows = session.scalars(
        select(TeamPosition).join(newest, (newest.c.team_id == TeamPosition.team_id) & (newest.c.at == TeamPosition.at))
    )
    return {row.team_id: PositionView(row.lon, row.lat, row.accuracy_m, row.at) for row in rows}


def sweep_positions(session: Session, at: datetime) -> int:
    """Forget what is older than 30 days; returns how many."""
    old = select(TeamPosition.id).where(TeamPosition.at < at - KEPT_FOR).order_by(TeamPosition.at).limit(_SWEPT_AT_ONCE)
    ids = session.scalars(old).all()
    session.execute(delete(TeamPosition).where(TeamPosition.id.in_(ids)))
    return len(ids)


def _note_agreement(session: Session, worker: User, at: datetime, told: Presence) -> None:
    """Note a new choice; another tablet on which they agreed to an earlier notice takes nothing back."""
    is_known = told.shares == (worker.position_consent_at is not None)
    if is_known and not (told.shares and told.notice > worker.position_notice):
        return
    worker.position_consent_at, worker.position_notice = (at, told.notice) if told.shares else (None, 0)
    if not told.shares:
        session.execute(delete(TeamPosition).where(TeamPosition.user_id == worker.id))
    agreed = f"konum paylaşımına izin verdi (metin {told.notice})"
    detail = agreed if told.shares else "konum paylaşımını kapattı"
    record_access(session, actor_of(worker), Access.CHANGED, Subject.USER, worker.id, at=at, detail=detail)


def _read(positions: Sequence[object]) -> list[PositionTold]:
    found: list[PositionTold] = []
    for one in positions[:_MOST_AT_ONCE]:
        try:
            position = msgspec.convert(one, PositionTold)
        except _UNREADABLE:
            continue
        found += [position] if position.at.tzinfo else []
    return found


def _keep_positions(
    session: Session, sender: tuple[CallingDevice, User], told: Sequence[PositionTold], at: datetime,
    clock_offset: timedelta,
) -> None:  # fmt: skip
    device, worker = sender
    work = read_work_times(session, {device.team_id}, (at - _OLDEST).astimezone(ISTANBUL).date())
    rows: dict[UUID, dict[str, Any]] = {}
    for position in told:
        moment = by_our_clock(position.at, clock_offset)
        if moment is None or not at - _OLDEST <= moment <= at + _AHEAD:
            continue
        here = moment.astimezone(ISTANBUL)
        shift = work.plannable_shift(device.team_id, here.date())
        if shift is None or not shift.holds(here.time()):
            continue
        # By the tablet and its own moment, so that a push that is repeated tells nothing new.
        row_id = uuid5(NAMESPACE_OID, f"{device.id}:{position.at.isoformat()}")
        rows[row_id] = {
            "id": row_id, "team_id": device.team_id, "user_id": worker.id, "device_id": device.id, "at": moment,
            "lon": position.lon, "lat": position.lat, "accuracy_m": position.accuracy_m,
        }  # fmt: skip
    insert_new(session, TeamPosition, [rows[row_id] for row_id in sorted(rows)], key="id")
