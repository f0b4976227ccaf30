"""Tablets with our own application, as coordinators see them: enrolling, moving, revoking, and what teams hold."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.csv_answers import csv_file
from api.dependencies import shows
from api.qr_codes import draw_qr_code
from api.wiring import Wiring
from geo.boundaries import require_mahalle
from reports.office_lists_csv import write_devices
from teams.access_log import Access, Subject, record_access
from teams.device_lists import DeviceView, list_devices
from teams.enrolment import NewEnrolmentCode, make_enrolment_code, move_device, revoke_device
from teams.permissions import Actor, Resource, Scope
from teams.team_areas import list_team_areas, replace_team_areas

DEVICES = shows(Resource.TABLETS)


class DeviceList(msgspec.Struct, frozen=True):
    """All tablets."""

    items: list[DeviceView]


class EnrolmentCodeView(msgspec.Struct, frozen=True):
    """A code, shown once: what its QR says, and until when it can be used."""

    url: str
    qr_svg: str
    expires_at: datetime


class NewTeam(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The team that a tablet moves to."""

    team_id: UUID


class TeamAreas(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mahalle whose visit targets a team's tablets hold."""

    mahalle: list[UUID]


@get("/devices", sync_to_thread=True, opt=DEVICES)
def show_devices(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> DeviceList:
    """List all tablets."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        return DeviceList(list_devices(session, wiring.clock()))


@get("/devices.csv", sync_to_thread=True, opt=DEVICES)
def export_devices(
    wiring: NamedDependency[Wiring], actor: NamedDependency[Actor], sees: NamedDependency[Scope]
) -> Response[bytes]:
    """Export all tablets."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        record_access(session, actor, Access.EXPORTED, Subject.DEVICE, "*", at=at)
        return csv_file(write_devices(list_devices(session, at)), "saha-tabletleri.csv")


@post("/devices/enrolment-codes", sync_to_thread=True, opt=DEVICES)
def add_enrolment_code(
    data: JSONBody[NewEnrolmentCode],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> EnrolmentCodeView:
    """Make a code that enrols one tablet for a team, within minutes."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        code, expires_at = make_enrolment_code(session, actor, data, at)
        record_access(session, actor, Access.CHANGED, Subject.TEAM, data.team_id, at=at, detail="tablet karekodu")
    # Behind the #, so that the code stands in no log of a server or proxy.
    url = f"{wiring.settings.base_url}/tablet#{code}"
    return EnrolmentCodeView(url, draw_qr_code(url), expires_at)


@post("/devices/{device_id:uuid}/revoke", status_code=204, sync_to_thread=True, opt=DEVICES)
def shut_device(
    device_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> None:
    """Shut a tablet out; for a day it may still hand over its outbox."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        revoke_device(session, actor, device_id, at)
        record_access(session, actor, Access.CHANGED, Subject.DEVICE, device_id, at=at, detail="erişim kapatıldı")


@post("/devices/{device_id:uuid}/team", status_code=204, sync_to_thread=True, opt=DEVICES)
def give_device(
    device_id: FromPath[UUID],
    data: JSONBody[NewTeam],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> None:
    """Give a tablet to another team."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        move_device(session, device_id, data.team_id)
        detail = f"ekip: {data.team_id}"
        record_access(session, actor, Access.CHANGED, Subject.DEVICE, device_id, at=at, detail=detail)


@get("/teams/{team_id:uuid}/areas", sync_to_thread=True, opt=DEVICES)
def show_team_areas(
    team_id: FromPath[UUID], wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> TeamAreas:
    """List a team's mahalle."""
    del sees
    with wiring.database.reading() as session:
        return TeamAreas(list_team_areas(session, team_id))


@put("/teams/{team_id:uuid}/areas", sync_to_thread=True, opt=DEVICES)
def change_team_areas(
    team_id: FromPath[UUID],
    data: JSONBody[TeamAreas],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> TeamAreas:
    """Give a team these mahalle and no others; its tablets begin anew at their next pull."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        require_mahalle(session, data.mahalle)
        if replace_team_areas(session, team_id, data.mahalle):
            detail = f"{len(set(data.mahalle))} mahalle"
            record_access(session, actor, Access.CHANGED, Subject.TEAM, team_id, at=at, detail=detail)
        return TeamAreas(list_team_areas(session, team_id))
