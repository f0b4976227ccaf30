"""The revisions lead from an empty database to exactly the tables as the packages declare them."""

from alembic import command
from sqlalchemy import NullPool, create_engine

from foundation.migrating import configuration, migrate


def test_a_migrated_database_has_the_tables_as_they_are_declared(database_url: str) -> None:
    migrate(database_url)
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        config = configuration(connection)
        config.attributes["compares"] = True
        command.check(config)
    engine.dispose()
