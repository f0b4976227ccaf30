"""Whatever people do and however the network fails, the invariants of the offline protocol hold, on both databases."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.sync.machine import SyncMachine
from tests.properties.sync.world import World

# A database is made per test, not per walk: each walk empties it first. SAHA_SYNC_WALKS in the environment of a long
# run would be read by the server as a setting, so it is a profile of Hypothesis: --hypothesis-profile=long.
WALKS = settings(
    deadline=None,
    max_examples=25,
    stateful_step_count=30,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)


def test_whatever_happens_nothing_is_lost_and_all_become_of_one_mind(world: World) -> None:
    run_state_machine_as_test(lambda: SyncMachine(world), settings=WALKS)
