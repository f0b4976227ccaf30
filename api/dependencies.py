"""What handlers ask for by name: `wiring`, `actor` (who asks), `sees` (which rows of the route's resource).

A route says what it shows with `opt=shows(Resource.X)`. A caller who may see nothing of that resource gets the same
404 as for something unknown; a test walks all routes and holds them against the visibility table.
"""

from typing import Any

from litestar import Request
from litestar.di import NamedDependency, Provide

from api.problems import NotFound, NotSignedIn
from api.wiring import Wiring
from foundation.errors import SahaError
from teams.permissions import Actor, Nothing, Resource, Scope, scope_of
from teams.sign_in import actor_of_session

SESSION_COOKIE = "saha_session"
CSRF_HEADER = "x-saha"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class CrossSite(SahaError):
    """A changing request without our header: it may come from another site's page."""

    code = "auth.cross_site"

    def __init__(self) -> None:
        super().__init__("İstek bu uygulamadan gelmiyor. Sayfayı yenileyip yeniden deneyin.")


def shows(resource: Resource) -> dict[str, Any]:
    """Declare, in a route's `opt`, which resource of the visibility table it shows or changes."""
    return {"resource": resource}


def refuse_cross_site(request: Request[Any, Any, Any]) -> None:
    """Let changing requests through only with our header, which other sites cannot set without CORS."""
    if request.method not in _SAFE_METHODS and CSRF_HEADER not in request.headers:
        raise CrossSite


def find_actor(request: Request[Any, Any, Any], wiring: NamedDependency[Wiring]) -> Actor:
    """Find who asks by the session cookie. Raises `NotSignedIn`."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        with wiring.database.reading() as session:
            actor = actor_of_session(session, token, wiring.clock())
        if actor:
            return actor
    raise NotSignedIn("Oturumunuz yok ya da süresi doldu. Yeniden giriş yapın.")


def find_scope(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Scope:
    """Say which rows of the route's resource the actor may see. Raises `NotFound` where that is none."""
    scope = scope_of(actor, request.route_handler.opt["resource"])
    if isinstance(scope, Nothing):
        raise NotFound
    return scope


def find_wiring(request: Request[Any, Any, Any]) -> Wiring:
    """Return the parts of this server."""
    wiring: Wiring = request.app.state.wiring
    return wiring


DEPENDENCIES = {
    "wiring": Provide(find_wiring, sync_to_thread=False),
    "actor": Provide(find_actor, sync_to_thread=True),
    "sees": Provide(find_scope, sync_to_thread=False),
}
