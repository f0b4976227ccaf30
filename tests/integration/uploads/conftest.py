"""The same uploads into both places of photos, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api.wiring import Wiring
from foundation.settings import Settings
from tests.fixtures.live_server import LiveServer, running_server
from tests.fixtures.office import Office
from tests.fixtures.s3_server import S3Server
from tests.fixtures.tablets import Tablet, enrol_tablet
from tests.integration.uploads.requests import TusTablet


@pytest.fixture(params=["local", "s3"])
def storage_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def settings(request: pytest.FixtureRequest, storage_kind: str, database_url: str, tmp_path: Path) -> Settings:
    local = Settings(
        data_dir=tmp_path / "var", database_url=database_url, database_pool=5, public_url="http://testserver.local"
    )
    return local if storage_kind == "local" else on_s3(local, request.getfixturevalue("s3_server"))


def on_s3(settings: Settings, server: S3Server, endpoint: str | None = None) -> Settings:
    """Say the same of an installation whose photos lie in S3."""
    return msgspec.structs.replace(
        settings,
        photo_storage="s3",
        s3_endpoint=endpoint or server.endpoint,
        s3_bucket=server.bucket,
        s3_access_key=server.access_key,
        s3_secret_key=server.secret_key,
    )


@pytest.fixture(autouse=True)
def _nothing_of_earlier_tests(wiring: Wiring) -> None:
    """Clear what earlier tests left unfinished: the S3 server lives longer than a test."""
    left = list(wiring.photo_storage.stretches.list_older_than(datetime.now(UTC) + timedelta(days=1)))
    wiring.photo_storage.stretches.remove(left)


class Tablets(NamedTuple):
    """`first` and `second` belong to one team, `foreign` to the other."""

    first: Tablet
    second: Tablet
    foreign: Tablet


@pytest.fixture
def tablets(office: Office) -> Tablets:
    place = office.municipality
    return Tablets(*(enrol_tablet(office, team) for team in (place.team, place.team, place.other_team)))


@pytest.fixture
def server(settings: Settings, tablets: Tablets, tmp_path: Path) -> Iterator[LiveServer]:
    """Return a server of its own process, for what a test client cannot do: break a line, fill a disk."""
    del tablets
    with running_server(settings, tmp_path / "server.log") as running:
        yield running


@pytest.fixture
def tablet(client: TestClient[Litestar], tablets: Tablets) -> TusTablet:
    return TusTablet(client, tablets.first.token)
