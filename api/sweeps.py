"""What `api/housekeeping.py` tidies up every minute, in this order. A new sweep is a line in `sweeps_of`."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from api.housekeeping import Sweep
from foundation.database import Database
from photos.storage import PhotoStorage
from photos.upload_sweep import sweep_abandoned_photos, sweep_orphaned_bytes, sweep_uploads
from sync.tombstones import sweep_tombstones


def sweeps_of(database: Database, storage: PhotoStorage) -> list[Sweep]:
    """List the sweeps of this installation."""
    return [
        Sweep("old tombstones", lambda at: _in_transaction(database, sweep_tombstones, at)),
        Sweep("expired uploads", lambda at: sweep_uploads(database, storage, at)),
        Sweep("bytes that no upload knows", lambda at: sweep_orphaned_bytes(database, storage, at)),
        Sweep("photos abandoned on their way", lambda at: sweep_abandoned_photos(storage, at)),
    ]


def _in_transaction(database: Database, sweep: Callable[[Session, datetime], int], at: datetime) -> int:
    with database.writing() as session:
        return sweep(session, at)
