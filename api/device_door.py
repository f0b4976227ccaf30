"""The door for tablets with our own application: `Authorization: Bearer <token>`, one tablet each.

Routes below it ask for `device`. A revoked tablet passes only where the route says `opt={"drains": True}`; an
application that is too old there, and where it says `opt={"any_app": True}`.
"""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request
from litestar.di import NamedDependency

from api.app_versions import demand_app
from api.wiring import Wiring
from teams.devices import CallingDevice, DeviceRevoked, DeviceUnknown, find_device

# Longer is no token of ours (43 characters) and not worth hashing.
_LONGEST_TOKEN = 200


def bearer_token(request: Request[Any, Any, Any]) -> str:
    """Read the token of an `Authorization: Bearer` header (RFC 6750). Raises `DeviceUnknown`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= _LONGEST_TOKEN:
        raise DeviceUnknown
    return token.strip()


def find_calling_device(request: Request[Any, Any, Any], wiring: NamedDependency[Wiring]) -> CallingDevice:
    """Find which tablet asks. Raises `DeviceUnknown`, `DeviceRevoked`, `AppTooOld`."""
    with wiring.database.asking() as session:
        device = find_device(session, bearer_token(request), wiring.clock())
    if device.drains and not request.route_handler.opt.get("drains"):
        raise DeviceRevoked
    if not (request.route_handler.opt.get("drains") or request.route_handler.opt.get("any_app")):
        demand_app(request, wiring.settings.oldest_app)
    return msgspec.structs.replace(device, keys_of=_first_id(request))


def _first_id(request: Request[Any, Any, Any]) -> UUID | None:
    """Read under which id the tablet was enrolled first; what is no id is as good as not told.

    It is believed: whoever names another tablet's is given no key without the password of a worker of their own team,
    and can open nothing that was sealed without one.
    """
    try:
        return UUID(request.headers.get("saha-keys", ""))
    except ValueError:
        return None
