"""The browser application's files: hashed assets for a year, everything else asked anew, its addresses its own.

Any address that is no route and no file is answered with a page, because the applications route in the browser:
tablet.html at /tablet and below, index.html elsewhere.
"""

import hashlib
import mimetypes
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from api.problems import NotFound

DIST = Path(__file__).resolve().parent.parent.parent / "webapp" / "dist"
_NOT_PAGES = ("v1", "openrosa", "photos", "health", "assets")
_FOR_A_YEAR = "public, max-age=31536000, immutable"
_ASK_ANEW = "no-cache"
_TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".wasm": "application/wasm"}


@get("/", sync_to_thread=True, include_in_schema=False)
def show_start(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Send the application."""
    return _answer(request, "")


@get("/{path:path}", sync_to_thread=True, include_in_schema=False)
def show_page(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
    """Send a file of the application, or index.html for an address that the application routes itself."""
    return _answer(request, path.strip("/"))


def _answer(request: Request[Any, Any, Any], wanted: str) -> Response[bytes]:
    file = find_file(DIST, wanted)
    if file is None:
        first = wanted.split("/", 1)[0]
        file = DIST / ("tablet.html" if first == "tablet" else "index.html")
        if first in _NOT_PAGES or not file.is_file():
            raise NotFound
    content = file.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    is_asset = wanted.startswith("assets/")
    headers = {"ETag": tag, "Cache-Control": _FOR_A_YEAR if is_asset else _ASK_ANEW}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type=media_type_of(file), headers=headers)


def find_file(folder: Path, wanted: str) -> Path | None:
    """Find a file below `folder`; None for whatever is none or would lead out of it."""
    if not wanted or "\x00" in wanted:
        return None
    file = (folder / wanted).resolve()
    try:
        return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
    except OSError:  # a name longer than any file's
        return None


def media_type_of(file: Path) -> str:
    """Tell the media type by the ending; the system's own table may lack the newer ones."""
    return _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
