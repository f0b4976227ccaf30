"""Whatever people do and however the network fails, the invariants of the offline protocol hold, on both databases.

First walks past the places where protocols like ours go wrong, then walks at random.
"""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.sync import walks
from tests.properties.sync.machine import SyncMachine
from tests.properties.sync.world import World

# A database is made per test, not per walk: each walk empties it first. `--hypothesis-seed` chooses other walks.
RANDOM_WALKS = settings(
    deadline=None,
    max_examples=6,
    stateful_step_count=30,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
    database=None,
    report_multiple_bugs=False,
    # No shrinking: a walk of thirty steps is read faster than shrunk, and the seed finds it again.
    phases=[Phase.generate],
)


@pytest.mark.parametrize("steps", walks.ALL, ids=lambda steps: steps.__name__)
def test_a_walk_past_a_known_place_ends_well(world: World, steps: walks.Steps) -> None:
    walk = walks.Walk(world)
    steps(walk)
    walk.end()


def test_whatever_happens_nothing_is_lost_and_all_become_of_one_mind(world: World) -> None:
    run_state_machine_as_test(lambda: SyncMachine(world), settings=RANDOM_WALKS)
