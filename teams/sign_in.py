"""Who is at the door: user names and passwords, browser sessions, keys in a Collect address.

Whatever opens a door is stored as its SHA-256 only; the secrets are long and random, so a plain hash is enough.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from teams.passwords import password_matches
from teams.permissions import Actor, Role
from teams.tables import CollectKey, SignedIn, User

SESSION_LASTS = timedelta(hours=12)
LONGEST_USERNAME = 60


class WrongCredentials(SahaError):
    """User name or password is wrong, or the account is closed: the three look the same."""

    code = "auth.wrong_credentials"

    def __init__(self) -> None:
        super().__init__("Kullanıcı adı ya da parola yanlış.")


def username_key(username: str) -> str:
    """Fold a user name so that letter case and the four Turkish i's do not matter at sign-in."""
    return username.strip().replace("İ", "i").replace("I", "i").replace("ı", "i").lower()


def hash_token(token: str) -> str:
    """Hash a random token for storage and look-up."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(user: User) -> Actor:
    """Make the actor that permissions are asked about."""
    return Actor(user.id, user.username, user.display_name, Role(user.role), user.team_id, user.directorate_id)


def check_password(session: Session, username: str, password: str) -> Actor:
    """Find the active user with this password. Raises `WrongCredentials`."""
    user = session.scalar(select(User).where(User.username_key == username_key(username)))
    matches = password_matches(user.password_hash if user else None, password)
    if user is None or not matches or not user.is_active:
        raise WrongCredentials
    return actor_of(user)


def open_session(session: Session, actor: Actor, at: datetime) -> str:
    """Start a browser session; returns the token for the cookie. Ended sessions of this user are swept."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(SignedIn).where(SignedIn.user_id == actor.user_id, SignedIn.expires_at < at))
    session.add(
        SignedIn(token_hash=hash_token(token), user_id=actor.user_id, created_at=at, expires_at=at + SESSION_LASTS)
    )
    session.execute(update(User).where(User.id == actor.user_id).values(last_sign_in_at=at))
    return token


def actor_of_session(session: Session, token: str, at: datetime) -> Actor | None:
    """Find who holds this session token, if it is still good."""
    user = session.scalar(
        select(User)
        .join(SignedIn, SignedIn.user_id == User.id)
        .where(SignedIn.token_hash == hash_token(token), SignedIn.expires_at > at, User.is_active)
    )
    return actor_of(user) if user else None


def close_session(session: Session, token: str) -> None:
    """End one browser session."""
    session.execute(delete(SignedIn).where(SignedIn.token_hash == hash_token(token)))


def close_all_sessions(session: Session, user_id: UUID) -> None:
    """End every browser session of a user: password changed or account closed."""
    session.execute(delete(SignedIn).where(SignedIn.user_id == user_id))


def actor_of_collect_key(session: Session, token: str) -> Actor | None:
    """Find whose Collect key this is, if it is not revoked and the account is open."""
    user = session.scalar(
        select(User)
        .join(CollectKey, CollectKey.user_id == User.id)
        .where(CollectKey.token_hash == hash_token(token), CollectKey.revoked_at.is_(None), User.is_active)
    )
    return actor_of(user) if user else None
