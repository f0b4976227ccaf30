"""Tablets with our own application: who they are at the door.

Making codes, enrolling, listing and revoking stand in `enrolment.py`.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from teams.sign_in import hash_token
from teams.tables import Device

# How long a revoked tablet may still hand over what it has not sent.
DRAINS_FOR = timedelta(hours=24)


class DeviceUnknown(SahaError):
    """No token, or one that is no tablet's."""

    code = "device.unknown"

    def __init__(self) -> None:
        super().__init__(
            "Bu tablet tanınmıyor. Kayıtları silmeyin; koordinatörünüzden yeni bir karekod isteyip bu tabletle okutun."
        )


class DeviceRevoked(SahaError):
    """The tablet was revoked."""

    code = "device.revoked"

    def __init__(self) -> None:
        super().__init__("Bu tabletin erişimi kapatılmış. Kayıtları silmeyin, koordinatörünüze haber verin.")


class CallingDevice(msgspec.Struct, frozen=True):
    """The tablet that asks. `drains`: revoked less than a day ago, so it may only hand over its outbox.

    `keys_of`: the id under which it was enrolled first, where it was enrolled anew since: what lies on it is encrypted
    with the keys of that (`tablet_keys.py`).
    """

    id: UUID
    team_id: UUID
    label: str
    drains: bool
    keys_of: UUID | None = None

    @property
    def key_id(self) -> UUID:
        """The id that this tablet's keys are derived from."""
        return self.keys_of or self.id


def find_device(session: Session, token: str, at: datetime) -> CallingDevice:
    """Find whose token this is. Raises `DeviceUnknown`, and `DeviceRevoked` a day after it was revoked."""
    row = session.execute(
        select(Device.id, Device.team_id, Device.label, Device.revoked_at).where(Device.token_hash == hash_token(token))
    ).one_or_none()
    if row is None:
        raise DeviceUnknown
    if row.revoked_at is not None and at - row.revoked_at >= DRAINS_FOR:
        raise DeviceRevoked
    return CallingDevice(row.id, row.team_id, row.label, drains=row.revoked_at is not None)
