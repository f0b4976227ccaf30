"""No row is skipped: a tablet pulls by cursor while writers commit in any order. Real transactions, both databases.

Seeded defects that this catches stand in docs/seeded-defects.md.
"""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import UUID, uuid4

from foundation.database import Database
from sync.change_log import FeedChanges, write_feed
from sync.pull import find_puller, read_page
from teams.sign_in import hash_token
from tests.fixtures.municipality import NOON
from tests.fixtures.tablets import Tablet

_WRITERS, _COMMITS = 4, 20


def _write(database: Database, area: str, seed: int) -> set[UUID]:
    """Commit changes of one to four entities, each after some work, and some of it after the numbers are taken."""
    rng, written = random.Random(seed), set()
    for _ in range(_COMMITS):
        feed, ids = FeedChanges(), [uuid4() for _ in range(rng.randint(1, 4))]
        for one in ids:
            feed.put([area], "target", one, {"version": 1})
        with database.writing() as session:
            time.sleep(rng.random() * 0.004)
            write_feed(session, feed, NOON)
            time.sleep(rng.random() * 0.004)
        written |= set(ids)
    return written


def _poll(database: Database, token: str, area: str, done: Event) -> set[str]:
    """Pull page by page as a tablet does, without pause, and once more when all is written."""
    after, seen = 0, set()
    while True:
        is_last = done.is_set()
        with database.reading() as session:
            puller = find_puller(session, hash_token(token))
            assert puller is not None
            page = read_page(session, [area], after, 7)
        seen |= {str(item["id"]) for item in json.loads(f"[{page.items}]")}
        after = (page.last or 0) if page.is_full else max(page.last or 0, puller.feed.sequence)
        if is_last and not page.is_full:
            return seen


def test_a_tablet_that_pulls_all_the_time_misses_nothing(tablet: Tablet, database_url: str) -> None:
    database, area, done = Database(database_url), f"team:{uuid4()}", Event()
    try:
        with ThreadPoolExecutor(_WRITERS + 1) as pool:
            polling = pool.submit(_poll, database, tablet.token, area, done)
            writing = [pool.submit(_write, database, area, seed) for seed in range(_WRITERS)]
            try:
                written = set().union(*(one.result() for one in writing))
            finally:
                done.set()
            seen = polling.result()
    finally:
        database.close()
    assert len(written) > _WRITERS * _COMMITS
    assert seen == {str(one) for one in written}
