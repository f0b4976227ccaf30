"""The thread that tidies up: every sweep, in one process at a time, whatever one of them does."""

import logging
import threading
from datetime import datetime

import pytest

from api.housekeeping import Housekeeping, Sweep
from foundation.database import Database
from tests.fixtures.municipality import NOON

LOCK = 7_000


def noon() -> datetime:
    return NOON


def test_a_sweep_that_fails_is_logged_and_the_others_go_on(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    swept: list[object] = []

    def fail(_: datetime) -> None:
        raise RuntimeError("olmadı")

    sweeps = [Sweep("first", swept.append), Sweep("broken", fail), Sweep("last", swept.append)]
    with caplog.at_level(logging.ERROR):
        assert Housekeeping(database, sweeps, at=noon).sweep_once()
    assert swept == [NOON, NOON]
    assert "sweep broken failed" in caplog.text


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_only_one_process_sweeps_at_a_time(database: Database, database_url: str) -> None:
    swept: list[object] = []
    elsewhere = Database(database_url)

    def sweep_in_the_other_process(_: datetime) -> None:
        swept.append(Housekeeping(elsewhere, [Sweep("second", swept.append)], at=noon).sweep_once())

    here = Housekeeping(database, [Sweep("first", sweep_in_the_other_process)], at=noon)
    assert here.sweep_once()
    assert swept == [False]
    # Once the first has ended, the lock is free.
    assert Housekeeping(elsewhere, [Sweep("second", swept.append)], at=noon).sweep_once()
    assert swept == [False, NOON]
    elsewhere.close()


def test_the_thread_sweeps_again_and_again_and_stops_between_two_sweeps(database: Database) -> None:
    rounds = threading.Semaphore(0)
    after: list[object] = []
    stopped: list[threading.Thread] = []
    housekeeping: Housekeeping

    def stop_in_the_third_round(_: datetime) -> None:
        rounds.release()
        if rounds._value == 3:
            stopping = threading.Thread(target=housekeeping.stop)
            stopping.start()
            stopped.append(stopping)
            housekeeping._stopping.wait()

    housekeeping = Housekeeping(
        database, [Sweep("count", stop_in_the_third_round), Sweep("after", after.append)], at=noon, every_s=0.01
    )
    housekeeping.start()
    housekeeping._thread.join(60)
    stopped[0].join(60)
    assert not housekeeping._thread.is_alive()
    assert rounds._value == 3
    assert after == [NOON, NOON]


def test_a_database_that_is_away_does_not_end_the_thread() -> None:
    failures = threading.Semaphore(0)

    class Counting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "could not begin" in record.getMessage():
                failures.release()

    counting = Counting()
    logging.getLogger("saha").addHandler(counting)
    nowhere = Database("postgresql+psycopg://kimse@127.0.0.1:1/yok")
    housekeeping = Housekeeping(nowhere, [], at=noon, every_s=0.01)
    housekeeping.start()
    assert failures.acquire(timeout=60)
    assert failures.acquire(timeout=60)
    housekeeping.stop()
    logging.getLogger("saha").removeHandler(counting)
    nowhere.close()
