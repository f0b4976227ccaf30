"""What the tablets' package consists of: the newest version of each open form with its files, and the boundaries.

Also finds the bytes of a part by their hash: a tablet may be in the middle of fetching a version that has just been
replaced.
"""

import hashlib
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from field_forms.library import FormLibrary
from field_forms.tables import FormAttachment, FormState, FormVersion
from geo.boundaries import boundaries_geojson, boundaries_version
from sync.package import Part

BOUNDARIES_PATH = "mahalle.geojson"


class FilePlace(NamedTuple):
    """Where a form's file is kept; without a name it is the XForm itself."""

    version_id: UUID
    file_name: str | None


class Gathered(NamedTuple):
    """The parts, and the bytes of the one that is kept nowhere."""

    parts: list[Part]
    boundaries: bytes


class KeptContent(NamedTuple):
    """The bytes of a part and what they are."""

    content: bytes
    media_type: str


def package_mark(session: Session) -> object:
    """Return something that differs once the package may differ; cheap."""
    forms = [(form.version_id, form.state) for form in FormLibrary().all_forms(session)]
    return forms, boundaries_version(session)


def gather_parts(session: Session) -> Gathered:
    """Read and hash everything that belongs to the package, as it stands in this transaction."""
    parts: list[Part] = []
    for form in FormLibrary().all_forms(session):
        if form.state is FormState.OPEN:
            parts += _parts_of(session, form.form_id, form.version, form.version_id)
    boundaries = boundaries_geojson(session)
    parts.append(_part(BOUNDARIES_PATH, boundaries, "application/geo+json"))
    return Gathered(parts, boundaries)


def hash_published(session: Session, known: Collection[UUID]) -> dict[str, FilePlace]:
    """Hash the files of all published form versions but the `known` ones."""
    places: dict[str, FilePlace] = {}
    for version_id in set(session.scalars(select(FormVersion.id))) - set(known):
        for file_name, kept in _contents(session, version_id):
            places[hashlib.sha256(kept.content).hexdigest()] = FilePlace(version_id, file_name)
    return places


def read_published(session: Session, place: FilePlace) -> KeptContent:
    """Read a form's file; it is there, because versions never change."""
    if place.file_name is None:
        xform = session.scalars(select(FormVersion.xform).where(FormVersion.id == place.version_id)).one()
        return KeptContent(xform, "application/xml")
    row = session.execute(
        select(FormAttachment.content, FormAttachment.media_type).where(
            FormAttachment.form_version_id == place.version_id, FormAttachment.file_name == place.file_name
        )
    ).one()
    return KeptContent(row.content, row.media_type)


def parts_of_version(session: Session, version_id: UUID) -> list[Part]:
    """List the parts of a published version, also of one that is no longer in the package."""
    version = session.get_one(FormVersion, version_id)
    return _parts_of(session, version.form_id, version.version, version_id)


def _parts_of(session: Session, form_id: str, version: str, version_id: UUID) -> list[Part]:
    folder = f"forms/{quote(form_id, safe='')}/{quote(version, safe='')}"
    return [
        _part(f"{folder}/{quote(file_name or 'form.xml', safe='')}", kept.content, kept.media_type)
        for file_name, kept in _contents(session, version_id)
    ]


def _contents(session: Session, version_id: UUID) -> list[tuple[str | None, KeptContent]]:
    names = session.scalars(select(FormAttachment.file_name).where(FormAttachment.form_version_id == version_id))
    places = [FilePlace(version_id, None), *(FilePlace(version_id, name) for name in sorted(names))]
    return [(place.file_name, read_published(session, place)) for place in places]


def _part(path: str, content: bytes, media_type: str) -> Part:
    return Part(path, hashlib.sha256(content).hexdigest(), len(content), media_type)
