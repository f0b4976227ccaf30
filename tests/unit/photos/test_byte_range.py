import pytest

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
