"""What a row of a list means, and everything that is wrong with one that cannot be taken."""

from uuid import UUID, uuid4

import pytest

from geo.mahalle_index import MahalleIndex
from visits.visit_list_rows import BadRow, KnownNames, RowReading, TargetRow, read_row
from visits.written_values import MahalleNames, read_day
from visits.xlsx_cells import FORMULA_WITHOUT_VALUE

AKPINAR = uuid4()
TEAM = uuid4()
NAMES = KnownNames(
    MahalleNames.of([("Akpınar", AKPINAR)]), {"1 ekip": TEAM}, {"hane": "hane", "esnaf": "esnaf"}, MahalleIndex([])
)


def read(kind: str = "hane", date_base: int = 1900, **cells: str) -> TargetRow | BadRow:
    return read_row(7, list(cells.values()), RowReading(tuple(cells), kind, date_base), NAMES)


def good(kind: str = "hane", **cells: str) -> dict[str, str]:
    row = read(kind, **cells)
    assert isinstance(row, TargetRow), row
    return row.target.fields


def reasons(**cells: str) -> dict[str, str]:
    row = read(**cells)
    assert isinstance(row, BadRow), row
    names = list(cells)
    return {names[problem.column] if problem.column is not None else "": problem.reason for problem in row.problems}


def test_a_row_is_put_together_from_the_columns_it_has() -> None:
    fields = good(
        "taziye_ailesi", ad="Hasan", soyad="Öz", sokak="Gül Sk.", kapi="12", daire="3",
        telefon="0532 123 45 67 / 0216 555 44 33",
        konum="41,0053; 29,2134", olay_tarihi="20 Kasım 2026", ziyaret_edilmesin="EVET", yetkili="Can Öz",
    )  # fmt: skip
    assert fields == {
        "tur": "taziye_ailesi", "ad": "Hasan Öz", "adres": "Gül Sk. 12/3", "telefon": "+905321234567",
        "telefon_2": "+902165554433", "geometry": "41.0053 29.2134 0 0", "olay_tarihi": "2026-11-20",
        "ziyaret_edilmesin": "evet", "yetkili": "Can Öz",
    }  # fmt: skip


def test_a_row_is_told_everything_that_is_wrong_with_it() -> None:
    told = reasons(
        ad="Ali", telefon="12", uavt="12a", olay_tarihi="31.02.2026", enlem="kuzey", mahalle="Yok", tur="uçak"
    )
    assert set(told) == {"telefon", "uavt", "olay_tarihi", "enlem", "mahalle", "tur"}


@pytest.mark.parametrize(
    ("cells", "column", "told"),
    [
        ({"ad": "Ali", "uavt": "1,23E+09"}, "uavt", "kısaltmış"),
        ({"ad": "Ali", "telefon": FORMULA_WITHOUT_VALUE}, "telefon", "formül"),
        ({"ad": "#YOK", "adres": "Gül Sk."}, "ad", "hata"),
        ({"ad": "Ali", "enlem": "41,0", "boylam": ""}, "enlem", "birlikte"),
        ({"telefon": "0532 123 45 67"}, "", "Ad, adres ya da konum"),
        ({"ad": "Ali", "istenen_ekip": "9. Ekip"}, "istenen_ekip", "ekip yok"),
        ({"ad": "Ali", "ekip": "9. Ekip", "ziyaret_turu": "hane", "gun": "20.11.2026"}, "ekip", "ekip yok"),
        ({"ad": "Ali", "ekip": "1. Ekip", "ziyaret_turu": "gezi", "gun": "20.11.2026"}, "ziyaret_turu",
         "ziyaret türü yok"),
        ({"ad": "Ali", "ekip": "1. Ekip", "ziyaret_turu": "hane", "gun": "yarın"}, "gun", "Gün değil"),
        ({"ad": "Ali", "ekip": "1. Ekip", "ziyaret_turu": "hane", "gun": ""}, "gun", "birlikte yazılır"),
        ({"ad": "Ali", "mahalle": "Akpnar"}, "mahalle", "Akpınar"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_cell_is_said_at_its_column(cells: dict[str, str], column: str, told: str) -> None:
    assert told in reasons(**cells)[column]


@pytest.mark.parametrize(
    ("written", "base"),
    [
        ("20.11.2026", 1900), ("20/11/26", 1900), ("20-11-2026", 1900), ("2026-11-20", 1900), ("20 kasım 2026", 1900),
        ("2026-11-20 00:00:00", 1900), ("46346", 1900), ("44884", 1904),
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written: str, base: int) -> None:
    day = read_day(written, base)
    assert day is not None
    assert day.isoformat() == "2026-11-20"


def test_the_mahalle_is_found_by_name_or_in_the_address() -> None:
    for cells in ({"ad": "Ali", "mahalle": "AKPINAR MAH."}, {"ad": "Ali", "adres": "Akpınar Mah. Gül Sk. 5"}):
        row = read(**cells)
        assert isinstance(row, TargetRow)
        assert row.target.mahalle_id == AKPINAR


def key(kind: str, **cells: str) -> str:
    row = read(kind, **cells)
    assert isinstance(row, TargetRow), row
    return row.key


def test_a_dwelling_is_known_by_its_address_code_and_everybody_else_by_who_they_are() -> None:
    assert key("hane", ad="Ali", uavt="123") == key("hane", ad="Ayşe", uavt="123")
    assert key("taziye_ailesi", ad="Ali", uavt="123") != key("taziye_ailesi", ad="Ayşe", uavt="123")
    assert key("esnaf", ad="IŞIK MARKET", adres="Gül Sk. 5") == key("esnaf", ad="Işık Market", adres="gül sk 5")


def test_the_type_of_the_planned_visit_says_the_kind_where_the_list_is_of_households() -> None:
    planned = {"ad": "Işık Market", "ekip": "1. Ekip", "ziyaret_turu": "esnaf", "gun": "20.11.2026"}
    row = read("hane", **planned)
    assert isinstance(row, TargetRow)
    assert row.plan is not None
    assert (row.target.fields["tur"], row.plan.team_id) == ("esnaf", TEAM)
    assert isinstance(row.plan.team_id, UUID)
    assert good("isveren", **planned)["tur"] == "isveren"


@pytest.mark.parametrize("written", ["1. Ekip", "1. EKİP", " 1 ekip "])
def test_a_row_names_the_team_that_the_household_wants(written: str) -> None:
    assert good(ad="Ali", istenen_ekip=written)["istenen_ekip"] == str(TEAM)
    # It is no plan: a visit needs its day and its kind.
    assert "istenen_ekip" not in good(ad="Ali", istenen_ekip="")
