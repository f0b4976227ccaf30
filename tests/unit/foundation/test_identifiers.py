from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

from foundation.identifiers import first_uuid7, uuid7

_AT = datetime(2026, 11, 21, 6, 20, 0, 123_000, tzinfo=UTC)


def test_ids_sort_as_they_were_made() -> None:
    made = [uuid7(_AT) for _ in range(1_000)] + [uuid7(_AT + timedelta(milliseconds=1))]
    assert made == sorted(set(made))
    assert first_uuid7(_AT) <= made[0]
    assert made[-2] < first_uuid7(_AT + timedelta(milliseconds=1)) <= made[-1]


def test_an_id_is_of_version_7_and_tells_its_millisecond() -> None:
    made = uuid7(_AT)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == int(_AT.timestamp() * 1000)


def test_no_two_ids_are_random_alike() -> None:
    # 62 bits, drawn anew each time.
    assert len({uuid7(_AT).int & ((1 << 62) - 1) for _ in range(1_000)}) == 1_000
