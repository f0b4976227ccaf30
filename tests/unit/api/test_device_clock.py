"""The `Date` header of ODK Collect, in English and Turkish, with its 12-hour clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.device_clock import read_device_time

MORNING = datetime(2026, 11, 21, 6, 15, 7, tzinfo=UTC)
AFTERNOON = MORNING + timedelta(hours=12)


@pytest.mark.parametrize(
    "header",
    [
        "Sat, 21 Nov 2026 09:15:07 GMT+03:00",
        "Cmt, 21 Kas 2026 09:15:07 GMT+03:00",
        "Cumartesi, 21 Kasım 2026 09:15:07 GMT+3",
        "Sat, 21 Nov 2026 09:15:07 TRT",
        "Sat, 21 Nov 2026 06:15:07 GMT",
        "Sat, 21 Nov 2026 06:15:07 UTC",
        "Sat, 21 Nov 2026 09:15:07 +0300",
        "Fri, 20 Nov 2026 10:15:07 GMT-08:00",
        "21 Nov 2026 09:15:07 GMT+03:00",
        "  Sat, 21 Nov. 2026 09:15:07 gmt+03:00 ",
    ],
)
def test_a_date_of_collect_is_read_in_both_languages_and_any_zone(header: str) -> None:
    assert read_device_time(header, MORNING) == MORNING


@pytest.mark.parametrize("now", [MORNING, AFTERNOON])
def test_morning_or_afternoon_whichever_is_nearer_to_our_time(now: datetime) -> None:
    assert read_device_time("Sat, 21 Nov 2026 09:15:07 GMT+03:00", now + timedelta(hours=2)) == now


@pytest.mark.parametrize(("hour", "expected"), [(0, 0), (12, 12)])
def test_twelve_is_noon_or_midnight(hour: int, expected: int) -> None:
    now = datetime(2026, 11, 21, hour, 20, tzinfo=UTC)
    read = read_device_time("Sat, 21 Nov 2026 12:15:00 GMT", now)
    assert read == datetime(2026, 11, 21, expected, 15, tzinfo=UTC)


def test_a_24_hour_clock_is_taken_as_it_is() -> None:
    read = read_device_time("Sat, 21 Nov 2026 21:15:07 GMT+03:00", MORNING)
    assert read == AFTERNOON


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-9"])
@pytest.mark.parametrize(("name", "month"), [("Şub", 2), ("Ağu", 8), ("Ağustos", 8)])
def test_turkish_letters_survive_the_header(encoding: str, name: str, month: int) -> None:
    now = datetime(2026, month, 4, 6, 0, tzinfo=UTC)
    as_received = f"Çar, 04 {name} 2026 09:00:00 GMT+03:00".encode(encoding).decode("latin-1")
    assert read_device_time(as_received, now) == now


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "yesterday",
        "Sat, 21 Foo 2026 09:15:07 GMT",
        "Sat, 31 Feb 2026 09:15:07 GMT",
        "Sat, 21 Nov 2026 29:15:07 GMT",
        "Sat, 21 Nov 2026 09:15:07",
        "Sat, 21 Nov 2026 09:15:07 PST",
        "Sat, 21 Nov 2026 09:15:07 GMT+99:00",
        "Sat, 21 Nov 0001 09:15:07 GMT+03:00",
        "Sat, 31 Dec 9999 11:59:59 GMT-12:00",
        "Sat, ²¹ Nov 2026 09:15:07 GMT",
    ],
)
def test_what_cannot_be_understood_is_no_time(header: str | None) -> None:
    assert read_device_time(header, MORNING) is None


@given(st.text(max_size=80) | st.from_regex(r"[A-Z][a-z]{2}, \d\d? \w{3,5} \d{4} \d\d:\d\d:\d\d GMT[+-]?\d{0,4}"))
def test_no_header_is_an_error(header: str) -> None:
    read = read_device_time(header, MORNING)
    assert read is None or read.tzinfo is UTC
