"""The states of a visit assignment and the steps between them: who may take which, what each needs. Pure.

The table for people is docs/visit-states.md; a test holds the two together. What follows a step (another visit, a
closed duplicate) is `following_up.py`. A step that a tablet took is never refused: one that cannot be is left to the
coordinator as a conflict, and the state stands.
"""

from typing import Literal, NamedTuple

Hand = Literal["field", "office"]

PLANNED, ON_THE_WAY, DONE, NOT_HOME = "planli", "yolda", "yapildi", "evde_yok"
REFUSED, POSTPONED, MOVED_AWAY, NO_ADDRESS, CANCELLED = "istemedi", "ertelendi", "tasinmis", "adres_yok", "iptal"
NAMES = {
    PLANNED: "Planlı",
    ON_THE_WAY: "Yolda",
    DONE: "Yapıldı",
    NOT_HOME: "Evde yok",
    REFUSED: "İstemedi",
    POSTPONED: "Ertelendi",
    MOVED_AWAY: "Taşınmış",
    NO_ADDRESS: "Adres bulunamadı",
    CANCELLED: "İptal",
}
# Still to be made today.
OPEN = frozenset({PLANNED, ON_THE_WAY})
# Tried, without having met anybody.
TRIED = frozenset({NOT_HOME, REFUSED, POSTPONED, MOVED_AWAY, NO_ADDRESS})
# Nobody tries a fourth time without a person having decided it.
MOST_ATTEMPTS = 3


class Step(NamedTuple):
    """One step, whose hand takes it, and the fields that belong to it.

    No step fails for want of them: a postponed visit without its day waits for a coordinator (`next_attempts.py`), and
    the page on which the office cancels asks for the reason (`single_visits.py`).
    """

    before: str
    after: str
    hand: Hand
    needs: tuple[str, ...] = ()


_NEEDS = {POSTPONED: ("tekrar_tarihi",)}


def _steps() -> list[Step]:
    """List every step there is.

    A team says what came of a visit and corrects it as often as it must (an amended form, an undone tap); only a visit
    that was made is not set off to again, and only the office cancels and takes a cancellation back. The office may
    correct everything, but that somebody is on the way only the team itself can say.
    """
    steps = [
        Step(before, after, "field", _NEEDS.get(after, ()))
        for before in NAMES
        for after in NAMES
        if before != after and CANCELLED not in {before, after} and not (after == ON_THE_WAY and before == DONE)
    ]
    return steps + [
        Step(before, after, "office", ("neden",) if after == CANCELLED else _NEEDS.get(after, ()))
        for before in NAMES
        for after in NAMES
        if after not in {before, ON_THE_WAY}
    ]


STEPS = {(step.before, step.after, step.hand): step for step in _steps()}


def may_step(before: str, after: str, hand: Hand) -> bool:
    """Say whether this hand may take the step; staying is always possible."""
    return before == after or (before, after, hand) in STEPS
