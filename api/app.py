"""The application: routes, dependencies, problems. `create_app` makes one; nothing is opened at import."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from anyio import to_thread
from litestar import Litestar
from litestar.logging import LoggingConfig
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from api.dependencies import DEPENDENCIES
from api.distrusted_json import DistrustingRequest
from api.problems import EXCEPTION_HANDLERS
from api.routes.form_trials import FORM_TRIALS
from api.routes.office import OFFICE_HANDLERS
from api.routes.openrosa import OPENROSA
from api.routes.photo_uploads import PHOTO_UPLOADS
from api.routes.sync import SYNC
from api.security_headers import add_security_headers, raw_headers, security_headers
from api.tus import add_tus_headers
from api.wiring import Wiring, wire
from foundation.clock import Clock, utc_now
from foundation.settings import Settings

_OTHER_CONNECTIONS = 3
# Checking passwords and what else a door asks, away from the event loop.
_DOOR_THREADS = 8


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Litestar:
    """Make the application for these settings. The database must be migrated."""
    return app_of(wire(settings, clock=clock))


def app_of(wiring: Wiring) -> Litestar:
    """Make the application around parts that are already wired."""
    return with_parts(app_without_parts(), wiring)


def with_parts(app: Litestar, wiring: Wiring) -> Litestar:
    """Put the parts of a server into an application that does not run; those of an earlier server are exchanged."""
    app.state.wiring = wiring
    app.state.security_headers = raw_headers(security_headers(wiring.settings))
    return app


def app_without_parts() -> Litestar:
    """Make the application, which finds its parts in its state: routes are alike whatever the settings are."""
    return Litestar(
        route_handlers=[OPENROSA, FORM_TRIALS, SYNC, PHOTO_UPLOADS, *OFFICE_HANDLERS],
        before_send=[add_security_headers, add_tus_headers()],
        dependencies=DEPENDENCIES,
        exception_handlers=EXCEPTION_HANDLERS,
        request_class=DistrustingRequest,
        on_startup=[_start],
        on_shutdown=[_stop],
        openapi_config=OpenAPIConfig(
            title="Saha", version="1", path="/v1/schema", render_plugins=[JsonRenderPlugin(path="/openapi.json")]
        ),
        logging_config=LoggingConfig(configure_root_logger=False, log_exceptions="never"),
    )


async def _start(app: Litestar) -> None:
    wiring: Wiring = app.state.wiring
    # A request never waits for a connection while it holds a thread: handlers have fewer threads than there are
    # connections, the rest is for the intake, the photos, and sign-ins at the tablets' door.
    handler_threads = max(2, wiring.settings.database_pool - _OTHER_CONNECTIONS)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(handler_threads, "handler"))
    to_thread.current_default_thread_limiter().total_tokens = _DOOR_THREADS
    wiring.start()


async def _stop(app: Litestar) -> None:
    await to_thread.run_sync(app.state.wiring.stop)


def configure_logging() -> None:
    """Log to standard error, one line each; tokens in paths never reach the log, because paths are not logged whole."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
