"""Walks past the places where offline protocols go wrong end with the invariants whole, on both databases."""

import pytest

from tests.properties.sync import walks
from tests.properties.sync.world import World


@pytest.mark.parametrize("steps", walks.ALL, ids=lambda steps: steps.__name__)
def test_a_walk_past_a_known_place_ends_well(world: World, steps: walks.Steps) -> None:
    walk = walks.Walk(world)
    steps(walk)
    walk.end()
