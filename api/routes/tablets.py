"""Tablets with ODK Collect: giving a key to a worker, taking it back."""

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.collect_provisioning import provision_collect
from api.csv_answers import csv_file
from api.dependencies import shows
from api.wiring import Wiring
from reports.office_lists_csv import write_tablets
from teams.access_log import Access, Subject, record_access
from teams.collect_keys import (
    FieldWorkerView,
    TabletView,
    issue_collect_key,
    list_field_workers,
    list_tablets,
    revoke_collect_key,
)
from teams.permissions import Actor, Resource, Scope

TABLETS = shows(Resource.TABLETS)


class TabletList(msgspec.Struct, frozen=True):
    """All keys."""

    items: list[TabletView]


class FieldWorkerList(msgspec.Struct, frozen=True):
    """All workers whom a tablet can be given."""

    items: list[FieldWorkerView]


class NewTablet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tablet to set up for a worker."""

    user_id: UUID
    label: str


class NewTabletView(msgspec.Struct, frozen=True):
    """What the tablet is set up with; the key in it is never shown again."""

    id: UUID
    collect_qr_svg: str
    server_url: str
    settings_json: str


@get("/tablets", sync_to_thread=True, opt=TABLETS)
def show_tablets(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> TabletList:
    """List all keys."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        return TabletList(list_tablets(session))


@get("/tablets.csv", sync_to_thread=True, opt=TABLETS)
def export_tablets(
    wiring: NamedDependency[Wiring], actor: NamedDependency[Actor], sees: NamedDependency[Scope]
) -> Response[bytes]:
    """Export all keys, without the keys."""
    del sees
    with wiring.database.writing() as session:
        record_access(session, actor, Access.EXPORTED, Subject.COLLECT_KEY, "*", at=wiring.clock())
        return csv_file(write_tablets(list_tablets(session)), "tabletler.csv")


@get("/field-workers", sync_to_thread=True, opt=TABLETS)
def show_field_workers(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> FieldWorkerList:
    """List the workers whom a tablet can be given."""
    del sees
    with wiring.database.reading() as session:
        return FieldWorkerList(list_field_workers(session))


@post("/tablets", sync_to_thread=True, opt=TABLETS)
def add_tablet(
    data: JSONBody[NewTablet],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> NewTabletView:
    """Make a key and the QR code that carries it."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        key_id, token = issue_collect_key(session, actor, data.user_id, data.label, at=at)
        record_access(session, actor, Access.CHANGED, Subject.COLLECT_KEY, key_id, at=at, detail="anahtar verildi")
    made = provision_collect(wiring.settings, token, wiring.settings.municipality)
    return NewTabletView(key_id, made.qr_svg, made.server_url, made.settings_json)


@post("/tablets/{tablet_id:uuid}/revoke", status_code=204, sync_to_thread=True, opt=TABLETS)
def revoke_tablet(
    tablet_id: FromPath[UUID],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> None:
    """Shut a key: a lost tablet can neither fetch nor send any more."""
    del sees
    at = wiring.clock()
    with wiring.database.writing() as session:
        user_id = revoke_collect_key(session, tablet_id, at=at)
        record_access(session, actor, Access.CHANGED, Subject.COLLECT_KEY, tablet_id, at=at, detail="anahtar kapatıldı")
    # The door for Collect remembers who was let in; from now on it asks anew.
    wiring.sign_ins.forget(user_id)
