"""The municipality's days off: its weekend, which the coordinator sets, and the public holidays that come."""

from datetime import timedelta

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from api.dependencies import shows
from api.wiring import Wiring
from foundation.clock import ISTANBUL
from teams.access_log import Access, Subject, record_access
from teams.days_off import HolidayView, change_weekend, list_holidays, read_days_off
from teams.permissions import Actor, Resource, Scope

DAYS_OFF = shows(Resource.TABLETS)
# A year ahead, and the feast after it.
_SHOWN = timedelta(days=400)


class DaysOffView(msgspec.Struct, frozen=True):
    """`weekend`: days of the week, 0 is Monday; `holidays`: those from today on."""

    weekend: list[int]
    holidays: list[HolidayView]


class Weekend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The days of the week on which nobody works."""

    weekdays: list[int]


@get("/days-off", sync_to_thread=True, opt=DAYS_OFF)
def show_days_off(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> DaysOffView:
    """Show the days on which nothing is planned by itself."""
    del sees  # asking for it is what refuses everybody else
    today = wiring.clock().astimezone(ISTANBUL).date()
    with wiring.database.reading() as session:
        return DaysOffView(sorted(read_days_off(session).weekend), list_holidays(today, today + _SHOWN))


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
