"""The database: one engine, and the only ways into a transaction: `reading`, `writing` and `asking`.

All commit before they return; domain code calls `flush`, never `commit`. On SQLite a writer starts with BEGIN
IMMEDIATE under a lock of this process: the driver's own default takes the lock at the first write, which under
concurrency loses updates (measured: 737 of 900) and makes writers wait in a busy loop.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import MetaData, NullPool, create_engine, event, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection


class Base(DeclarativeBase):
    """Root of all tables. Constraint names are fixed so that problems and migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """An engine with our rules on it. `url` is a SQLAlchemy URL (`sqlite:///…` or `postgresql+psycopg://…`)."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url, pool_size) if self.is_sqlite else _postgresql_engine(url, pool_size)
        self._writing_engine = self.engine.execution_options(saha_writes=True)
        # SQLite begins and ends a transaction without leaving the process.
        self._asking_engine = (
            self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._writer_lock = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session for questions only."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            # Not left to ROLLBACK, on which psycopg throws away every statement it has prepared.
            session.commit()

    @contextmanager
    def asking(self) -> Iterator[Session]:
        """Open a session for questions that need not agree with each other: each statement stands alone.

        On PostgreSQL that saves the two trips of BEGIN and COMMIT; for whoever asks a thousand times a second.
        """
        with Session(self._asking_engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session whose changes are durably committed when the block ends without an error."""
        with self._writer_lock, Session(self._writing_engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def alone(self, lock: int) -> Iterator[bool]:
        """Say whether no other process is inside a block with this `lock` (a number of ours) until this one ends.

        The connection is not of the pool: it does nothing meanwhile, and no request shall wait for it. On SQLite there
        is one process.
        """
        if self.is_sqlite:
            yield True
            return
        apart = create_engine(self.engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)
        with apart.connect() as connection:  # whose end frees the lock
            yield bool(connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": lock}))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


_USED_AT = "saha_used_at"
_BELIEVED_S = 1.0


# `hide_parameters` on both: an error that is logged must not carry the names and answers it was about.
def _postgresql_engine(url: str, pool_size: int) -> Engine:
    engine = create_engine(
        url, pool_size=pool_size, max_overflow=0, pool_timeout=10, hide_parameters=True,
        # The connection used last has its statements prepared.
        pool_use_lifo=True,
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC"},
    )  # fmt: skip

    @event.listens_for(engine, "checkout")
    def _ask_whether_it_lives(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, _: PoolProxiedConnection
    ) -> None:
        # Asking each time is a trip to the database for every transaction; what answered a moment ago is believed.
        if time.monotonic() - entry.info.get(_USED_AT, time.monotonic()) > _BELIEVED_S:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error

    @event.listens_for(engine, "checkin")
    def _note_when_it_was_used(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_USED_AT] = time.monotonic()

    return engine


def _sqlite_engine(url: str, pool_size: int) -> Engine:
    engine = create_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=10, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("saha_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
