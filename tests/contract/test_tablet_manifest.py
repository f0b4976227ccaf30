"""The tablet's application can be put on a home screen: its manifest names pictures that are there, in their sizes."""

import io

import msgspec
import pytest
from PIL import Image

from api.routes.web_pages import DIST
from tests.fixtures.left_out import leave_out


def test_each_icon_of_the_manifest_is_a_picture_of_the_size_it_says() -> None:
    if not DIST.exists():
        leave_out("webapp/dist", "run `make test`, which builds it")
    manifest = msgspec.json.decode((DIST / "tablet.webmanifest").read_bytes())
    said = {icon["src"]: icon["sizes"] for icon in manifest["icons"] if icon["type"] == "image/png"}
    real = {src: _size((DIST / src.lstrip("/")).read_bytes()) for src in said}
    assert real == said
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    assert {"192x192", "512x512"} <= set(said.values())


@pytest.mark.parametrize("key", ["name", "short_name", "start_url", "scope", "display", "lang"])
def test_the_manifest_says_what_an_installation_needs(key: str) -> None:
    if not DIST.exists():
        leave_out("webapp/dist", "run `make test`, which builds it")
    assert msgspec.json.decode((DIST / "tablet.webmanifest").read_bytes())[key]


def _size(content: bytes) -> str:
    width, height = Image.open(io.BytesIO(content)).size
    return f"{width}x{height}"
