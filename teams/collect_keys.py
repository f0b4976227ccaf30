"""Keys for ODK Collect: one tablet, one worker, revocable on its own. Only the hash of a key is kept."""

import secrets
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from foundation.identifiers import uuid7
from teams.accounts import NamedView
from teams.permissions import Actor, Role
from teams.sign_in import hash_token
from teams.tables import CollectKey, Team, User

_LONGEST_LABEL = 80


class BadTablet(SahaError):
    """No key can be made for this worker or under this label."""

    code = "tablets.bad"


class UnknownTablet(SahaError):
    """There is no such key."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("Aradığınız kayıt yok ya da size açık değil.")


class FieldWorkerView(msgspec.Struct, frozen=True):
    """A worker whom a tablet can be given."""

    id: UUID
    display_name: str
    team: NamedView | None


class TabletView(msgspec.Struct, frozen=True):
    """One key, without the key."""

    id: UUID
    user: FieldWorkerView
    label: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def list_tablets(session: Session) -> list[TabletView]:
    """List all keys, newest first, revoked ones too."""
    statement = (
        select(CollectKey, User, Team)
        .join(User, User.id == CollectKey.user_id)
        .outerjoin(Team, Team.id == User.team_id)
        .order_by(CollectKey.id.desc())
    )
    return [
        TabletView(key.id, _worker(user, team), key.label, key.created_at, key.last_used_at, key.revoked_at)
        for key, user, team in session.execute(statement)
    ]


def list_field_workers(session: Session) -> list[FieldWorkerView]:
    """List the open accounts of field workers, by name."""
    statement = (
        select(User, Team)
        .outerjoin(Team, Team.id == User.team_id)
        .where(User.role == Role.FIELD_WORKER, User.is_active)
        .order_by(User.username_key)
    )
    return [_worker(user, team) for user, team in session.execute(statement)]


def issue_collect_key(session: Session, actor: Actor, user_id: UUID, label: str, *, at: datetime) -> tuple[UUID, str]:
    """Make a key for a worker; returns (its id, the key, which cannot be shown again). Raises `BadTablet`."""
    tidy = " ".join(label.split())
    if not 0 < len(tidy) <= _LONGEST_LABEL:
        raise BadTablet("Tablete 1-80 karakterlik bir ad verin.")
    user = session.get(User, user_id)
    if user is None or user.role != Role.FIELD_WORKER or not user.is_active:
        raise BadTablet("Tablet yalnızca açık bir saha personeli hesabına verilebilir. Listeden seçin.")
    token = secrets.token_urlsafe(32)
    key = CollectKey(
        id=uuid7(at), token_hash=hash_token(token), user_id=user_id, label=tidy, created_at=at,
        created_by=actor.user_id,
    )  # fmt: skip
    session.add(key)
    session.flush()
    return key.id, token


def revoke_collect_key(session: Session, key_id: UUID, *, at: datetime) -> UUID:
    """Shut a key for good and say whose it was; doing it again changes nothing. Raises `UnknownTablet`."""
    key = session.get(CollectKey, key_id)
    if key is None:
        raise UnknownTablet
    if key.revoked_at is None:
        key.revoked_at = at
    return key.user_id


def _worker(user: User, team: Team | None) -> FieldWorkerView:
    return FieldWorkerView(user.id, user.display_name, NamedView(team.id, team.name) if team else None)
