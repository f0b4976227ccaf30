"""What the office sees of the tablets: whose, when last heard of, and how much lies on them unsent."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from teams.accounts import NamedView
from teams.tables import Device, Team

# A tablet's clock that is further off is shown as wrong; visits are then dated by it.
_CLOCK_IS_OFF = timedelta(minutes=10)


class DeviceView(msgspec.Struct, frozen=True):
    """One tablet with our own application. `oldest_unsent_s` is the age of the oldest item on it, in seconds."""

    id: UUID
    label: str
    team: NamedView
    app_version: str
    enrolled_at: datetime
    last_contact_at: datetime | None
    unsent_count: int
    oldest_unsent_at: datetime | None
    oldest_unsent_s: int | None
    clock_offset_s: int
    clock_is_off: bool
    revoked_at: datetime | None


def list_devices(session: Session, at: datetime) -> list[DeviceView]:
    """List all tablets, newest first, revoked ones too."""
    rows = session.execute(select(Device, Team).join(Team, Team.id == Device.team_id).order_by(Device.id.desc()))
    return [_view(device, team, at) for device, team in rows]


def _view(device: Device, team: Team, at: datetime) -> DeviceView:
    oldest = device.oldest_unsent_at if device.unsent_count else None
    return DeviceView(
        id=device.id,
        label=device.label,
        team=NamedView(team.id, team.name),
        app_version=device.app_version,
        enrolled_at=device.enrolled_at,
        last_contact_at=device.last_contact_at,
        unsent_count=device.unsent_count,
        oldest_unsent_at=oldest,
        oldest_unsent_s=max(0, int((at - oldest).total_seconds())) if oldest else None,
        clock_offset_s=device.clock_offset_s,
        clock_is_off=abs(device.clock_offset_s) > _CLOCK_IS_OFF.total_seconds(),
        revoked_at=device.revoked_at,
    )
