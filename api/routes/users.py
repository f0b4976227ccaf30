"""Staff accounts, for the administrator."""

from uuid import UUID

import msgspec
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.csv_answers import csv_file
from api.dependencies import shows
from api.wiring import Wiring
from reports.office_lists_csv import write_users
from teams.access_log import Access, Subject, record_access
from teams.accounts import NewUser, UserChange, UserView, create_user, edit_user, list_users
from teams.permissions import Actor, Resource, Scope

USERS = shows(Resource.USERS)


class UserList(msgspec.Struct, frozen=True):
    """All accounts."""

    items: list[UserView]


@get("/users", sync_to_thread=True, opt=USERS)
def show_users(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> UserList:
    """List all accounts."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        return UserList(list_users(session))


@get("/users.csv", sync_to_thread=True, opt=USERS)
def export_users(
    wiring: NamedDependency[Wiring], actor: NamedDependency[Actor], sees: NamedDependency[Scope]
) -> Response[bytes]:
    """Export all accounts."""
    del sees
    with wiring.database.writing() as session:
        record_access(session, actor, Access.EXPORTED, Subject.USER, "*", at=wiring.clock())
        return csv_file(write_users(list_users(session)), "kullanicilar.csv")


@post("/users", sync_to_thread=True, opt=USERS)
def add_user(
    data: JSONBody[NewUser],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> UserView:
    """Open an account."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        user = create_user(session, data, at=at)
        record_access(session, actor, Access.CHANGED, Subject.USER, user.id, at=at, detail="hesap açıldı")
    return user


@patch("/users/{user_id:uuid}", sync_to_thread=True, opt=USERS)
def change_user(
    user_id: FromPath[UUID],
    data: JSONBody[UserChange],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> UserView:
    """Change or close an account."""
    del sees
    changed = ", ".join(name for name in data.__struct_fields__ if getattr(data, name) is not msgspec.UNSET)
    with wiring.database.writing() as session:
        user = edit_user(session, actor, user_id, data)
        record_access(session, actor, Access.CHANGED, Subject.USER, user_id, at=wiring.clock(), detail=changed)
    wiring.sign_ins.forget(user_id)
    return user
