"""The revisions lead from an empty database to exactly the tables as the packages declare them, and take rows along."""

from alembic import command
from sqlalchemy import NullPool, create_engine, text

from foundation.migrating import configuration, migrate


def test_a_migrated_database_has_the_tables_as_they_are_declared(database_url: str) -> None:
    migrate(database_url)
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        config = configuration(connection)
        config.attributes["compares"] = True
        command.check(config)
    engine.dispose()


def test_rough_places_from_before_tablets_were_told_of_them_are_found_anew(database_url: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    row = (
        "INSERT INTO visit_target (id, version, fields, kind, name, search_key, sort_key, created_at, changed_at,"
        " is_do_not_visit, is_removed, match_due, lon, lat, konum_hassasiyeti) VALUES (:id, 1, '{}', 'hane', 'A', '', '',"
        " '2026-11-20T09:00:00', '2026-11-20T09:00:00', false, false, false, 29.2, 41, :precision)"
    )
    names = {f"{number:032x}": precision for number, precision in enumerate(("nokta", "sokak", "mahalle"))}
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0012")
        connection.execute(text(row), [{"id": one, "precision": precision} for one, precision in names.items()])
    migrate(database_url)
    with engine.begin() as connection:
        found = connection.execute(text("SELECT lat, konum_hassasiyeti, match_due FROM visit_target ORDER BY id")).all()
    engine.dispose()
    assert [tuple(one) for one in found] == [(41, "nokta", False), (None, "", True), (None, "", True)]
