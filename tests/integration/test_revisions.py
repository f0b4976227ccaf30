"""The revisions lead from an empty database to exactly the tables as the packages declare them, and take rows along."""

from uuid import UUID, uuid4

from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, select, text

from foundation.database import Database
from foundation.migrating import configuration, migrate
from teams.tables import User
from tests.fixtures.municipality import NOON
from visits.tables import VisitTarget


def test_a_migrated_database_has_the_tables_as_they_are_declared(database_url: str) -> None:
    migrate(database_url)
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        config = configuration(connection)
        config.attributes["compares"] = True
        command.check(config)
    engine.dispose()


def test_rough_places_from_before_tablets_were_told_of_them_are_found_anew(database: Database) -> None:
    with database.writing() as session:
        for number, precision in enumerate(("nokta", "sokak", "mahalle")):
            place = {"lon": 29.2, "lat": 41.0, "konum_hassasiyeti": precision, "match_due": False}
            told = {"fields": {}, "kind": "hane", "name": "A", "created_at": NOON, "changed_at": NOON}
            session.add(VisitTarget(id=UUID(int=number), **told, **place))
    with database.writing() as session:
        connection = session.connection()
        revision = ScriptDirectory.from_config(configuration(connection)).get_revision("0012")
        assert revision is not None
        with Operations.context(MigrationContext.configure(connection)):
            revision.module.upgrade()
    with database.reading() as session:
        table = VisitTarget.__table__.c
        found = session.execute(select(table.lat, table.konum_hassasiyeti, table.match_due).order_by(table.id)).all()
    assert [tuple(one) for one in found] == [(41.0, "nokta", False), (None, "", True), (None, "", True)]


def test_who_agreed_before_the_notice_had_versions_agreed_to_the_first(database: Database) -> None:
    with database.writing() as session:
        for name, agreed_at in (("agreed", NOON), ("not", None)):
            session.add(
                User(
                    id=uuid4(), username=name, username_key=name, display_name=name, role="field_worker",
                    password_hash="", created_at=NOON, position_consent_at=agreed_at,
                )
            )  # fmt: skip
        session.flush()
        revision = ScriptDirectory.from_config(configuration(session.connection())).get_revision("0013")
        assert revision is not None
        session.execute(text(revision.module.AGREED_TO_THE_FIRST))
    with database.reading() as session:
        found = session.execute(select(User.username, User.position_notice).order_by(User.username)).all()
    assert [tuple(one) for one in found] == [("agreed", 1), ("not", 0)]
