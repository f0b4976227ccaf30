"""The fields of an assignment: what is tidied, what is refused, what columns are read from them."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from visits.assignment_fields import assignment_columns, clean_assignment
from visits.time_windows import Window, read_windows, tidy_windows


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("17:00-19:00; 9.00–12:00", "09:00-12:00;17:00-19:00"),
        ("09:00-11:00;10:30-12:00;12:00-13:00", "09:00-13:00"),
        ("17:00-24:00", "17:00-24:00"),
        ("", ""),
    ],
)
def test_windows_are_sorted_joined_and_written_one_way(written: str, kept: str) -> None:
    assert tidy_windows(written) == kept
    assert tidy_windows(kept) == kept


@pytest.mark.parametrize(
    "written",
    ["12:00-09:00", "10:00-10:00", "25:00-26:00", "09:00", "24:00-24:00", "sabah", ";".join(["09:00-10:00"] * 7)],
)
def test_windows_that_cannot_be_are_refused(written: str) -> None:
    assert tidy_windows(written) is None


def test_windows_are_minutes_from_midnight() -> None:
    assert read_windows("17:00-24:00;08:30-09:00") == [Window(510, 540), Window(1020, 1440)]


@pytest.mark.parametrize(
    ("field", "written", "kept"),
    [
        ("oncelik", "1", "1"), ("oncelik", "5", None), ("oncelik", "acil", None),
        ("son_gun", "2026-12-01", "2026-12-01"), ("son_gun", "2026-13-01", None),
        ("sure_dk", "045", "45"), ("sure_dk", "0", None), ("sure_dk", "481", None),
        ("ziyaretci", "kadin", "kadin"), ("ziyaretci", "kedi", None),
        ("istenen_ekip", "", ""), ("istenen_ekip", "2. Ekip", None),
        ("sabit", "hayir", ""), ("sabit", "evet", "evet"),
        ("saat", "9:05", "09:05"), ("saat", "24:00", None),
        ("kampanya", "", ""), ("kampanya", "bu değil", None),
        ("aciklama", "x" * 501, None), ("deneme", "2", "2"), ("deneme", "0", None),
        ("durum", "yolda", "yolda"),
    ],
)  # fmt: skip
def test_a_value_is_tidied_or_refused(field: str, written: str, kept: str | None) -> None:
    cleaned = clean_assignment({field: written}, creates=False)
    assert cleaned.values.get(field) == kept
    assert cleaned.bad == (() if kept is not None else (field,))


def test_columns_are_read_from_what_is_written_and_have_defaults() -> None:
    campaign = uuid4()
    needed = {"hedef": str(uuid4()), "ekip": str(uuid4()), "tur": "hane", "gun": "2026-11-20"}
    plain = assignment_columns(needed)
    assert (plain["priority"], plain["last_day"], plain["planned_time"], plain["campaign_id"]) == (3, None, "", None)
    full = assignment_columns(
        needed | {"oncelik": "1", "son_gun": "2026-11-23", "saat": "10:40", "kampanya": str(campaign)}
    )
    assert (full["priority"], full["last_day"], full["planned_time"]) == (1, date(2026, 11, 23), "10:40")
    assert full["campaign_id"] == UUID(str(campaign))
