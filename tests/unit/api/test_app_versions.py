from itertools import pairwise

from api.app_versions import version_key


def test_versions_are_ordered_by_their_numbers() -> None:
    rising = ["", "1.0", "1.0.0", "1.0.1", "1.2", "1.10.0", "2"]
    for older, newer in pairwise(rising):
        assert version_key(older) < version_key(newer), (older, newer)


def test_what_is_no_version_is_older_than_any_and_costs_nothing() -> None:
    assert version_key("yok") == () < version_key("0")
    assert version_key("9" * 100_000) == version_key("9" * 40)
