"""The office's door: signing in and out, who is signed in, one's own password."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from api.dependencies import SESSION_COOKIE
from api.wiring import Wiring
from foundation.settings import Settings
from reports.reference_lists import is_sample_data
from teams.accounts import NamedView, change_password
from teams.permissions import Actor, Role
from teams.sign_in import (
    LONGEST_USERNAME,
    SESSION_LASTS,
    WrongCredentials,
    check_password,
    close_session,
    open_session,
)
from teams.tables import Directorate, Team

# What the navigation shows; what a page's routes show is decided by the visibility table alone.
_PAGES: dict[Role, list[str]] = {
    Role.FIELD_WORKER: ["submissions"],
    Role.COORDINATOR: [
        "map",
        "submissions",
        "requests",
        "review",
        "conflicts",
        "quarantine",
        "visit_lists",
        "campaigns",
        "teams",
        "forms",
        "tablets",
    ],
    Role.DIRECTORATE_OFFICER: ["map", "requests"],
    Role.MANAGER: ["map", "submissions", "requests"],
    Role.ADMINISTRATOR: ["forms", "boundaries", "users"],
}


# Wrong names are remembered and every password is hashed: neither may be as long as a request may be (10 MB).
LONGEST_PASSWORD = 1_000


class NewSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """User name and password as typed."""

    username: Annotated[str, Meta(max_length=2 * LONGEST_USERNAME)]
    password: Annotated[str, Meta(max_length=LONGEST_PASSWORD)]


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One's own password, before and after."""

    current: Annotated[str, Meta(max_length=LONGEST_PASSWORD)]
    new: Annotated[str, Meta(max_length=LONGEST_PASSWORD)]


class MeView(msgspec.Struct, frozen=True):
    """Who is signed in and what the pages need to know from the start."""

    id: UUID
    username: str
    display_name: str
    role: Role
    team: NamedView | None
    directorate: NamedView | None
    pages: list[str]
    municipality: str
    is_sample_data: bool
    tile_url: str
    tile_attribution: str


@post("/sign-in", status_code=200, sync_to_thread=True)
def sign_in(data: JSONBody[NewSession], wiring: NamedDependency[Wiring]) -> Response[MeView]:
    """Open a browser session."""
    at = wiring.clock()
    wiring.attempts.refuse_if_too_many(data.username, at)
    try:
        with wiring.database.reading() as session:
            actor = check_password(session, data.username, data.password)
    except WrongCredentials:
        wiring.attempts.record_wrong(data.username, at)
        raise
    wiring.attempts.forget(data.username)
    with wiring.database.writing() as session:
        token = open_session(session, actor, at)
    return Response(_me(wiring, actor), cookies=[_cookie(wiring.settings, token, int(SESSION_LASTS.total_seconds()))])


@post("/sign-out", status_code=204, sync_to_thread=True)
def sign_out(request: Request[Any, Any, Any], wiring: NamedDependency[Wiring]) -> Response[None]:
    """End this browser's session; without one there is nothing to end."""
    with wiring.database.writing() as session:
        close_session(session, request.cookies.get(SESSION_COOKIE, ""))
    return Response(None, status_code=204, cookies=[_cookie(wiring.settings, "", 0)])


@get("/me", sync_to_thread=True)
def show_me(wiring: NamedDependency[Wiring], actor: NamedDependency[Actor]) -> MeView:
    """Say who is signed in."""
    return _me(wiring, actor)


@post("/password", status_code=204, sync_to_thread=True)
def replace_password(
    data: JSONBody[NewPassword],
    request: Request[Any, Any, Any],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
) -> None:
    """Change one's own password; every other session of the account ends."""
    wiring.attempts.refuse_if_too_many(actor.username, wiring.clock())
    try:
        with wiring.database.writing() as session:
            token = request.cookies[SESSION_COOKIE]
            change_password(session, actor, current=data.current, new=data.new, keep_token=token)
        wiring.sign_ins.forget(actor.user_id)
    except WrongCredentials:
        wiring.attempts.record_wrong(actor.username, wiring.clock())
        raise


def _cookie(settings: Settings, token: str, max_age: int) -> Cookie:
    # Strict: no other site's link or form arrives signed in. Secure wherever tablets and browsers use https.
    return Cookie(
        key=SESSION_COOKIE, value=token, httponly=True, samesite="strict", path="/", max_age=max_age,
        secure=settings.base_url.startswith("https://"),
    )  # fmt: skip


def _me(wiring: Wiring, actor: Actor) -> MeView:
    with wiring.database.reading() as session:
        team = session.get(Team, actor.team_id) if actor.team_id else None
        directorate = session.get(Directorate, actor.directorate_id) if actor.directorate_id else None
        is_sample = is_sample_data(session)
    return MeView(
        id=actor.user_id,
        username=actor.username,
        display_name=actor.display_name,
        role=actor.role,
        team=NamedView(team.id, team.name) if team else None,
        directorate=NamedView(directorate.id, directorate.name) if directorate else None,
        pages=_PAGES[actor.role],
        municipality=wiring.settings.municipality + (" (örnek veri)" if is_sample else ""),
        is_sample_data=is_sample,
        tile_url=wiring.settings.tile_url,
        tile_attribution=wiring.settings.tile_attribution,
    )
