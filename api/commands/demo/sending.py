"""Sends the demo's visits the way tablets do: filled forms and photos through the real intake, in order of arrival."""

import random
from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

import msgspec

from api.commands.demo import people
from api.commands.demo.answers import Filling
from api.commands.demo.filled_form import fill_form
from api.commands.demo.mishaps import Mishap, what_follows
from api.commands.demo.planned_visit import Oddity, PlannedVisit
from api.commands.demo.sample_photos import PhotoAlbum
from api.intake_line import KnowledgeCache
from field_forms.library import PublishedVersion
from foundation.database import Database
from photos.storage import PhotoStorage
from service_requests.incoming import ArrivedPhoto, IncomingSubmission
from service_requests.intake import receive_submissions
from teams.permissions import Actor

_BATCH = 200
# What tablets had before this year's forms: never published here, so it is held raw.
_OLDER_VERSION = "2025010101"


class Door(msgspec.Struct, frozen=True):
    """What a tablet needs: where photos go, the forms by visit type, who draws the photos, and a coordinator."""

    storage: PhotoStorage
    versions: Mapping[str, PublishedVersion]
    album: PhotoAlbum
    rng: random.Random
    coordinator: Actor


def submissions_of(door: Door, visit: PlannedVisit, mishap: Mishap | None) -> list[IncomingSubmission]:
    """Fill the form of a visit, store its photos, and add what comes after it."""
    sent = IncomingSubmission(
        xml=_fill(door, visit, None),
        actor=visit.worker,
        device_id=visit.device_id,
        received_at=visit.received_at,
        photos=tuple(_store_photos(door, visit)),
    )
    if mishap is None:
        return [sent]
    return [sent, what_follows(mishap, visit, sent, partial(_fill, door), door.coordinator)]


def _fill(door: Door, visit: PlannedVisit, deprecated_id: UUID | None) -> bytes:
    version = door.versions[visit.visit_type]
    definition = version.definition
    filling = Filling(
        door.rng,
        visit,
        visit.started_at.date(),
        version.choice_labels,
        shop_kind=people.shop_kind(door.rng),
    )
    claimed = _OLDER_VERSION if visit.oddity is Oddity.UNKNOWN_VERSION else definition.version
    return fill_form(filling, definition, version=claimed, deprecated_id=deprecated_id)


def send(database: Database, knowledge: KnowledgeCache, submissions: Sequence[IncomingSubmission]) -> None:
    """Hand everything to the intake, 200 to a COMMIT."""
    for start in range(0, len(submissions), _BATCH):
        with database.writing() as session:
            receive_submissions(session, knowledge.current(session), submissions[start : start + _BATCH])


def _store_photos(door: Door, visit: PlannedVisit) -> list[ArrivedPhoto]:
    subjects = {finding.photo_name: finding for finding in visit.findings if finding.photo_name}
    photos = []
    for name in visit.photo_names():
        finding = subjects.get(name)
        place = (finding.lon, finding.lat) if finding else (visit.spot.lon, visit.spot.lat)
        jpeg = door.album.photo(finding.category_code if finding else "street", *place, visit.ended_at)
        with door.storage.new_incoming() as incoming:
            incoming.write(jpeg)
            sha256 = door.storage.keep(incoming)
        photos.append(ArrivedPhoto(name, len(jpeg), sha256, "image/jpeg"))
    return photos
