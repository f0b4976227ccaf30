"""The disk of the photo folder is full while a photo is uploaded: nothing is lost, nothing half is shown."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from api.wiring import Wiring
from foundation.settings import Settings
from tests.fixtures.live_server import LiveServer
from tests.fixtures.office import Office, wait_for_pictures
from tests.fixtures.small_disk import SmallDisk
from tests.integration.uploads.conftest import Tablets
from tests.integration.uploads.requests import TusTablet
from tests.integration.uploads.seen_photo import SeenPhoto

MB = 1024 * 1024
# The disk of the database is another; so what the server is kept from writing is photos alone.
pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def storage_kind() -> str:
    return "local"


@pytest.fixture
def settings(database_url: str, tmp_path: Path, small_disk: SmallDisk) -> Settings:
    return Settings(
        data_dir=tmp_path / "var", database_url=database_url, database_pool=5, public_url="http://testserver.local",
        photo_dir=small_disk.folder / "photos",
    )  # fmt: skip


@pytest.fixture
def tablet(server: LiveServer, tablets: Tablets) -> Iterator[TusTablet]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield TusTablet(client, tablets.first.token)


class Field(NamedTuple):
    """A server whose photos lie on a small disk, and a tablet that uploads to it."""

    tablet: TusTablet
    server: LiveServer
    disk: SmallDisk
    wiring: Wiring


@pytest.fixture
def field(tablet: TusTablet, server: LiveServer, small_disk: SmallDisk, wiring: Wiring) -> Field:
    return Field(tablet, server, small_disk, wiring)


def files_on_their_way(field: Field) -> list[Path]:
    folder = field.wiring.settings.resolved_photo_dir
    return [path for name in ("uploads", "incoming") for path in (folder / name).iterdir()]


def assert_it_goes_on_where_there_is_room(field: Field, photo: SeenPhoto, upload: str) -> None:
    field.disk.make_room(field.server)
    assert field.tablet.finish(upload, photo.content).status_code == 204
    photo.assert_it_is_whole()
    wait_for_pictures(field.wiring.database)  # they pass through the same folder
    assert files_on_their_way(field) == []


@pytest.mark.parametrize("until", [200_000, 300_000], ids=["in the middle", "at the last part"])
def test_a_full_disk_costs_one_request_and_the_upload_goes_on_when_there_is_room(
    field: Field, office: Office, tablets: Tablets, until: int
) -> None:
    tablet = field.tablet
    photo = SeenPhoto(office, tablets, field.wiring)
    upload = tablet.begin(photo.content, photo.content[:100_000])
    field.disk.fill(field.server, leave=50_000)
    answer = tablet.patch(upload, 100_000, photo.content[100_000:until])
    assert (answer.status_code, answer.json()["code"]) == (503, field.disk.full_code), answer.text
    assert "kopyayı silmeyin" in answer.json()["detail"]
    assert int(answer.headers["Retry-After"]) >= 5
    assert tablet.offset(upload) == 100_000
    assert len(files_on_their_way(field)) == 1
    photo.assert_nothing_is_shown()
    assert_it_goes_on_where_there_is_room(field, photo, upload)


def test_a_disk_that_fills_while_a_large_photo_arrives_keeps_what_was_recorded(
    field: Field, office: Office, tablets: Tablets
) -> None:
    tablet = field.tablet
    photo = SeenPhoto(office, tablets, field.wiring, byte_size=4 * MB)
    upload = tablet.begin(photo.content, photo.content[:100_000])
    field.disk.fill(field.server, leave=2 * MB)
    # Refused before all of it was read, the tablet may see no more than a connection that breaks.
    with suppress(httpx.TransportError):
        assert tablet.patch(upload, 100_000, photo.content[100_000:]).status_code == 503
    assert tablet.offset(upload) == 100_000
    photo.assert_nothing_is_shown()
    assert_it_goes_on_where_there_is_room(field, photo, upload)


def test_a_photo_is_given_up_on_a_full_disk_and_makes_room(field: Field, office: Office, tablets: Tablets) -> None:
    tablet = field.tablet
    photo = SeenPhoto(office, tablets, field.wiring)
    upload = tablet.begin(photo.content, photo.content[:200_000])
    field.disk.fill(field.server, leave=0 if field.disk.full_code == "photos.storage_full" else 50_000)
    assert tablet.patch(upload, 200_000, photo.content[200_000:]).status_code == 503
    assert tablet.ask("DELETE", upload).status_code == 204
    assert files_on_their_way(field) == []
    photo.assert_nothing_is_shown()
