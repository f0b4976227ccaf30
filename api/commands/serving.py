"""`saha serve`: uvicorn with our settings. Migrates nothing; every worker process makes its own application."""

import ctypes
import errno
import gc
import os
import socket
from argparse import Namespace
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors import Multiprocess

from api.commands.bounded_headers import BoundedHeaders
from api.commands.open_database import open_database
from foundation.errors import SahaError
from foundation.settings import PREFIX, Settings, read_settings

if TYPE_CHECKING:
    from litestar import Litestar

# A request under way may finish; a tablet that hangs must not keep us from stopping.
_GRACE_S = 20
_BACKLOG = 2048
_OBJECTS_PER_COLLECTION = 100_000
# From <malloc.h>.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_MEGABYTE = 1024 * 1024


class AddressNotUsable(SahaError):
    """The server cannot listen where the settings say."""

    code = "serve.address_not_usable"


def application() -> "Litestar":
    """Make the application from the environment: each worker process calls this for itself."""
    from api.app import configure_logging, create_app  # noqa: PLC0415 - the parent process of workers needs none of it

    configure_logging()
    give_memory_back()
    made = create_app(read_settings(os.environ))
    collect_seldom()
    return made


def collect_seldom() -> None:
    """Let the garbage collector leave alone what lives as long as the process, and look less often at the rest.

    A form that is read makes hundreds of objects, nearly all of them gone by their reference count; at the usual 700
    the collector runs several times for each small group of submissions, and now and then over the whole application.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_PER_COLLECTION, 10, 10)


def give_memory_back() -> None:
    """Tell glibc to return freed photo buffers at once (elsewhere: nothing to tell).

    Left alone, it keeps an arena per thread and raises its mmap threshold to the largest buffer it has seen freed; a
    worker then holds 320 MB after an hour of photos instead of 150. The pieces in which a photo arrives (up to 256 KB)
    are not worth it: mapped and cleared anew each time, they cost 750 page faults a photo instead of 100.
    """
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    mallopt(_M_ARENA_MAX, 2)
    mallopt(_M_MMAP_THRESHOLD, _MEGABYTE)
    mallopt(_M_TRIM_THRESHOLD, 32 * _MEGABYTE)


def serve(_: Namespace, settings: Settings, environ: Mapping[str, str]) -> int:
    """Serve until told to stop. Raises `AddressNotUsable`, `NotMigrated`, `DatabaseUnreachable`."""
    with open_database(settings):
        pass
    listening = _listen(settings)
    # Workers are new processes: what came from `.env` or an option reaches them through the environment.
    os.environ.update({name: value for name, value in environ.items() if name.startswith(PREFIX)})
    os.environ[f"{PREFIX}WORKERS"] = str(settings.workers)
    config = _configuration(settings)
    print(f"Saha açılıyor: {settings.base_url} (durdurmak için Ctrl-C)", flush=True)
    try:
        return _run(config, listening)
    finally:
        listening.close()


def _run(config: uvicorn.Config, listening: socket.socket) -> int:
    if config.workers > 1:
        Multiprocess(config, sockets=[listening]).run()
        return 0
    server = uvicorn.Server(config)
    # After a graceful stop uvicorn raises the signal again for whoever started it.
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    return 0 if server.started else 1


def _configuration(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        "api.commands.serving:application",
        factory=True,
        workers=settings.workers,
        loop="api.commands.fair_accepting:FairLoop" if settings.workers > 1 else "uvloop",
        http=BoundedHeaders,
        ws="none",
        lifespan="on",
        # Paths may carry a tablet's key; nothing writes them down.
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=bool(settings.trusted_proxy),
        forwarded_allow_ips=settings.trusted_proxy or None,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        timeout_graceful_shutdown=_GRACE_S,
        backlog=_BACKLOG,
    )


def _listen(settings: Settings) -> socket.socket:
    """Bind before anything else is started, so that a taken port is one sentence. Raises `AddressNotUsable`."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listening.close()
        raise AddressNotUsable(_what_to_do(error, settings)) from error
    return listening


def _what_to_do(error: Exception, settings: Settings) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"{settings.port} numaralı kapı dolu: başka bir kapı seçin (SAHA_PORT={settings.port + 1})."
    if number == errno.EACCES:
        return f"{settings.port} numaralı kapıyı açma yetkiniz yok: 1024'ten büyük bir kapı seçin (SAHA_PORT=8000)."
    return f"{settings.host}:{settings.port} dinlenemiyor: SAHA_HOST ve SAHA_PORT ayarlarını düzeltin."
