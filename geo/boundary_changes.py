"""How two sets of boundaries differ, mahalle by mahalle, in square metres. Pure.

A mahalle is its code. What differs by less than a square metre is drawn the same.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from geo.boundary_report import square_metres
from geo.distance import area_m2
from geo.mahalle_index import MahalleArea

AreaChangeKind = Literal["added", "removed", "changed"]
_SAME_M2 = 1.0


class AreaChange(msgspec.Struct, frozen=True, kw_only=True):
    """One mahalle that is new, gone, or drawn or named otherwise.

    Areas in m²: `lost_m2` is in it no longer, `gained_m2` was not in it before. `name_before` is empty
    where the name stayed.
    """

    kind: AreaChangeKind
    code: str
    name: str
    name_before: str = ""
    before_m2: float = 0.0
    after_m2: float = 0.0
    lost_m2: float = 0.0
    gained_m2: float = 0.0

    @property
    def share(self) -> float:
        """How much of the area before is lost or gained, in percent."""
        return 100 * (self.lost_m2 + self.gained_m2) / self.before_m2 if self.before_m2 else 100.0

    @property
    def moves_border(self) -> bool:
        """Whether a point may lie in another mahalle by it."""
        return bool(self.lost_m2 or self.gained_m2)

    def sentence(self) -> str:
        """Say it in Turkish for whoever imports."""
        if self.kind == "added":
            return f"{self.name}: yeni mahalle ({square_metres(self.after_m2)})."
        if self.kind == "removed":
            return f"{self.name}: yeni sınırlarda yok; kaydı ve geçmişi duruyor ({square_metres(self.before_m2)})."
        renamed = f"adı «{self.name_before}» idi; " if self.name_before else ""
        if not self.moves_border:
            return f"{self.name}: {renamed}sınırı aynı."
        share = f"{self.share:.1f}".replace(".", ",")
        lost = [f"{square_metres(self.lost_m2)} çıktı"] if self.lost_m2 else []
        gained = [f"{square_metres(self.gained_m2)} eklendi"] if self.gained_m2 else []
        return f"{self.name}: {renamed}{', '.join(lost + gained)} (yüzde {share})."


def compare_areas(before: Iterable[MahalleArea], after: Iterable[MahalleArea]) -> list[AreaChange]:
    """List the mahalle that differ, by code."""
    old, new = {area.code: area for area in before}, {area.code: area for area in after}
    changes = [_compare(old.get(code), new.get(code)) for code in sorted({*old, *new})]
    return [change for change in changes if change is not None]


def _compare(old: MahalleArea | None, new: MahalleArea | None) -> AreaChange | None:
    if old is None or new is None:
        return _alone(old, new)
    lost, gained = _notable(area_m2(old.geometry - new.geometry)), _notable(area_m2(new.geometry - old.geometry))
    if not lost and not gained and old.name == new.name:
        return None
    return AreaChange(
        kind="changed", code=new.code, name=new.name, name_before=old.name if old.name != new.name else "",
        before_m2=area_m2(old.geometry), after_m2=area_m2(new.geometry), lost_m2=lost, gained_m2=gained,
    )  # fmt: skip


def _alone(old: MahalleArea | None, new: MahalleArea | None) -> AreaChange | None:
    if new is not None:
        area = area_m2(new.geometry)
        return AreaChange(kind="added", code=new.code, name=new.name, after_m2=area, gained_m2=area)
    if old is not None:
        area = area_m2(old.geometry)
        return AreaChange(kind="removed", code=old.code, name=old.name, before_m2=area, lost_m2=area)
    return None


def _notable(area: float) -> float:
    return area if area >= _SAME_M2 else 0.0
