"""Answers with a part of the package: strong ETag, a Range where one is asked for, packed where it is text."""

from functools import lru_cache
from typing import Any

from litestar import Request, Response
from litestar.response import Stream

from api.package_map import PackageMap
from api.packed_answers import pack, takes_gzip
from api.problems import NotFound
from api.wiring import Wiring
from photos.byte_range import ByteRange, RangeAnswer, parse_range

_NOT_MODIFIED, _PARTIAL, _UNSATISFIABLE = 304, 206, 416
# A part is its hash: nobody need ever ask for it again.
_CACHE = "private, max-age=31536000, immutable"
_TEXT = ("text/", "application/xml", "application/geo+json", "application/json")
_SMALL = 6


def answer_part(request: Request[Any, Any, Any], wiring: Wiring, sha256: str) -> Response[Any]:
    """Give a part, whole or the bytes that a Range asks for. Raises `NotFound`."""
    etag = f'"{sha256}"'
    of_map = wiring.packages.map.holds(sha256)
    if of_map is not None:
        return _streamed(request, wiring.packages.map, of_map.byte_size, of_map.media_type, etag)
    kept = wiring.packages.part(sha256)
    if kept is None:
        raise NotFound
    part = _wanted(request, len(kept.content), etag)
    is_packed = (
        part is RangeAnswer.WHOLE
        and kept.media_type.startswith(_TEXT)
        and takes_gzip(request.headers.get("accept-encoding", ""))
    )
    headers = _headers(f'"{sha256}-gzip"' if is_packed else etag)
    if request.headers.get("if-none-match") in {etag, f'"{sha256}-gzip"'}:
        return Response(b"", status_code=_NOT_MODIFIED, headers=headers)
    if is_packed:
        content = _packed(sha256, kept.content)
        return Response(content, media_type=kept.media_type, headers={**headers, "Content-Encoding": "gzip"})
    if part is RangeAnswer.UNSATISFIABLE:
        return _nothing_there(len(kept.content))
    if isinstance(part, ByteRange):
        headers["Content-Range"] = part.content_range(len(kept.content))
        return Response(
            kept.content[part.start : part.end], status_code=_PARTIAL, media_type=kept.media_type, headers=headers
        )
    return Response(kept.content, media_type=kept.media_type, headers=headers)


def _streamed(
    request: Request[Any, Any, Any], of_map: PackageMap, byte_size: int, media_type: str, etag: str
) -> Response[Any]:
    headers = _headers(etag)
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=_NOT_MODIFIED, headers=headers)
    part = _wanted(request, byte_size, etag)
    if part is RangeAnswer.UNSATISFIABLE:
        return _nothing_there(byte_size)
    start, end, status = 0, byte_size, 200
    if isinstance(part, ByteRange):
        start, end, status = part.start, part.end, _PARTIAL
        headers["Content-Range"] = part.content_range(byte_size)
    headers["Content-Length"] = str(end - start)
    return Stream(of_map.read(start, end), status_code=status, media_type=media_type, headers=headers)


def _wanted(request: Request[Any, Any, Any], byte_size: int, etag: str) -> ByteRange | RangeAnswer:
    """Read the Range; one for another content than this (If-Range) is no Range at all."""
    if request.headers.get("if-range", etag) != etag:
        return RangeAnswer.WHOLE
    return parse_range(request.headers.get("range"), byte_size)


def _headers(etag: str) -> dict[str, str]:
    return {
        "ETag": etag,
        "Cache-Control": _CACHE,
        "Accept-Ranges": "bytes",
        "Vary": "Accept-Encoding",
        # A form's file may be anything, a page with its script too; it must not act as one of ours.
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


def _nothing_there(byte_size: int) -> Response[bytes]:
    return Response(b"", status_code=_UNSATISFIABLE, headers={"Content-Range": f"bytes */{byte_size}"})


@lru_cache(maxsize=64)
def _packed(sha256: str, content: bytes) -> bytes:
    del sha256
    return pack(content, _SMALL)
