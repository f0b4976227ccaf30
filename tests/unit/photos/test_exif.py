from datetime import UTC, datetime

import pytest

from photos.exif import read_captured_at, read_place

TAKEN, OFFSET = 0x9003, 0x9011


def test_a_camera_without_an_offset_shows_istanbul_time() -> None:
    assert read_captured_at({TAKEN: "2026:05:04 12:30:00"}) == datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def test_the_offset_the_camera_wrote_counts() -> None:
    assert read_captured_at({TAKEN: "2026:05:04 12:30:00", OFFSET: "-02:30"}) == datetime(2026, 5, 4, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("written", ["0000:00:00 00:00:00", "    :  :     :  :  ", "dün", "", 5, b"\xff", None])
def test_a_time_that_is_none_is_left_empty(written: object) -> None:
    assert read_captured_at({TAKEN: written}) is None


def test_the_first_day_of_the_calendar_does_not_overflow() -> None:
    assert read_captured_at({TAKEN: "0001:01:01 00:00:00", OFFSET: "+03:00"}) is None


def test_a_place_is_read_with_its_hemispheres() -> None:
    assert read_place({1: "N", 2: (41.0, 0.0, 18.0), 3: "E", 4: (29, 13, 48)}) == pytest.approx((29.23, 41.005))
    assert read_place({1: "S", 2: (41, 0, 18), 3: "W", 4: (29, 13, 48)}) == pytest.approx((-29.23, -41.005))


@pytest.mark.parametrize(
    "gps",
    [
        {},
        {1: "N", 2: (41, 0, 0)},
        {1: "N", 2: (41, 0), 3: "E", 4: (29, 0, 0)},
        {1: "N", 2: (float("nan"), 0, 0), 3: "E", 4: (29, 0, 0)},
        {1: "N", 2: (91, 0, 0), 3: "E", 4: (29, 0, 0)},
        {1: "N", 2: (0, 0, 0), 3: "E", 4: (0, 0, 0)},
        {1: "N", 2: "41", 3: "E", 4: "29"},
        {1: "N", 2: ("a", "b", "c"), 3: "E", 4: (29, 0, 0)},
    ],
)
def test_a_place_that_is_none_is_left_empty(gps: dict[int, object]) -> None:
    assert read_place(gps) is None
