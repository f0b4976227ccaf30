"""A worker's sign-in on a tablet: the server vouches once that it is them, and says until when that is good offline.

The PIN with which they then sign in offline never comes here. Keys: `tablet_keys.py`.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from teams.access_log import Access, Subject, record_access
from teams.devices import CallingDevice
from teams.permissions import Actor, Role
from teams.sign_in import WrongCredentials, check_password
from teams.tables import User

# How long a tablet lets a worker in that the server has not heard of since.
LEASE = timedelta(days=14)


def works_in(user: User, team_id: UUID) -> bool:
    """Say whether somebody is an active field worker of a team."""
    return user.is_active and user.role == Role.FIELD_WORKER and user.team_id == team_id


def attempts_name(session: Session, worker_id: UUID) -> str:
    """Name whose wrong passwords are counted: the same name as at the other doors; a stranger's is the id."""
    worker = session.get(User, worker_id)
    return worker.username if worker else str(worker_id)


def vouch_for_worker(session: Session, device: CallingDevice, worker_id: UUID, password: str) -> Actor:
    """Check that this is a worker of the tablet's team with their own password. Raises `WrongCredentials`."""
    worker = session.get(User, worker_id)
    actor = check_password(session, worker.username if worker else "", password)
    if worker is None or not works_in(worker, device.team_id):
        raise WrongCredentials
    return actor


def note_worker_sign_in(session: Session, device: CallingDevice, actor: Actor, at: datetime) -> None:
    """Write down who has opened which tablet; apart from the check, which is slow on purpose and locks nothing."""
    session.execute(update(User).where(User.id == actor.user_id).values(last_sign_in_at=at))
    record_access(session, actor, Access.VIEWED, Subject.DEVICE, device.id, at=at, detail="tablette oturum")
