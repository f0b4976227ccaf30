"""What each priority is worth to the solver, so that none is ever traded for one below it. Pure.

The solver weighs seconds of travel against prizes. The lowest class is worth more than any detour; every other more
than all visits below it together (`required` ones that are cut loose come on top), so that no number of easy visits
makes up for one urgent one. Nor do all wishes for a team together make up for one visit of the lowest class.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from planning.problem import PRIORITIES, WISH_S, Problem, Visit

# Visits that are promised or pinned, once they may be left out because they cannot all be kept.
PROMISED = 0
# Beyond this, sums of prizes and penalties leave the solver's 64 bits.
_HIGHEST = 1 << 44


def rank_of(visit: Visit) -> int:
    """Return the class of a visit: 0 for what is promised, then its priority."""
    return PROMISED if visit.required else min(max(visit.priority, PRIORITIES[0]), PRIORITIES[-1])


def prizes_by_rank(visits: Collection[Visit], longest_way_s: int) -> dict[int, int]:
    """Work out the prize of each class that occurs, lowest first; `longest_way_s` is the longest way there is."""
    counts = Counter(map(rank_of, visits))
    prizes: dict[int, int] = {}
    # There, back, and the way that is left out between: no visit of the lowest class is left for its detour.
    below = 3 * longest_way_s + WISH_S * sum(visit.preferred is not None for visit in visits)
    for rank in sorted(counts, reverse=True):
        prizes[rank] = min(below + 1, _HIGHEST)
        below += counts[rank] * prizes[rank]
    return prizes


def missed_s(problem: Problem, made: Iterable[tuple[Visit, int]]) -> int:
    """Sum up what the wishes are worth that are not met; `made` says which shift makes each visit."""
    return WISH_S * sum(visit.preferred not in {None, problem.shifts[shift].team} for visit, shift in made)
