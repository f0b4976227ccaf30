"""The garbage collector of a server process."""

import gc
from collections.abc import Iterator

import pytest

from api.commands.serving import collect_seldom


@pytest.fixture
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("collector")
def test_what_lives_as_long_as_the_server_is_left_alone_and_rings_are_still_collected() -> None:
    collect_seldom()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect() >= 1
