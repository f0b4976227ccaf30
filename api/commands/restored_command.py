"""`saha restored`: said once after a backup was put back, before the server is started."""

from argparse import Namespace
from collections.abc import Mapping
from contextlib import closing

from api.commands.open_database import open_database
from field_forms.library import FormLibrary
from foundation.clock import utc_now
from foundation.settings import Settings
from photos.storage import open_storage
from service_requests.found_photos import search_storage
from sync.tombstones import begin_new_epoch


def tell_restored(_: Namespace, settings: Settings, __: Mapping[str, str]) -> int:
    """Begin a new history, so that no tablet goes on from one that is lost; find photos newer than the backup."""
    now = utc_now()
    with open_database(settings) as database:
        with database.writing() as session:
            begin_new_epoch(session, now)
        with closing(open_storage(settings)) as storage:
            search = search_storage(database, storage, FormLibrary(), now)
    print("Tamam. Tabletler verileri baştan alacak ve son 30 günün eksik kayıtlarını yeniden gönderecek.")
    print(f"Beklenen fotoğraflardan {len(search.found)} tanesi depoda bulundu ve kayıtlara bağlandı.")
    if missing := len(search.wanted) - len(search.found):
        print(f"{missing} fotoğraf depoda yok: tablette duruyorsa gelir, o zamana dek kayıtta “Bekleniyor” görünür.")
    return 0
