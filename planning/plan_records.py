"""Day plans in the database: ordered, kept alive while a planner works on them, ended, swept.

Who plans a day that somebody else is planning is told (`DayInWork`); going on all the same is `asked.beside`.
"""

from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundation.clock import ISTANBUL
from foundation.errors import SahaError
from foundation.identifiers import uuid7
from planning.asking import AskedPlan, check_asked
from planning.stored_plan import StoredPlan
from planning.tables import DayPlan
from sync.entity_locks import lock_absent
from teams.permissions import Actor
from teams.tables import User

WAITING, RUNNING, DONE, FAILED, CANCELLED, ADOPTED = "waiting", "running", "done", "failed", "cancelled", "adopted"
OPEN = (WAITING, RUNNING)
# Without a sign of life for so long, the process that planned is gone.
STALE_AFTER = timedelta(seconds=30)
# So long a finished plan that nobody has adopted keeps others from planning the same day unknowingly.
_FRESH_FOR = timedelta(minutes=30)
KEPT_FOR = timedelta(days=30)
PLANNER_DIED = "plan.planner_died"
_AT_ONCE = 200


class DayInWork(SahaError):
    """Somebody else plans one of these days, or has just planned it and not yet adopted the plan."""

    code = "plan.day_in_work"


class PlanUnknown(SahaError):
    """There is no such plan."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("Aradığınız kayıt yok ya da size açık değil.")


class PlanNotReady(SahaError):
    """The plan has no result to look at or to adopt: it is still worked out, failed or cancelled."""

    code = "plan.not_ready"

    def __init__(self) -> None:
        super().__init__(
            "Bu planın sonucu yok: sürüyor, yarıda kaldı ya da iptal edildi. Bekleyin ya da yeniden başlatın."
        )


def order_plan(session: Session, asked: AskedPlan, actor: Actor, at: datetime) -> UUID:
    """Write down an order for the planner. Raises `BadPlan`, `DayInWork`, `PlanUnknown` (of `based_on`)."""
    check_asked(asked, at.astimezone(ISTANBUL).date())
    lock_absent(session, [uuid5(NAMESPACE_OID, f"day plan {day}") for day in asked.days])
    if asked.based_on is not None:
        load_result(session, asked.based_on)
    if not asked.beside:
        _refuse_second(session, asked, actor, at)
    plan_id = uuid7(at)
    session.add(
        DayPlan(
            id=plan_id, first_day=asked.first_day, last_day=asked.last_day or asked.first_day,
            asked=msgspec.to_builtins(asked), state=WAITING, asked_by=actor.user_id, asked_at=at, heartbeat_at=at,
        )
    )  # fmt: skip
    session.flush()
    return plan_id


def find_plan(session: Session, plan_id: UUID, *, lock: bool = False) -> DayPlan:
    """Find a plan. Raises `PlanUnknown`."""
    plan = session.get(DayPlan, plan_id, with_for_update=lock or None)
    if plan is None:
        raise PlanUnknown
    return plan


def load_result(session: Session, plan_id: UUID) -> StoredPlan:
    """Read what a plan came to. Raises `PlanUnknown`, `PlanNotReady`."""
    plan = find_plan(session, plan_id)
    if plan.result is None:
        raise PlanNotReady
    return msgspec.convert(plan.result, StoredPlan)


def state_of(plan: DayPlan, at: datetime) -> str:
    """Say how far a plan is; one whose planner gives no sign of life has failed."""
    return FAILED if plan.state in OPEN and plan.heartbeat_at < at - STALE_AFTER else plan.state


def keep_alive(session: Session, plan_id: UUID, share: float, at: datetime) -> bool:
    """Say that the plan is being worked on, and how far; returns whether it is still wanted."""
    kept = update(DayPlan).where(DayPlan.id == plan_id, DayPlan.state.in_(OPEN), DayPlan.wants_end.is_(False))
    found = session.execute(kept.values(state=RUNNING, share=share, heartbeat_at=at).returning(DayPlan.id))
    return found.scalar() is not None


def finish_plan(
    session: Session, plan_id: UUID, at: datetime, *, result: StoredPlan | None = None, trouble: str = ""
) -> None:
    """Write down what came of a plan that was still wanted: its result, or the code of its trouble."""
    state = DONE if result is not None else FAILED
    session.execute(
        update(DayPlan)
        .where(DayPlan.id == plan_id, DayPlan.state.in_(OPEN))
        .values(
            state=state, share=1.0, trouble=trouble, finished_at=at, heartbeat_at=at,
            result=msgspec.to_builtins(result) if result else None,
        )
    )  # fmt: skip


def cancel_plan(session: Session, plan_id: UUID, at: datetime) -> None:
    """Let go of a plan; one that is finished stays as it is. Raises `PlanUnknown`."""
    plan = find_plan(session, plan_id, lock=True)
    if plan.state in OPEN:
        plan.state, plan.wants_end, plan.finished_at = CANCELLED, True, at


def sweep_plans(session: Session, at: datetime) -> int:
    """Say of plans that lost their planner that they failed, and forget old ones; returns how many."""
    lost = update(DayPlan).where(DayPlan.state.in_(OPEN), DayPlan.heartbeat_at < at - STALE_AFTER)
    ended = session.execute(lost.values(state=FAILED, trouble=PLANNER_DIED, finished_at=at).returning(DayPlan.id))
    old = select(DayPlan.id).where(DayPlan.asked_at < at - KEPT_FOR).order_by(DayPlan.asked_at).limit(_AT_ONCE)
    gone = session.execute(delete(DayPlan).where(DayPlan.id.in_(old)).returning(DayPlan.id))
    return len(ended.all()) + len(gone.all())


def _refuse_second(session: Session, asked: AskedPlan, actor: Actor, at: datetime) -> None:
    theirs = (
        select(DayPlan, User.display_name)
        .join(User, User.id == DayPlan.asked_by)
        .where(DayPlan.last_day >= asked.first_day, DayPlan.first_day <= (asked.last_day or asked.first_day))
        .where(DayPlan.asked_by != actor.user_id, DayPlan.state.in_((*OPEN, DONE)))
        .where(DayPlan.heartbeat_at >= at - _FRESH_FOR)
        .order_by(DayPlan.id.desc())
    )
    for plan, name in session.execute(theirs):
        if state_of(plan, at) != FAILED:
            told = "planlıyor" if plan.state in OPEN else "planladı, henüz uygulamadı"
            raise DayInWork(
                f"Bu günü {name} de {told}. Onun planını açın ya da ayrı bir planla sürdürün; "
                "uygularken değişen ziyaretler size gösterilir.",
                plan_id=plan.id, by=name, state=plan.state,
            )  # fmt: skip
