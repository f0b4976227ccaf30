"""Sends the demo's visits the way tablets do: filled forms and photos through the real intake, in order of arrival."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from api.commands.demo import people
from api.commands.demo.answers import Filling
from api.commands.demo.filled_form import fill_form
from api.commands.demo.planned_visit import Oddity, PlannedVisit
from api.commands.demo.sample_photos import PhotoAlbum
from api.intake_line import KnowledgeCache
from field_forms.library import FormLibrary, PublishedVersion
from foundation.database import Database
from photos.storage import PhotoStorage
from service_requests.incoming import ArrivedPhoto, IncomingSubmission, Refused
from service_requests.intake import receive_submissions

BATCH = 200
# What tablets had before this year's forms: never published here, so it is held raw.
_OLDER_VERSION = "2025010101"


class Door(msgspec.Struct, frozen=True):
    """What sending needs: where to, the forms by id, and who draws the photos."""

    database: Database
    storage: PhotoStorage
    versions: Mapping[str, PublishedVersion]
    album: PhotoAlbum
    rng: random.Random


def submission_of(door: Door, visit: PlannedVisit) -> IncomingSubmission:
    """Fill the form of a visit and store its photos."""
    version = door.versions[visit.visit_type]
    definition = version.definition
    claimed = _OLDER_VERSION if visit.oddity is Oddity.UNKNOWN_VERSION else definition.version
    xml = fill_form(filling_of(door, visit), definition, version=claimed)
    return IncomingSubmission(
        xml=xml,
        actor=visit.worker,
        device_id=visit.device_id,
        received_at=visit.received_at,
        photos=tuple(_store_photos(door, visit)),
    )


def filling_of(door: Door, visit: PlannedVisit) -> Filling:
    """Begin to fill the form of a visit."""
    version = door.versions[visit.visit_type]
    return Filling(
        door.rng,
        visit,
        visit.started_at.date(),
        version.choice_labels,
        shop_kind=people.shop_kind(door.rng),
    )


def send(door: Door, submissions: Sequence[IncomingSubmission], told: Callable[[int], None]) -> Counter[str]:
    """Hand everything to the intake, 200 to a COMMIT; returns how many were new, known again, or refused by code."""
    counts: Counter[str] = Counter()
    knowledge = KnowledgeCache(FormLibrary())
    for start in range(0, len(submissions), BATCH):
        batch = submissions[start : start + BATCH]
        with door.database.writing() as session:
            outcomes = receive_submissions(session, knowledge.current(session), batch)
        for outcome in outcomes:
            counts[outcome.code if isinstance(outcome, Refused) else "new" if outcome.is_new else "again"] += 1
        told(start + len(batch))
    return counts


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
