"""Photos as pages show them: what is known of each, with links that only the viewer can follow, for five minutes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from photos.addresses import ORIGINAL, SHOWN, THUMB
from photos.inspection import is_image
from photos.signed_links import sign_link
from photos.tables import Photo
from service_requests.tables import ExpectedPhoto
from teams.permissions import Actor, Role

LINK_LASTS = timedelta(minutes=5)
_NOT_SHOWN = "Fotoğraf açılamadı; bozuk gelmiş olabilir. Çekildiği tabletten yeniden gönderilmesini isteyin."


class PhotoView(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a submission names or that came with it; links are None until there is something to show.

    `is_image` is None while there is no file: a recording or document is received without a picture to show.
    """

    name: str
    state: str
    is_image: bool | None
    reason: str | None
    thumb_url: str | None
    shown_url: str | None
    original_url: str | None
    captured_at: datetime | None
    width: int | None
    height: int | None


class PhotoLinks(msgspec.Struct, frozen=True):
    """Signs links for one viewer. Originals carry the camera's place and time, so coordinators alone get them."""

    secret_key: bytes
    viewer: Actor
    at: datetime

    def to(self, sha256: str, variant: str) -> str:
        """Write the address of a photo, good for five minutes."""
        query = sign_link(self.secret_key, sha256, variant, self.at + LINK_LASTS, str(self.viewer.user_id))
        return f"/photos/{sha256}/{variant}?{query}"

    @property
    def with_originals(self) -> bool:
        """Whether the viewer gets originals."""
        return self.viewer.role is Role.COORDINATOR


def photos_of(
    session: Session, submission_id: UUID, links: PhotoLinks, *, finding_id: UUID | None = None
) -> list[PhotoView]:  # fmt: skip
    """List the photos of a submission, or only those of one finding in it."""
    statement = (
        select(ExpectedPhoto, Photo)
        .outerjoin(Photo, Photo.sha256 == ExpectedPhoto.sha256)
        .where(ExpectedPhoto.submission_id == submission_id)
        .order_by(ExpectedPhoto.file_name)
    )
    if finding_id is not None:
        statement = statement.where(ExpectedPhoto.finding_id == finding_id)
    return [_view(expected, photo, links) for expected, photo in session.execute(statement)]


def _view(expected: ExpectedPhoto, photo: Photo | None, links: PhotoLinks) -> PhotoView:
    # "unexpected" came without being named: for the page it is received, and the flag says the rest.
    state = "received" if expected.state == "unexpected" else expected.state
    image = photo is not None and is_image(photo.media_type)
    shown = photo if photo is not None and photo.processed_at is not None and photo.failure is None else None
    return PhotoView(
        name=expected.file_name,
        state=state,
        is_image=image if photo else None,
        reason=_NOT_SHOWN if photo is not None and image and photo.failure else expected.reason,
        thumb_url=links.to(shown.sha256, THUMB) if shown else None,
        shown_url=links.to(shown.sha256, SHOWN) if shown else None,
        original_url=links.to(photo.sha256, ORIGINAL) if photo and links.with_originals else None,
        **_facts(photo),
    )


def _facts(photo: Photo | None) -> dict[str, Any]:
    if photo is None:
        return dict.fromkeys(("captured_at", "width", "height"))
    return {"captured_at": photo.captured_at, "width": photo.width, "height": photo.height}
