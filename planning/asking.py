"""What a coordinator asks the planner for, and what is refused before anything is worked out. Pure."""

from datetime import date, timedelta
from uuid import UUID

import msgspec

from foundation.errors import SahaError

MOST_DAYS, MOST_TEAMS, MOST_SECONDS = 5, 100, 60.0
# Whoever moves a visit waits for the answer; whoever plans a thousand goes for a coffee.
_SECONDS_BY_COUNT = ((80, 0.6), (400, 2.6), (700, 8.0))
_MOST_BY_DEFAULT = 18.0


class BadPlan(SahaError):
    """The plan that was asked for makes no sense: no team, days the wrong way round, too many of either."""

    code = "plan.bad"


class AskedMove(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A visit that a person has put somewhere: to a team, on a day, behind another visit (None: as the first)."""

    visit: UUID
    team: UUID
    day: date
    after: UUID | None = None


class AskedPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan to work out. `based_on`: a plan to go on from, with `moves` in the order in which they were made.

    `from_now`: what is left of today, from where the teams are. `beside`: although somebody else plans the same day.
    `seconds`: how long to search; None for what the number of visits asks for. `keep_ours`, `keep_theirs`: teams whose
    day stays as `based_on` has it, or as it stands now, when two plans are merged (`holding.py`).
    """

    first_day: date
    team_ids: list[UUID]
    last_day: date | None = None
    is_balanced: bool = False
    from_now: bool = False
    seconds: float | None = None
    based_on: UUID | None = None
    moves: list[AskedMove] = []
    beside: bool = False
    keep_ours: list[UUID] = []
    keep_theirs: list[UUID] = []

    @property
    def days(self) -> list[date]:
        """The days, in order."""
        count = ((self.last_day or self.first_day) - self.first_day).days + 1
        return [self.first_day + timedelta(days=number) for number in range(count)]


def check_asked(asked: AskedPlan, today: date) -> None:
    """Refuse what cannot be planned. Raises `BadPlan`."""
    count = ((asked.last_day or asked.first_day) - asked.first_day).days + 1
    if not 1 <= count <= MOST_DAYS:
        raise BadPlan(f"Plan 1 ile {MOST_DAYS} gün için yapılır. Günleri düzeltin.")
    if asked.first_day < today:
        raise BadPlan("Geçmiş bir gün planlanamaz. Bugünü ya da sonraki bir günü seçin.")
    if not asked.team_ids:
        raise BadPlan("Plan için en az bir ekip seçin.")
    if len(asked.team_ids) > MOST_TEAMS:
        raise BadPlan(f"Bir planda en çok {MOST_TEAMS} ekip olur. Ekipleri bölüp ayrı ayrı planlayın.")
    if asked.seconds is not None and not 0 < asked.seconds <= MOST_SECONDS:
        raise BadPlan(f"Arama süresi en çok {MOST_SECONDS:.0f} saniyedir.")
    if asked.based_on is None and (asked.keep_ours or asked.keep_theirs):
        raise BadPlan("Birleştirilecek plan belirtilmemiş. Birleştirmeyi planın sayfasından başlatın.")
    if asked.from_now and asked.first_day != today:
        raise BadPlan("Kalan iş yalnızca bugün için planlanır. Bugünü seçin.")


def search_seconds(asked: AskedPlan, visit_count: int) -> float:
    """Say how long to search."""
    if asked.seconds is not None:
        return asked.seconds
    return next((seconds for most, seconds in _SECONDS_BY_COUNT if visit_count <= most), _MOST_BY_DEFAULT)
