"""The promises of the database fixtures, and of migrating, on both engines."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from foundation.database import Database
from foundation.migrating import migrate


@pytest.mark.parametrize("attempt", [1, 2])
def test_each_test_has_a_database_of_its_own(database: Database, attempt: int) -> None:
    with database.writing() as session:
        session.execute(text("CREATE TABLE kalinti (attempt INTEGER)"))
        session.execute(text("INSERT INTO kalinti VALUES (:attempt)"), {"attempt": attempt})
    with database.reading() as session:
        assert session.execute(text("SELECT attempt FROM kalinti")).scalars().all() == [attempt]


def test_what_is_written_is_committed_for_other_connections(database: Database, database_url: str) -> None:
    with database.writing() as session:
        session.execute(text("CREATE TABLE iz (n INTEGER)"))
        session.execute(text("INSERT INTO iz VALUES (1)"))
    other = Database(database_url)
    with other.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM iz")) == 1
    other.close()


def test_workers_that_start_together_migrate_once(database_url: str) -> None:
    with ThreadPoolExecutor(4) as workers:
        assert list(workers.map(migrate, [database_url] * 4)) == [None] * 4


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_understands_geometry(database: Database) -> None:
    with database.reading() as session:
        assert session.scalar(text("SELECT ST_AsText(ST_SetSRID(ST_MakePoint(29.2, 41.0), 4326))")) == "POINT(29.2 41)"
