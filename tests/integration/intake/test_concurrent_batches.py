"""Several workers receive overlapping batches at once: nobody locks another out, and the records are the same."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.wiring import Wiring
from service_requests.incoming import Outcome, Received
from tests.fixtures.municipality import Municipality
from tests.properties.service_requests.deliveries import Filled, Post, Town
from tests.properties.service_requests.recorded import check_always, recorded

WORKERS = 4


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("seed", range(3))
def test_overlapping_batches_of_several_workers_are_one_record_each(
    wiring: Wiring, municipality: Municipality, seed: int
) -> None:
    chance = random.Random(seed)
    originals = [Post(Filled(number, (number, number + 20), (f"{number}-a",)), (f"{number}-a",)) for number in range(8)]
    edits = [Post(Filled(number + 8, (number,), amends=number)) for number in range(8)]
    others = [Post(Filled(number, (), content=1)) for number in range(4)]
    strangers = [Post(Filled(number + 30, (), sender="yonetici")) for number in range(4)]
    town = Town(wiring.database, municipality)
    answers: list[Outcome] = town.deliver(originals[:4])

    def work(posts: list[Post]) -> list[Outcome]:
        batches = [posts[start : start + 6] for start in range(0, len(posts), 6)]
        return [outcome for batch in batches for outcome in town.deliver(batch)]

    everything = [*originals, *edits, *others, *strangers]
    shuffled = [chance.sample(everything, len(everything)) for _ in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        answers += [outcome for outcomes in pool.map(work, shuffled) for outcome in outcomes]
    check_always(wiring.database, answers)
    for post in originals + edits:
        answers += town.deliver([post])
        assert isinstance(answers[-1], Received)
    check_always(wiring.database, answers)
    reached = recorded(wiring.database)
    assert len(reached.submissions) == 16
    assert len(reached.requests) == 16
    assert {where for where, _ in reached.requests.values()} == {post.filled.instance_id for post in edits}
    assert {reason for _, reason, *_ in reached.quarantine.values()} <= {
        "submission.other_content", "submission.edit_of_unknown", "submission.not_authorised",
    }  # fmt: skip
