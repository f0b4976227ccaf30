"""The database fails at any moment of a submission: the tablet is told to send again, the resend is one record."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError

from api.wiring import Wiring
from service_requests.tables import Quarantine, ServiceRequest, Submission
from tests.builders import AFinding, a_photo
from tests.fixtures.municipality import Municipality
from tests.integration.intake.posts import (
    SAHA,
    Client,
    assert_recorded_once,
    assert_try_again,
    count,
    hane,
    send,
)

PHOTOS = {"a.jpg": a_photo()}
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def a_visit() -> bytes:
    return hane(findings=[AFinding(photo="a.jpg"), AFinding(category="cop_temizlik")])


@contextmanager
def at_commit(wiring: Wiring, *, committed: bool) -> Iterator[None]:
    """Break the connection at COMMIT: before it reached the database, or after, so that only the answer is lost."""

    def break_connection(connection: Connection) -> None:
        if committed:
            connection.connection.commit()
        else:
            connection.connection.rollback()
        raise OperationalError("COMMIT", {}, ConnectionError("the line is dead"))

    event.listen(wiring.database.engine, "commit", break_connection)
    try:
        yield
    finally:
        event.remove(wiring.database.engine, "commit", break_connection)


@contextmanager
def trigger(url: str, body: str) -> Iterator[None]:
    """Let PostgreSQL run `body` at the COMMIT of a submission."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        function = "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} RETURN NULL; END $$"
        connection.execute(text(function.format(body)))
        connection.execute(
            text(
                "CREATE CONSTRAINT TRIGGER fails_at_commit AFTER INSERT ON submission "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()"
            )
        )
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP TRIGGER fails_at_commit ON submission"))
            connection.execute(text("DROP FUNCTION fail"))


@contextmanager
def nobody_may_connect(url: str) -> Iterator[None]:
    """Close the database to everybody, and end the connections that are open."""
    own = make_url(url)
    engine = create_engine(own.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {own.database} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": own.database},
        )
    try:
        yield
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {own.database} ALLOW_CONNECTIONS true"))


@pytest.mark.parametrize("committed", [False, True], ids=["before it is done", "after it is done"])
def test_a_connection_that_breaks_at_commit_is_503_and_the_resend_is_one_record(
    client: Client, wiring: Wiring, *, committed: bool
) -> None:
    xml = a_visit()
    with at_commit(wiring, committed=committed):
        for _ in range(2):
            assert_try_again(send(client, xml, PHOTOS))
    assert count(wiring.database, Submission) == committed
    for _ in range(2):
        assert send(client, xml, PHOTOS).status_code == 201
    assert_recorded_once(wiring.database, findings=2, photos=1)
    assert count(wiring.database, Quarantine) == 0


@on_postgresql
@pytest.mark.parametrize(
    "body", ["RAISE EXCEPTION 'no room';", "PERFORM pg_terminate_backend(pg_backend_pid());"], ids=["error", "killed"]
)
def test_a_commit_that_the_database_fails_is_503_and_the_resend_is_one_record(
    client: Client, wiring: Wiring, database_url: str, body: str
) -> None:
    xml = a_visit()
    with trigger(database_url, body):
        for _ in range(2):
            assert_try_again(send(client, xml, PHOTOS))
        assert count(wiring.database, Submission) == count(wiring.database, ServiceRequest) == 0
    assert send(client, xml, PHOTOS).status_code == 201
    assert_recorded_once(wiring.database, findings=2, photos=1)


@on_postgresql
def test_a_database_that_is_away_is_503_at_every_address_and_the_resend_is_one_record(
    client: Client, wiring: Wiring, municipality: Municipality, database_url: str
) -> None:
    xml = a_visit()
    assert client.get("/openrosa/formList", auth=SAHA).status_code == 200
    with nobody_may_connect(database_url):
        for _ in range(2):
            assert_try_again(send(client, xml, PHOTOS))
    with nobody_may_connect(database_url):
        for user_id in municipality.users.values():
            wiring.sign_ins.forget(user_id)
        assert_try_again(send(client, xml, PHOTOS))
        assert_try_again(client.get("/openrosa/formList", auth=SAHA))
    assert send(client, xml, PHOTOS).status_code == 201
    assert_recorded_once(wiring.database, findings=2, photos=1)
