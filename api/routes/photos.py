"""Photos on signed links. The link names its viewer, so it also takes the viewer's own session to follow it."""

from collections.abc import Iterator
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from api.problems import NotFound
from api.wiring import Wiring
from photos.addresses import ORIGINAL, VARIANTS
from photos.byte_range import ByteRange, RangeAnswer, parse_range
from photos.signed_links import verify_link
from photos.tables import Photo
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor

# What the bytes of an address are never changes; five minutes, because the link ends then.
_CACHE = "private, max-age=300, immutable"
_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/heic": "heic"}


@get("/photos/{sha256:str}/{variant:str}", sync_to_thread=True)
def show_photo(
    sha256: FromPath[str],
    variant: FromPath[str],
    request: Request[Any, Any, Any],
    wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """Send a photo, whole or the part a Range asks for."""
    media_type = _allowed_media_type(request, wiring, actor, sha256, variant)
    byte_size = wiring.photo_storage.byte_size(sha256, variant)
    headers = _headers(sha256, variant, media_type)
    part = parse_range(request.headers.get("range"), byte_size)
    if part is RangeAnswer.UNSATISFIABLE:
        return Response(b"", status_code=416, headers={"Content-Range": f"bytes */{byte_size}"})
    start, end, status = 0, byte_size, 200
    if isinstance(part, ByteRange):
        start, end, status = part.start, part.end, 206
        headers["Content-Range"] = part.content_range(byte_size)
    headers["Content-Length"] = str(end - start)
    pieces = _read(wiring, sha256, variant, None if status == 200 else (start, end))  # noqa: PLR2004 - HTTP
    return Stream(pieces, status_code=status, media_type=media_type, headers=headers)


def _allowed_media_type(
    request: Request[Any, Any, Any], wiring: Wiring, actor: Actor, sha256: str, variant: str
) -> str:
    """Check the link and say what the bytes are. Raises `NotFound` for links not ours, ended, or another's."""
    at, query = wiring.clock(), request.url.query
    if variant not in VARIANTS or not verify_link(
        wiring.secret_key, sha256, variant, query, at=at, viewer=str(actor.user_id)
    ):  # fmt: skip
        raise NotFound
    if variant != ORIGINAL:
        return "image/jpeg"
    with wiring.database.writing() as session:
        photo = session.get(Photo, sha256)
        if photo is None:
            raise NotFound
        record_access(session, actor, Access.DOWNLOADED, Subject.PHOTO, sha256, at=at)
        return photo.media_type


def _read(wiring: Wiring, sha256: str, variant: str, part: tuple[int, int] | None) -> Iterator[bytes]:
    # A whole original is hashed before its first byte is given; a part is not.
    return wiring.photo_storage.read(sha256, variant, *(part or ()))


def _headers(sha256: str, variant: str, media_type: str) -> dict[str, str]:
    name = f"{sha256[:16]}.{_SUFFIXES.get(media_type, 'bin')}"
    # Originals are what somebody sent; they are downloaded, never rendered in our origin.
    disposition = "attachment" if variant == ORIGINAL else "inline"
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": _CACHE,
        "Content-Disposition": f'{disposition}; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
