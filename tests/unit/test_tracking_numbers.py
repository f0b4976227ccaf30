import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_requests.tracking_numbers import TrackingNumberMistyped, read_tracking_number, tracking_number

numbers = st.builds(tracking_number, st.integers(2020, 2099), st.integers(1, 99_999_999))


@given(numbers)
def test_a_number_reads_back_with_or_without_dashes_and_spaces(number: str) -> None:
    assert read_tracking_number(number) == number
    assert read_tracking_number(f" {number.replace('-', ' ')} ") == number


@given(numbers, st.data())
def test_every_single_mistyped_digit_is_noticed(number: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([i for i, c in enumerate(number) if c != "-"]))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    with pytest.raises(TrackingNumberMistyped):
        read_tracking_number(number[:place] + other + number[place + 1 :])


@given(numbers, st.data())
def test_two_neighbouring_digits_swapped_are_noticed(number: str, data: st.DataObject) -> None:
    digits = number.replace("-", "")
    place = data.draw(st.integers(0, len(digits) - 2))
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    if swapped == digits:
        return
    with pytest.raises(TrackingNumberMistyped):
        read_tracking_number(swapped)


@pytest.mark.parametrize("typed", ["", "26", "abc", "26-0001234", "26-000123٤-7", "-" * 500])
def test_what_is_no_tracking_number_is_said_to_be_mistyped(typed: str) -> None:
    with pytest.raises(TrackingNumberMistyped):
        read_tracking_number(typed)
