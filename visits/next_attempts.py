"""What follows from the state of a visit: when it is tried again, and which other visits it makes needless. Pure.

The rules stand in docs/visit-states.md; `following_up.py` carries them out.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from visits.assignment_states import DONE, MOST_ATTEMPTS, NOT_HOME, OPEN, PLANNED, POSTPONED
from visits.recording import NewAssignment

# A visit of the same kind on the day before or after is the same visit, planned twice.
_NEIGHBOURING_DAYS = 1
# What the next attempt takes over; a place in the day, a time and a pin are of the day itself.
_KEPT = ("oncelik", "son_gun", "saatler", "sure_dk", "ziyaretci", "istenen_ekip", "kampanya", "aciklama")


class Visit(msgspec.Struct, frozen=True):
    """A planned visit as these rules see it."""

    id: UUID
    target_id: UUID
    team_id: UUID
    visit_type: str
    day: date
    status: str
    external_no: str | None
    fields: Mapping[str, str]


def successor_no(visit_id: UUID) -> str:
    """Begin the `external_no` by which the next attempts of a visit are known."""
    return f"sonra:{visit_id}"


def is_successor(other: Visit, visit: Visit) -> bool:
    """Say whether a visit is the next attempt of another."""
    return (other.external_no or "").startswith(successor_no(visit.id))


def attempt_of(fields: Mapping[str, str]) -> int:
    """Say the how manieth attempt a visit is."""
    return int(fields.get("deneme") or 1)


def next_attempt(
    visit: Visit, others: Sequence[Visit], next_day: date, *, proposes: bool = False
) -> NewAssignment | None:
    """Plan the next attempt, on the day that was agreed, else on `next_day`; None where nobody goes again by itself.

    Nobody goes again where nobody was at home for the third time, where somebody is sent there anyhow, where a
    postponed visit names no day, or after the last day of a campaign. `proposes`: nor where no day was agreed; a type
    of visit whose next attempt is only proposed.
    """
    agreed = visit.fields.get("tekrar_tarihi", "")
    if not _is_to_be_tried(visit, others, next_day) or not (agreed or (visit.status == NOT_HOME and not proposes)):
        return None
    # One that was taken back stays as it is: what follows now is another.
    number = f"{successor_no(visit.id)}:{sum(is_successor(other, visit) for other in others) + 1}"
    return next_attempt_on(visit, _day_of_next(visit, next_day), number)


def awaits_decision(visit: Visit, others: Sequence[Visit], next_day: date, *, proposes: bool) -> bool:
    """Say whether a visit waits for a coordinator: somebody should go again, and nothing says when by itself."""
    is_planned = next_attempt(visit, others, next_day, proposes=proposes) is not None
    return _is_to_be_tried(visit, others, next_day) and not is_planned


def next_attempt_on(visit: Visit, day: date, external_no: str) -> NewAssignment:
    """Plan the next attempt for a day: what the visit is, without what its own day was."""
    fields = {name: visit.fields[name] for name in _KEPT if visit.fields.get(name)}
    fields["deneme"] = str(_attempt_after(visit))
    return NewAssignment(visit.target_id, visit.team_id, visit.visit_type, day, external_no=external_no, fields=fields)


def _is_to_be_tried(visit: Visit, others: Sequence[Visit], next_day: date) -> bool:
    if visit.status not in {NOT_HOME, POSTPONED} or _attempt_after(visit) > MOST_ATTEMPTS:
        return False
    ends = visit.fields.get("son_gun", "")
    is_over = bool(visit.fields.get("kampanya")) and bool(ends) and _day_of_next(visit, next_day).isoformat() > ends
    return not is_over and not any(_is_sent_anyhow(other, visit) for other in others)


def _attempt_after(visit: Visit) -> int:
    return attempt_of(visit.fields) + (1 if visit.status == NOT_HOME else 0)


def _day_of_next(visit: Visit, next_day: date) -> date:
    agreed = visit.fields.get("tekrar_tarihi", "")
    return max(date.fromisoformat(agreed), visit.day) if agreed else next_day


def made_needless(visit: Visit, others: Iterable[Visit]) -> list[tuple[Visit, str]]:
    """List the visits that need not be made any more, each with the reason that its team reads."""
    if visit.status == DONE:
        reason = f"Aynı yer {visit.day:%d.%m.%Y} günü ziyaret edildi."
        return [(other, reason) for other in others if _is_same_visit(other, visit)]
    if visit.status in OPEN:
        # The result was taken back: so is the attempt that followed from it.
        reason = "Bir önceki ziyaretin sonucu geri alındı."
        return [(other, reason) for other in others if other.status == PLANNED and is_successor(other, visit)]
    return []


def _is_same_visit(other: Visit, visit: Visit) -> bool:
    is_near = abs((other.day - visit.day).days) <= _NEIGHBOURING_DAYS
    is_open = other.status == PLANNED and other.fields.get("sabit") != "evet"
    return is_open and other.visit_type == visit.visit_type and (is_near or is_successor(other, visit))


def _is_sent_anyhow(other: Visit, visit: Visit) -> bool:
    return other.visit_type == visit.visit_type and other.status in OPEN and other.day >= visit.day
