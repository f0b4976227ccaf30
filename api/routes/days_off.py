"""The municipality's days off: its weekend and its own days, set by the coordinator; the public holidays to come."""

from datetime import date, timedelta

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.dependencies import shows
from api.problems import NotFound
from api.wiring import Wiring
from foundation.clock import ISTANBUL
from reports.planned_ahead import count_planned_on
from teams.access_log import Access, Subject, record_access
from teams.days_off import HolidayView, change_weekend, list_holidays, list_own_days_off, read_days_off
from teams.municipal_days_off import NewDaysOff, cancel_day_off, note_days_off
from teams.permissions import Actor, Resource, Scope

DAYS_OFF = shows(Resource.TABLETS)
# A year ahead, and the feast after it.
_SHOWN = timedelta(days=400)


class DaysOffView(msgspec.Struct, frozen=True):
    """`weekend`: days of the week, 0 is Monday; `holidays`: those from today on, own days off among them."""

    weekend: list[int]
    holidays: list[HolidayView]


class NotedDaysOff(msgspec.Struct, frozen=True):
    """Days off that were noted. `planned`: visits that are planned for them, and stay so."""

    planned: int


class Weekend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The days of the week on which nobody works."""

    weekdays: list[int]


@get("/days-off", sync_to_thread=True, opt=DAYS_OFF)
def show_days_off(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> DaysOffView:
    """Show the days on which nothing is planned by itself."""
    del sees  # asking for it is what refuses everybody else
    today = _today(wiring)
    with wiring.database.reading() as session:
        days = [*list_holidays(today, today + _SHOWN), *list_own_days_off(session, today, today + _SHOWN)]
        return DaysOffView(sorted(read_days_off(session).weekend), sorted(days, key=lambda one: one.day))


@post("/days-off", sync_to_thread=True, opt=DAYS_OFF)
def add_days_off(
    data: JSONBody[NewDaysOff], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> NotedDaysOff:  # fmt: skip
    """Note days off of the municipality's own, and say how many visits are planned for them."""
    del sees
    with wiring.database.writing() as session:
        note_days_off(session, data, actor.user_id, _today(wiring))
        detail = f"tatil {data.first_day}..{data.last_day}{' yarım gün' if data.is_half_day else ''}: {data.name}"
        record_access(session, actor, Access.CHANGED, Subject.TEAM, "*", at=wiring.clock(), detail=detail)
        return NotedDaysOff(count_planned_on(session, data.first_day, data.last_day))


@delete("/days-off/{day:date}", status_code=204, sync_to_thread=True, opt=DAYS_OFF)
def take_day_off_back(
    day: FromPath[date], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor], sees: NamedDependency[Scope],
) -> None:  # fmt: skip
    """Cancel a day off of the municipality's own."""
    del sees
    with wiring.database.writing() as session:
        if not cancel_day_off(session, day):
            raise NotFound
        record_access(session, actor, Access.CHANGED, Subject.TEAM, "*", at=wiring.clock(), detail=f"tatil iptal {day}")


@put("/days-off/weekend", status_code=204, sync_to_thread=True, opt=DAYS_OFF)
def set_weekend(
    data: JSONBody[Weekend], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> None:  # fmt: skip
    """Set the weekend."""
    del sees
    with wiring.database.writing() as session:
        change_weekend(session, data.weekdays)
        days = ",".join(map(str, sorted(set(data.weekdays))))
        record_access(
            session, actor, Access.CHANGED, Subject.TEAM, "*", at=wiring.clock(), detail=f"hafta tatili {days}"
        )


def _today(wiring: Wiring) -> date:
    return wiring.clock().astimezone(ISTANBUL).date()
