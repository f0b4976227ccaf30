"""A network as it is in the field: some requests never come through, some are carried out and nobody hears of it."""

from collections import Counter
from collections.abc import Callable
from random import Random

from tests.fixtures.relay import Fault, Relay

_ALWAYS = 1_000_000
_LATE_S = 0.2


def make_rough(relay: Relay, *, seed: int, share: float) -> Counter[str]:
    """Do to this share of the API's requests, each time another thing, what a bad network does; until `relay.heal()`.

    Returns what counts how often which happened.
    """
    chance, happened = Random(seed), Counter[str]()

    def some(what: str) -> Callable[[str], bool]:
        def fits(line: str) -> bool:
            is_meant = " /v1/" in line and chance.random() < share / 4
            happened[what] += is_meant
            return is_meant

        return fits

    relay.order(Fault(some("answer lost"), _ALWAYS, lose_answer=True))
    relay.order(Fault(some("request cut"), _ALWAYS, cut_after=300))
    relay.order(Fault(some("carried out twice"), _ALWAYS, twice=True))
    relay.order(Fault(some("late"), _ALWAYS, late_s=_LATE_S))
    return happened


def lose_answers(relay: Relay, path: str, times: int) -> None:
    """Let the next requests to a path be carried out without anybody hearing of it."""
    relay.order(Fault(lambda line: path in line, times, lose_answer=True))
