"""Brings a database to the newest schema by the revisions in `migrations/`.

Several workers may start at once: the whole upgrade is one transaction under a lock, so that one of them migrates and
the others find the work done. What the schema is stands in the `tables` modules and in `migrations/env.py`.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

# Any number, as long as everybody who migrates uses the same.
_LOCK = 5_342_848_174


def migrate(database_url: str) -> None:
    """Upgrade the database at `database_url` (a SQLAlchemy URL) to the newest revision; create its tables if empty."""
    engine = _migrating_engine(database_url)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(configuration(connection), "head")
            _refuse_dangling_rows(connection)
    finally:
        engine.dispose()


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration for work on an open connection, in the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _migrating_engine(database_url: str) -> Engine:
    """Open the database without foreign keys on SQLite: a table altered there is copied and dropped, rows and all."""
    engine = create_engine(database_url, poolclass=NullPool)
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=60000", "foreign_keys=OFF"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _refuse_dangling_rows(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if dangling:
        raise RuntimeError(f"the migration would leave rows that refer to nothing: {dangling[:5]}")
