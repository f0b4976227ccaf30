"""CSV files as answers: their type, their name, and that no cache keeps them."""

from collections.abc import Iterator

from litestar import Response
from litestar.response import Stream

_MEDIA_TYPE = "text/csv; charset=utf-8"


def csv_file(content: bytes, file_name: str) -> Response[bytes]:
    """Answer with a short file."""
    return Response(content, media_type=_MEDIA_TYPE, headers=_headers(file_name))


def csv_stream(pieces: Iterator[bytes], file_name: str) -> Stream:
    """Answer with a file that is written while it is sent."""
    return Stream(pieces, media_type=_MEDIA_TYPE, headers=_headers(file_name))


def _headers(file_name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"}
