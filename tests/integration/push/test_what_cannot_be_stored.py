"""What the database will not take is found among what came with it and kept, and the rest is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from foundation.database import Database
from service_requests.tables import Quarantine, Submission
from sync.tables import EntityChange, Operation
from tests.integration.intake.posts import count, hane
from tests.integration.push.pushes import PushingTablet

POISONED = "Zehirli"


@contextmanager
def refused_by_the_database(database: Database) -> Iterator[None]:
    """Let the database refuse visits and targets of one name, as a rule does that our code knows nothing of."""
    with database.writing() as session:
        for table, column in (("submission", "person_name"), ("visit_target", "name")):
            session.execute(
                text(f"CREATE UNIQUE INDEX only_one_{table} ON {table} ((1)) WHERE {column} = '{POISONED}'")
            )
    yield
    with database.writing() as session:
        for table in ("submission", "visit_target"):
            session.execute(text(f"DROP INDEX only_one_{table}"))


def poisoned_form() -> bytes:
    return hane().replace("Şükrü Iğdır".encode(), POISONED.encode())


@pytest.mark.parametrize("place", [0, 3, 6])
def test_the_one_that_cannot_be_stored_is_kept_and_the_others_are_taken(
    pushing: PushingTablet, database: Database, place: int
) -> None:
    target = uuid4()
    pushing.push(pushing.form(poisoned_form()), pushing.target(uuid4(), ad=POISONED))
    with refused_by_the_database(database):
        good = [pushing.form(hane()) for _ in range(4)]
        changes = [pushing.target(target), pushing.update(target, 1, adres="Lale Sk. 2")]
        operations = [*good, *changes]
        operations.insert(place, pushing.form(poisoned_form()))
        for seq, operation in enumerate(operations, start=10):
            operation["device_seq"] = seq
        results = pushing.push(*operations)
        assert [result["id"] for result in results] == [operation["id"] for operation in operations]
        refused = results.pop(place)
        assert {result["status"] for result in results} == {"applied"}
        assert (refused["status"], refused["code"]) == ("rejected", "submission.not_storable")
        assert refused["sentence"]
        again = pushing.push(*operations)
        assert again.pop(place) == refused | {"replayed": True}
        assert again == [result | {"replayed": True} for result in results]
    with database.reading() as session:
        [kept] = session.scalars(select(Quarantine)).all()
        assert (str(kept.id), kept.reason) == (refused["kept_as"], "submission.not_storable")
        versions = session.scalars(select(EntityChange.version).where(EntityChange.entity_id == target)).all()
        assert sorted(versions) == [1, 2]
    assert (count(database, Submission), count(database, Operation)) == (5, 9)


def test_several_that_cannot_be_stored_are_each_kept(pushing: PushingTablet, database: Database) -> None:
    pushing.push(pushing.form(poisoned_form()), pushing.target(uuid4(), ad=POISONED))
    with refused_by_the_database(database):
        results = pushing.push(
            pushing.form(poisoned_form()),
            pushing.form(hane()),
            pushing.target(uuid4(), ad=POISONED),
            pushing.target(uuid4()),
            pushing.form(poisoned_form()),
        )
    assert [result["status"] for result in results] == ["rejected", "applied", "rejected", "applied", "rejected"]
    assert {result["code"] for result in results if result["status"] == "rejected"} == {"submission.not_storable"}
    assert (count(database, Submission), count(database, Quarantine)) == (2, 3)
