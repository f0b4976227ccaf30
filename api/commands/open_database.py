"""Opening the database for a command, and saying in a sentence why that cannot be."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from foundation.database import Database
from foundation.errors import SahaError
from foundation.migrating import configuration
from foundation.settings import Settings


class DatabaseUnreachable(SahaError):
    """The database cannot be opened."""

    code = "database.unreachable"

    def __init__(self) -> None:
        super().__init__(
            "Veritabanına ulaşılamadı: çalıştığını, SAHA_DATABASE_URL ve SAHA_DATA_DIR ayarlarını denetleyin."
        )


class NotMigrated(SahaError):
    """The tables are missing, or those of another release."""

    code = "database.not_migrated"

    def __init__(self) -> None:
        super().__init__("Veritabanının yapısı bu sürümünki değil: önce 'saha migrate' komutunu verin.")


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Open the migrated database of these settings. Raises `DatabaseUnreachable`, `NotMigrated`."""
    with unreachable_told():
        database = Database(settings.resolved_database_url, pool_size=settings.database_pool)
    try:
        with unreachable_told():
            _refuse_other_schema(database, settings)
            yield database
    finally:
        database.close()


@contextmanager
def unreachable_told() -> Iterator[None]:
    """Turn the driver's complaint about a database that is away into a sentence."""
    try:
        yield
    except (OperationalError, ArgumentError, NoSuchModuleError) as error:
        raise DatabaseUnreachable from error


def _refuse_other_schema(database: Database, settings: Settings) -> None:
    if database.is_sqlite and not settings.database_url and not (settings.data_dir / "saha.sqlite3").exists():
        raise NotMigrated
    with database.engine.connect() as connection:
        newest = ScriptDirectory.from_config(configuration(connection)).get_current_head()
        if MigrationContext.configure(connection).get_current_revision() != newest:
            raise NotMigrated
