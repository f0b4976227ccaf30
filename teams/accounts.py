"""Staff accounts: listed, opened, changed and closed by the administrator; passwords changed by their owners."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from foundation.identifiers import uuid7
from teams.passwords import hash_password, password_matches
from teams.permissions import Actor, Role
from teams.sign_in import LONGEST_USERNAME, WrongCredentials, close_all_sessions, hash_token, username_key
from teams.tables import Directorate, SignedIn, Team, User

_LONGEST_NAME = 120


class UserNameTaken(SahaError):
    """Another account has this name, letter case and Turkish i's aside."""

    code = "users.taken"

    def __init__(self) -> None:
        super().__init__("Bu kullanıcı adı başka bir hesapta kullanılıyor. Başka bir ad seçin.")


class BadAccount(SahaError):
    """What the administrator asks for is no account that could work."""

    code = "users.bad"


class UnknownAccount(SahaError):
    """There is no such account."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("Aradığınız kayıt yok ya da size açık değil.")


class NamedView(msgspec.Struct, frozen=True):
    """An id with what people call it."""

    id: UUID
    name: str


class UserView(msgspec.Struct, frozen=True):
    """One account as the administrator sees it."""

    id: UUID
    username: str
    display_name: str
    role: Role
    team: NamedView | None
    directorate: NamedView | None
    is_active: bool
    last_sign_in_at: datetime | None


class NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account to open."""

    username: str
    display_name: str
    role: Role
    password: str
    team_id: UUID | None = None
    directorate_id: UUID | None = None


class UserChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of an account; what is not named stays."""

    display_name: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    team_id: UUID | UnsetType | None = UNSET
    directorate_id: UUID | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET
    password: str | UnsetType = UNSET


def list_users(session: Session) -> list[UserView]:
    """List all accounts, by user name."""
    return [_view(*row) for row in session.execute(_statement().order_by(User.username_key))]


def find_user(session: Session, user_id: UUID) -> UserView:
    """Find one account. Raises `UnknownAccount`."""
    row = session.execute(_statement().where(User.id == user_id)).one_or_none()
    if row is None:
        raise UnknownAccount
    return _view(*row)


def create_user(session: Session, new: NewUser, *, at: datetime) -> UserView:
    """Open an account. Raises `BadAccount`, `UserNameTaken`, `WeakPassword`."""
    name = new.username.strip()
    if not 0 < len(name) <= LONGEST_USERNAME or any(letter.isspace() or letter == ":" for letter in name):
        # A colon would cut the name in two in a Basic header.
        raise BadAccount("Kullanıcı adı 1-60 karakter olmalı; boşluk ve iki nokta içeremez.")
    key = username_key(name)
    if session.scalar(select(User.id).where(User.username_key == key)):
        raise UserNameTaken
    user = User(
        id=uuid7(at), username=name, username_key=key, display_name=_tidy_name(new.display_name), role=new.role,
        team_id=new.team_id, directorate_id=new.directorate_id, password_hash=hash_password(new.password),
        is_active=True, created_at=at,
    )  # fmt: skip
    _refuse_misfit(session, user)
    session.add(user)
    session.flush()
    return find_user(session, user.id)


def edit_user(session: Session, actor: Actor, user_id: UUID, change: UserChange) -> UserView:
    """Change an account.

    Whoever gets a new password, role or place, or is closed, is signed out everywhere. Raises `UnknownAccount`,
    `BadAccount` (also where administrators would lock themselves out), `WeakPassword`.
    """
    user = session.get(User, user_id)
    if user is None:
        raise UnknownAccount
    if actor.user_id == user_id and (change.is_active is False or change.role not in {UNSET, Role.ADMINISTRATOR}):
        raise BadAccount("Kendi hesabınızı kapatamaz, yöneticiliğinizi kaldıramazsınız. Başka bir yönetici yapabilir.")
    _apply(user, change)
    _refuse_misfit(session, user)
    session.flush()
    if any(value is not UNSET for value in (change.role, change.team_id, change.directorate_id, change.password)):
        close_all_sessions(session, user_id)
    if not user.is_active:
        close_all_sessions(session, user_id)
    return find_user(session, user_id)


def change_password(session: Session, actor: Actor, *, current: str, new: str, keep_token: str) -> None:
    """Change one's own password and end all other sessions. Raises `WrongCredentials`, `WeakPassword`."""
    user = session.get(User, actor.user_id)
    if user is None or not password_matches(user.password_hash, current):
        raise WrongCredentials
    user.password_hash = hash_password(new)
    others = SignedIn.user_id == user.id, SignedIn.token_hash != hash_token(keep_token)
    session.execute(delete(SignedIn).where(*others))


def _statement() -> Select[User, Team, Directorate]:
    return (
        select(User, Team, Directorate)
        .outerjoin(Team, Team.id == User.team_id)
        .outerjoin(Directorate, Directorate.id == User.directorate_id)
    )


def _view(user: User, team: Team | None, directorate: Directorate | None) -> UserView:
    return UserView(
        id=user.id, username=user.username, display_name=user.display_name, role=Role(user.role),
        team=NamedView(team.id, team.name) if team else None,
        directorate=NamedView(directorate.id, directorate.name) if directorate else None,
        is_active=user.is_active, last_sign_in_at=user.last_sign_in_at,
    )  # fmt: skip


def _tidy_name(name: str) -> str:
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= _LONGEST_NAME:
        raise BadAccount("Ad soyad 1-120 karakter olmalı.")
    return tidy


def _apply(user: User, change: UserChange) -> None:
    if change.display_name is not UNSET:
        user.display_name = _tidy_name(change.display_name)
    if change.password is not UNSET:
        user.password_hash = hash_password(change.password)
    for column in ("role", "team_id", "directorate_id", "is_active"):
        value = getattr(change, column)
        if value is not UNSET:
            setattr(user, column, value)


def _refuse_misfit(session: Session, user: User) -> None:
    """Refuse a worker without team and an officer without directorate: they would see nothing and not know why."""
    if user.role == Role.FIELD_WORKER and user.team_id is None:
        raise BadAccount("Saha personelinin bir ekibi olmalı. Ekip seçin.")
    if user.role == Role.DIRECTORATE_OFFICER and user.directorate_id is None:
        raise BadAccount("Müdürlük personelinin bir müdürlüğü olmalı. Müdürlük seçin.")
    with session.no_autoflush:
        if user.team_id and session.get(Team, user.team_id) is None:
            raise BadAccount("Seçilen ekip yok. Sayfayı yenileyip yeniden seçin.")
        if user.directorate_id and session.get(Directorate, user.directorate_id) is None:
            raise BadAccount("Seçilen müdürlük yok. Sayfayı yenileyip yeniden seçin.")
