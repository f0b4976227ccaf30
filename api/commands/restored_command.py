"""`saha restored`: said once after a backup was put back, before the server is started."""

from argparse import Namespace
from collections.abc import Mapping

from api.commands.open_database import open_database
from foundation.settings import Settings
from sync.tombstones import begin_new_epoch


def tell_restored(_: Namespace, settings: Settings, __: Mapping[str, str]) -> int:
    """Begin a new history, so that no tablet goes on from one that is lost."""
    with open_database(settings) as database, database.writing() as session:
        begin_new_epoch(session)
    print("Tamam. Tabletler verileri baştan alacak ve son 30 günün eksik kayıtlarını yeniden gönderecek.")
    return 0
