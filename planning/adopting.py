"""Adopting a plan: day, team, order and time of its visits change like any other change of the office.

So tablets hear of it, versions count, and what came from the field meanwhile is not overwritten: where a visit is no
longer what it was when it was planned, whoever adopts is told, and may take over the rest.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from planning.plan_records import ADOPTED, DONE, PlanNotReady, find_plan
from planning.stored_plan import StoredPlan, StoredRoute, StoredStop, read_stored
from planning.written_times import write_moment
from sync.change_log import FeedChanges
from sync.entity_changes import FieldChange, apply_changes
from sync.entity_records import chunks
from teams.permissions import Actor
from visits.assignment_kind import AssignmentKind
from visits.tables import VisitAssignment
from visits.target_areas import ASSIGNMENT


class AlreadyAdopted(SahaError):
    """The plan has been adopted already."""

    code = "plan.already_adopted"

    def __init__(self) -> None:
        super().__init__("Bu plan zaten uygulandı. Değişiklik için yeni bir plan yapın.")


class DayChanged(SahaError):
    """Visits of the plan were changed since it was made."""

    code = "plan.day_changed"


class Adopted(msgspec.Struct, frozen=True):
    """What was taken over, and which visits were left as they are because they had changed."""

    adopted: int
    left: list[UUID]


class _Planned(NamedTuple):
    route: StoredRoute
    position: int
    stop: StoredStop


def adopt_plan(
    session: Session, plan_id: UUID, feed: FeedChanges, actor: Actor, at: datetime, *, merge: bool = False
) -> Adopted:
    """Write a plan into its visits; `merge` leaves alone what has changed since. The caller writes the feed.

    Raises `PlanUnknown`, `PlanNotReady`, `AlreadyAdopted`, `DayChanged`.
    """
    plan = find_plan(session, plan_id, lock=True)
    if plan.state == ADOPTED:
        raise AlreadyAdopted
    if plan.state != DONE or plan.result is None:
        raise PlanNotReady
    planned = _planned(read_stored(plan.result))
    standing = _versions(session, [one.stop.visit for one in planned])
    left = [one.stop.visit for one in planned if standing.get(one.stop.visit) != one.stop.version]
    if left and not merge:
        raise DayChanged(
            f"Plan yapıldıktan sonra {len(left)} ziyaret değişti (yapıldı, taşındı ya da başkası planladı). "
            "Yeniden planlayın ya da değişenleri oldukları gibi bırakıp kalanını uygulayın.",
            visits=left,
        )
    taken = [one for one in planned if one.stop.visit not in set(left)]
    changes = [_change(one, plan.id, actor, at) for one in taken]
    apply_changes(session, {ASSIGNMENT: AssignmentKind()}, changes, feed, at)
    plan.state, plan.adopted_by, plan.adopted_at = ADOPTED, actor.user_id, at
    return Adopted(len(taken), left)


def _planned(plan: StoredPlan) -> list[_Planned]:
    return [_Planned(route, number, stop) for route in plan.routes for number, stop in enumerate(route.stops, 1)]


def _versions(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Read the versions that stand, locked until COMMIT; what is gone has none."""
    found: dict[UUID, int] = {}
    for some in chunks(ids):
        there = select(VisitAssignment.id, VisitAssignment.version).where(
            VisitAssignment.id.in_(some), VisitAssignment.is_removed.is_(False)
        )
        rows = session.execute(there.order_by(VisitAssignment.id).with_for_update())
        found.update((row.id, row.version) for row in rows)
    return found


def _change(one: _Planned, plan_id: UUID, actor: Actor, at: datetime) -> FieldChange:
    values = {
        "gun": one.route.day.isoformat(),
        "ekip": str(one.route.team),
        "sira": str(one.position),
        "saat": write_moment(one.stop.start),
    }
    return FieldChange(
        kind=ASSIGNMENT, entity_id=one.stop.visit, values=values, user_id=actor.user_id, team_id=None, device_id="",
        source="import", source_id=plan_id, at=at,
    )  # fmt: skip
