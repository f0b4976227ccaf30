import pytest
from hypothesis import given
from hypothesis import strategies as st

from photos.byte_range import ByteRange, RangeAnswer, parse_range


@pytest.mark.parametrize(
    ("header", "byte_size", "answer"),
    [
        ("bytes=0-499", 10_000, ByteRange(0, 500)),
        ("bytes=500-999", 10_000, ByteRange(500, 1000)),
        ("bytes=9500-", 10_000, ByteRange(9500, 10_000)),
        ("bytes=-500", 10_000, ByteRange(9500, 10_000)),
        ("bytes=-99999", 100, ByteRange(0, 100)),
        ("bytes=0-99999", 100, ByteRange(0, 100)),
        ("bytes=0-0", 1, ByteRange(0, 1)),
        ("BYTES= 0-1 ", 10, ByteRange(0, 2)),
        ("bytes=100-", 100, RangeAnswer.UNSATISFIABLE),
        ("bytes=100-200", 100, RangeAnswer.UNSATISFIABLE),
        ("bytes=-0", 100, RangeAnswer.UNSATISFIABLE),
        ("bytes=0-", 0, RangeAnswer.UNSATISFIABLE),
        ("bytes=-5", 0, RangeAnswer.UNSATISFIABLE),
        (None, 100, RangeAnswer.WHOLE),
        ("", 100, RangeAnswer.WHOLE),
        ("bytes=", 100, RangeAnswer.WHOLE),
        ("bytes=-", 100, RangeAnswer.WHOLE),
        ("bytes=5-2", 100, RangeAnswer.WHOLE),
        ("bytes=0-1,5-6", 100, RangeAnswer.WHOLE),
        ("bytes=a-b", 100, RangeAnswer.WHOLE),
        ("bytes=\u0661-\u0662", 100, RangeAnswer.WHOLE),
        ("lines=0-1", 100, RangeAnswer.WHOLE),
        ("bytes=" + "9" * 5000 + "-", 100, RangeAnswer.WHOLE),
    ],
)
def test_a_range_header_means_what_the_rfc_says(
    header: str | None, byte_size: int, answer: ByteRange | RangeAnswer
) -> None:
    assert parse_range(header, byte_size) == answer


def test_the_answer_names_first_and_last_byte() -> None:
    assert ByteRange(0, 500).content_range(1234) == "bytes 0-499/1234"


@given(st.binary(min_size=1, max_size=50), st.integers(0, 60), st.integers(0, 60))
def test_first_and_last_byte_are_both_included(content: bytes, first: int, last: int) -> None:
    answer = parse_range(f"bytes={first}-{last}", len(content))
    if last < first:
        assert answer is RangeAnswer.WHOLE
    elif first >= len(content):
        assert answer is RangeAnswer.UNSATISFIABLE
    else:
        assert isinstance(answer, ByteRange)
        assert content[answer.start : answer.end] == bytes(
            byte for at, byte in enumerate(content) if first <= at <= last
        )


@given(st.text(), st.integers(0, 10**6))
def test_no_header_breaks_the_reader_or_reaches_past_the_file(header: str, byte_size: int) -> None:
    answer = parse_range("bytes=" + header, byte_size)
    if isinstance(answer, ByteRange):
        assert 0 <= answer.start < answer.end <= byte_size
