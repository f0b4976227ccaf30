"""`saha migrate`."""

from argparse import Namespace
from collections.abc import Mapping

from api.commands.open_database import unreachable_told
from foundation.migrating import migrate
from foundation.settings import Settings


def migrate_database(_: Namespace, settings: Settings, __: Mapping[str, str]) -> int:
    """Bring the database to the newest revision; harmless when it is there already."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with unreachable_told():
        migrate(settings.resolved_database_url)
    print("Veritabanı güncel.")
    return 0
