"""Days off of the municipality's own: administrative leave (*idari izin*) that governor or mayor give, for all teams.

Noted and cancelled by hand, with the reason as its name. For planning they are what public holidays are
(`days_off.py`); days off of one team or person are leave (`team_leaves.py`).
"""

from datetime import date, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from foundation.insertion import insert_new
from teams.tables import DayOff

_LONGEST_DAYS, _LONGEST_NAME = 31, 120


class BadDayOff(SahaError):
    """What is asked for is no day off; `field` names what to correct."""

    code = "day_off.bad"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, field=field)


class DayOffNoted(SahaError):
    """One of the days is noted already."""

    code = "day_off.noted"

    def __init__(self, day: date) -> None:
        super().__init__(f"{day:%d.%m.%Y} için zaten bir tatil yazılmış. Değiştirmek için önce onu kaldırın.")


class NewDaysOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days off, the last one included; of half days the morning is worked. `name` says why."""

    first_day: date
    last_day: date
    name: str
    is_half_day: bool = False


def note_days_off(session: Session, plan: NewDaysOff, user_id: UUID, today: date) -> None:
    """Note days off. Raises `BadDayOff`, `DayOffNoted`."""
    name = " ".join(plan.name.split())
    if not 0 < len(name) <= _LONGEST_NAME:
        raise BadDayOff("name", "Tatilin nedenini yazın (en çok 120 karakter), örneğin «İdari izin: kar».")
    if plan.first_day < today or plan.last_day < plan.first_day:
        raise BadDayOff("last_day", "Tatil bugün ya da sonra başlar; son günü ilk gününden önce olamaz.")
    if (plan.last_day - plan.first_day).days >= _LONGEST_DAYS:
        raise BadDayOff("last_day", "Bir kerede en çok 31 gün yazılabilir.")
    count = (plan.last_day - plan.first_day).days + 1
    days = [plan.first_day + timedelta(days=number) for number in range(count)]
    rows = [{"day": day, "name": name, "is_half_day": plan.is_half_day, "noted_by": user_id} for day in days]
    # Two who note the same day at once: the second waits for the first, and is told.
    noted = set(insert_new(session, DayOff, rows, key="day"))
    for day in days:
        if day not in noted:
            raise DayOffNoted(day)


def cancel_day_off(session: Session, day: date) -> bool:
    """Cancel a day off; False where none is noted for that day."""
    found = session.scalar(select(DayOff.day).where(DayOff.day == day).with_for_update())
    session.execute(delete(DayOff).where(DayOff.day == day))
    return found is not None
