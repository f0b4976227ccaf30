"""Which directorate a request goes to (havale): a table of rules, the most specific valid one wins. Pure.

Order: category and mahalle, category alone, mahalle alone, neither. Among equals the one valid since the later date,
then the smaller id, so that the answer never depends on the order of rows. A default rule (neither
category nor mahalle, no dates) must exist; the first migration makes one.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec

from foundation.errors import SahaError


class NoDefaultRoute(SahaError):
    """The table has no rule for everything else; a request could find no directorate."""

    code = "routing.no_default"

    def __init__(self) -> None:
        super().__init__("Yönlendirme tablosunda varsayılan kural yok. Kategorisiz ve mahallesiz bir kural ekleyin.")


class Rule(msgspec.Struct, frozen=True):
    """One line of the routing table; None means any."""

    id: UUID
    category_code: str | None
    mahalle_id: UUID | None
    valid_from: date | None
    valid_until: date | None
    directorate_id: UUID

    def holds(self, on: date) -> bool:
        """Say whether the rule is valid on a day (both ends included)."""
        return (self.valid_from or date.min) <= on <= (self.valid_until or date.max)


class Route(msgspec.Struct, frozen=True):
    """Where a request goes and why, in words for the request's history."""

    directorate_id: UUID
    reason: str


_REASONS = {
    (True, True): "kategori ve mahalle kuralı",
    (True, False): "kategori kuralı",
    (False, True): "mahalle kuralı",
    (False, False): "varsayılan kural",
}


def explain_route(reason: str, category: str, mahalle: str | None) -> str:
    """Answer "why here" in a sentence from what was kept of a `Route`, and the names as they are today.

    The intake keeps the kind of rule alone, so explaining costs it nothing. Words of other origin are left as they are.
    """
    where = f"{mahalle} mahallesi" if mahalle else "mahallesi belirsiz konumlar"
    sentences = {
        _REASONS[True, True]: f"“{category}” kategorisi ve {where} için bu müdürlüğü gösteren özel bir kural var.",
        _REASONS[True, False]: f"“{category}” kategorisindeki talepler, mahallesi ne olursa olsun buraya gelir.",
        _REASONS[False, True]: f"“{category}” kategorisinin kendi kuralı yok; {where} için geçerli kural uygulandı.",
        _REASONS[False, False]: f"“{category}” kategorisi ve {where} için kural yok; varsayılan kural uygulandı.",
    }
    return sentences.get(reason, reason)


class RoutingTable:
    """The rules, arranged so that a look-up touches only those of one category and mahalle."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[tuple[str | None, UUID | None], list[Rule]] = {}
        # Later start first; a stable sort keeps the smaller id first among equals.
        for rule in sorted(sorted(rules, key=lambda r: r.id), key=lambda r: r.valid_from or date.min, reverse=True):
            self._rules.setdefault((rule.category_code, rule.mahalle_id), []).append(rule)
        if not any(r.valid_from is None and r.valid_until is None for r in self._rules.get((None, None), [])):
            raise NoDefaultRoute

    def route(self, category_code: str, mahalle_id: UUID | None, on: date) -> Route:
        """Find the directorate for a request of this category, opened in this mahalle (None: outside) on this day."""
        for key in ((category_code, mahalle_id), (category_code, None), (None, mahalle_id), (None, None)):
            for rule in self._rules.get(key, ()):
                if rule.holds(on):
                    specific = (rule.category_code is not None, rule.mahalle_id is not None)
                    return Route(rule.directorate_id, _REASONS[specific])
        raise NoDefaultRoute
