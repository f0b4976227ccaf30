"""The plan of a day: ordered, watched, cancelled, begun anew, looked at, adopted. Worked out beside the requests."""

from datetime import date
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from api.dependencies import shows
from api.wiring import Wiring
from foundation.clock import ISTANBUL
from planning.adopting import Adopted, adopt_plan
from planning.asking import AskedPlan
from planning.plan_records import cancel_plan, find_plan, order_plan
from reports.day_plans import PlanRowView, PlanView, list_plans, view_plan
from reports.plan_differences import DifferencesView, view_differences
from sync.change_log import FeedChanges, write_feed
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Scope

PLANS = shows(Resource.VISITS)


class PlanList(msgspec.Struct, frozen=True):
    """The last plans of a day."""

    items: list[PlanRowView]


class OrderedPlan(msgspec.Struct, frozen=True):
    """The plan that is being worked out."""

    id: UUID


class Adoption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`merge`: leave alone what has changed since the plan was made."""

    merge: bool = False


@get("/day-plans", sync_to_thread=True, opt=PLANS)
def show_plans(
    wiring: NamedDependency[Wiring], sees: NamedDependency[Scope], day: FromQuery[date | None] = None
) -> PlanList:
    """List the last plans of a day, today's where none is named; a planner is made ready for the next."""
    del sees  # asking for it is what refuses everybody else
    wiring.planning.workers.warm_up()
    at = wiring.clock()
    with wiring.database.reading() as session:
        return PlanList(list_plans(session, day or at.astimezone(ISTANBUL).date(), at))


@post("/day-plans", status_code=202, sync_to_thread=True, opt=PLANS)
def order_day_plan(
    data: JSONBody[AskedPlan],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> OrderedPlan:
    """Have a plan worked out."""
    del sees
    with wiring.database.writing() as session:
        plan_id = order_plan(session, data, actor, wiring.clock())
    wiring.planning.take(plan_id)
    return OrderedPlan(plan_id)


@get("/day-plans/{plan_id:uuid}", sync_to_thread=True, opt=PLANS)
def show_day_plan(plan_id: FromPath[UUID], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> PlanView:
    """Show how far a plan is, and its result."""
    with wiring.database.reading() as session:
        return view_plan(session, sees, find_plan(session, plan_id), wiring.clock())


@post("/day-plans/{plan_id:uuid}/cancel", status_code=204, sync_to_thread=True, opt=PLANS)
def cancel_day_plan(plan_id: FromPath[UUID], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> None:
    """Stop working on a plan."""
    del sees
    with wiring.database.writing() as session:
        cancel_plan(session, plan_id, wiring.clock())


@post("/day-plans/{plan_id:uuid}/again", status_code=202, sync_to_thread=True, opt=PLANS)
def order_again(
    plan_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> OrderedPlan:
    """Have the same worked out once more: after a failure, or because the day has changed."""
    del sees
    with wiring.database.writing() as session:
        asked = msgspec.convert(find_plan(session, plan_id).asked, AskedPlan)
        again = order_plan(session, asked, actor, wiring.clock())
    wiring.planning.take(again)
    return OrderedPlan(again)


@get("/day-plans/{plan_id:uuid}/differences", sync_to_thread=True, opt=PLANS)
def show_differences(
    plan_id: FromPath[UUID], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> DifferencesView:
    """Show visit by visit what others changed since a plan was made, for whoever merges it with theirs."""
    with wiring.database.reading() as session:
        return view_differences(session, sees, find_plan(session, plan_id))


@post("/day-plans/{plan_id:uuid}/adopt", status_code=200, sync_to_thread=True, opt=PLANS)
def adopt_day_plan(
    plan_id: FromPath[UUID],
    data: JSONBody[Adoption],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> Adopted:
    """Write a plan into its visits, so that the teams' tablets get it."""
    del sees
    at, feed = wiring.clock(), FeedChanges()
    with wiring.database.writing() as session:
        adopted = adopt_plan(session, plan_id, feed, actor, at, merge=data.merge)
        told = f"{adopted.adopted} ziyaret, {len(adopted.left)} bırakılan"
        record_access(session, actor, Access.CHANGED, Subject.DAY_PLAN, plan_id, at=at, detail=told)
        write_feed(session, feed, at)
    return adopted
