"""Whether this process runs, and whether it can do its work; for load balancers and `saha` itself."""

import logging
from typing import Literal

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.wiring import Wiring
from photos.storage import PhotoStorage
from photos.storage_errors import PhotoMissing, StorageUnavailable

log = logging.getLogger("saha")

Condition = Literal["ok", "unavailable"]
# The hash of nothing is never kept, so asking for it costs one look-up and finds nothing.
_ASKED_FOR = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class AliveView(msgspec.Struct, frozen=True):
    """The process answers."""

    status: Literal["ok"] = "ok"


class ReadyView(msgspec.Struct, frozen=True):
    """What the process depends on."""

    status: Condition
    database: Condition
    photo_storage: Condition


@get("/health/live", sync_to_thread=False)
def show_alive() -> AliveView:
    """Say that the process runs; asks nothing of anybody."""
    return AliveView()


@get("/health/ready", sync_to_thread=True)
def show_ready(wiring: NamedDependency[Wiring]) -> Response[ReadyView]:
    """Say whether database and photo storage answer: 200, or 503."""
    database, photo_storage = _database(wiring), _photo_storage(wiring.photo_storage)
    status: Condition = "ok" if database == photo_storage == "ok" else "unavailable"
    view = ReadyView(status, database, photo_storage)
    return Response(view, status_code=200 if status == "ok" else 503, headers={"Cache-Control": "no-store"})


def _database(wiring: Wiring) -> Condition:
    try:
        with wiring.database.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        log.warning("database is not ready", exc_info=error)
        return "unavailable"
    return "ok"


def _photo_storage(storage: PhotoStorage) -> Condition:
    try:
        storage.byte_size(_ASKED_FOR)
    except PhotoMissing:
        return "ok"
    except StorageUnavailable as error:
        log.warning("photo storage is not ready", exc_info=error)
        return "unavailable"
    return "ok"
