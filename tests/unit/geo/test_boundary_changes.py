"""How two sets of boundaries differ, mahalle by mahalle."""

from uuid import uuid4

import pytest
import shapely

from geo.boundary_changes import compare_areas
from geo.mahalle_index import MahalleArea


def area(code: str, west: float, east: float, name: str = "") -> MahalleArea:
    square = shapely.MultiPolygon([shapely.box(west, 41.00, east, 41.01)])
    return MahalleArea(id=uuid4(), code=code, name=name or code.title(), geometry=square)


def test_a_border_that_moved_is_told_of_both_sides_in_square_metres() -> None:
    before = [area("emek", 29.20, 29.21), area("safa", 29.21, 29.22)]
    after = [area("emek", 29.20, 29.212), area("safa", 29.212, 29.22)]
    emek, safa = compare_areas(before, after)
    assert (emek.kind, emek.lost_m2, safa.gained_m2) == ("changed", 0, 0)
    # 0.002° by 0.01° at 41° north: 168 m by 1,110 m.
    assert emek.gained_m2 == pytest.approx(safa.lost_m2) == pytest.approx(186_800, rel=0.01)
    assert (round(emek.share), round(safa.share)) == (20, 20)
    assert "çıktı" not in emek.sentence()
    assert emek.sentence().endswith("m² eklendi (yüzde 20,0).")


def test_what_is_drawn_the_same_is_not_told_and_a_new_name_is() -> None:
    before = [area("emek", 29.20, 29.21), area("safa", 29.21, 29.22)]
    # A hundred-millionth of a degree is a millimetre.
    after = [area("emek", 29.20, 29.21 + 1e-9), area("safa", 29.21, 29.22, "Yeni Safa")]
    (renamed,) = compare_areas(before, after)
    assert (renamed.name_before, renamed.moves_border) == ("Safa", False)
    assert renamed.sentence() == "Yeni Safa: adı «Safa» idi; sınırı aynı."


def test_what_is_new_and_what_is_gone_is_told() -> None:
    gone, new = compare_areas([area("emek", 29.20, 29.21)], [area("safa", 29.20, 29.21)])
    assert (gone.kind, gone.code, gone.moves_border) == ("removed", "emek", True)
    assert (new.kind, new.code, new.share) == ("added", "safa", 100)
    assert "kaydı ve geçmişi duruyor" in gone.sentence()
