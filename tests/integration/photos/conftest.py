"""The same contract for both places of photos: the local folder and a real S3 server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from foundation.settings import Settings
from photos.addresses import place_of
from photos.storage import PhotoStorage, open_storage
from tests.fixtures.s3_server import S3Server


def s3_settings(server: S3Server, data_dir: Path, **changes: str) -> Settings:
    given = {
        "data_dir": data_dir,
        "photo_storage": "s3",
        "s3_endpoint": server.endpoint,
        "s3_bucket": server.bucket,
        "s3_access_key": server.access_key,
        "s3_secret_key": server.secret_key,
    }
    return Settings(**{**given, **changes})  # type: ignore[arg-type] - one key per setting, each of its kind


@pytest.fixture(params=["local", "s3"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "local":
        return Settings(photo_dir=tmp_path / "photos")
    return s3_settings(request.getfixturevalue("s3_server"), tmp_path)


@pytest.fixture
def storage(settings: Settings) -> Iterator[PhotoStorage]:
    opened = open_storage(settings)
    yield opened
    opened.close()


@pytest.fixture
def s3_storage(s3_server: S3Server, tmp_path: Path) -> Iterator[PhotoStorage]:
    opened = open_storage(s3_settings(s3_server, tmp_path))
    yield opened
    opened.close()


Meddle = Callable[[str, bytes], None]


@pytest.fixture
def meddle(settings: Settings) -> Meddle:
    """Put other bytes under a photo's key, past our own code, as a failing disk would."""

    def meddle_locally(sha256: str, data: bytes) -> None:
        address = settings.resolved_photo_dir / place_of(sha256, "original")
        address.parent.mkdir(parents=True, exist_ok=True)
        address.write_bytes(data)

    def meddle_in_s3(sha256: str, data: bytes) -> None:
        client = boto3.session.Session().client(
            "s3",
            endpoint_url=settings.s3_endpoint,
            region_name=settings.s3_region,
            aws_access_key_id=settings.s3_access_key,
            aws_secret_access_key=settings.s3_secret_key,
        )
        client.put_object(Bucket=settings.s3_bucket, Key=place_of(sha256, "original"), Body=data)
        client.close()

    return meddle_in_s3 if settings.photo_storage == "s3" else meddle_locally
