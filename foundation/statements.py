"""Statements sent together: one trip to PostgreSQL for all of them, one after the other on SQLite, in this process.

A trip costs more than what most of our statements do: two processes are woken, and while it lasts the rows that are
locked stay locked. A statement here says its PostgreSQL text and its SQLite form; what it does is in `insertion.py` and
`looking_up.py`.
"""

import logging
from collections.abc import Sequence
from typing import Any, Protocol, cast

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

# SQLAlchemy logs and tells its listeners of its own statements only. Without parameters: they hold names and answers.
log = logging.getLogger("saha.statements")

# Rows whose columns are attributes, too.
Found = Sequence[Any]


class Statement(Protocol):
    """One statement that can be sent with others; it must not depend on what those before it return."""

    def on_postgresql(self) -> tuple[str, tuple[Any, ...]]:
        """Return the driver's text and its parameters."""

    def on_sqlite(self, connection: Connection) -> Found:
        """Do it and return the rows it gives, none for a statement that gives none."""


def send_together(session: Session, *statements: Statement) -> list[Found]:
    """Send the statements in order and return the rows of each.

    What the session holds is flushed before. Raises `DBAPIError` as SQLAlchemy does, for the first bad one.
    """
    if not statements:
        return []
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        return _pipelined(connection, [statement.on_postgresql() for statement in statements])
    return [statement.on_sqlite(connection) for statement in statements]


def _pipelined(connection: Connection, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> list[Found]:
    """Send them through the driver's pipeline (PostgreSQL 14's protocol), with BEGIN where it has not been sent yet."""
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    for text, _ in statements:
        log.debug(text)
    try:
        if len(statements) == 1 and (driver.autocommit or driver.info.transaction_status != TransactionStatus.IDLE):
            cursor = driver.cursor(row_factory=namedtuple_row).execute(*statements[0])
            return [cursor.fetchall() if cursor.description else []]
        with driver.pipeline():
            cursors = [
                driver.cursor(row_factory=namedtuple_row).execute(text, parameters) for text, parameters in statements
            ]
        return [cursor.fetchall() if cursor.description else [] for cursor in cursors]
    except psycopg.Error as error:
        if driver.broken:
            connection.invalidate(error)
        raise _as_sqlalchemy(connection, error) from error


def _as_sqlalchemy(connection: Connection, error: psycopg.Error) -> Exception:
    """Wrap the driver's error as SQLAlchemy does, without the parameters, which hold names and answers."""
    return cast(
        "Exception",
        DBAPIError.instance(
            None, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=connection.invalidated,
            dialect=connection.dialect,
        ),
    )  # fmt: skip
