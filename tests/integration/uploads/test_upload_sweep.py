"""What is tidied up after uploads, and what is left alone."""

import os
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import boto3
import pytest
from sqlalchemy import func, select

from api.sweeps import sweeps_of
from api.wiring import Wiring
from foundation.settings import Settings
from photos.stretch_storage import name_stretch
from photos.tables import PhotoUpload
from photos.upload_sweep import sweep_abandoned_photos, sweep_orphaned_bytes, sweep_uploads
from tests.fixtures.municipality import NOON, SetClock
from tests.fixtures.s3_server import S3Server
from tests.integration.uploads.requests import TusTablet, a_large_photo, sha256_of

SOON = timedelta(days=2)
both_engines_in_a_folder = pytest.mark.parametrize("storage_kind", ["local"])


def names(wiring: Wiring) -> set[str]:
    return set(wiring.photo_storage.stretches.list_older_than(datetime.now(UTC) + SOON))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_no_upload_counts_is_removed_after_a_day_and_the_rest_stays(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_large_photo(1000)
    upload = tablet.begin(content, content[:10])
    counting = names(wiring)
    for name in (name_stretch(uuid4(), 0), "no-upload-id-at-all"):
        with wiring.photo_storage.new_incoming() as incoming:
            incoming.write(b"orphaned")
            wiring.photo_storage.stretches.put(name, incoming)
    # The storage has its own clock; only what it calls older than a day is anybody's to remove.
    assert sweep_orphaned_bytes(wiring.database, wiring.photo_storage, datetime.now(UTC)) == 0
    assert sweep_orphaned_bytes(wiring.database, wiring.photo_storage, datetime.now(UTC) + SOON) == 2
    assert names(wiring) == counting
    assert tablet.finish(upload, content).status_code == 204
    assert b"".join(wiring.photo_storage.read(sha256_of(content))) == content


@both_engines_in_a_folder
def test_expired_uploads_are_ended_and_complete_ones_stay(tablet: TusTablet, wiring: Wiring, clock: SetClock) -> None:
    done, old, young = (a_large_photo(1000, seed) for seed in range(3))
    tablet.begin(done, done)
    tablet.begin(old, old[:10])
    clock.now = NOON + timedelta(days=3)
    still_open = tablet.begin(young, young[:10])
    at = NOON + timedelta(days=7)
    assert sweep_uploads(wiring.database, wiring.photo_storage, at - timedelta(seconds=1)) == 0
    assert sweep_uploads(wiring.database, wiring.photo_storage, at) == 1
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PhotoUpload)) == 2
    assert len(names(wiring)) == 1
    clock.now = at
    assert tablet.finish(still_open, young).status_code == 204
    assert tablet.plan(done)[0]["do"] == "have"


@both_engines_in_a_folder
def test_files_of_killed_processes_are_removed_after_a_day(wiring: Wiring, settings: Settings) -> None:
    incoming = settings.resolved_photo_dir / "incoming"
    (incoming / "old").write_bytes(b"x")
    (incoming / "young").write_bytes(b"x")
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(incoming / "old", (two_days_ago, two_days_ago))
    assert sweep_abandoned_photos(wiring.photo_storage, datetime.now(UTC)) == 1
    assert [path.name for path in incoming.iterdir()] == ["young"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("storage_kind", ["s3"])
def test_unended_multipart_uploads_of_photos_are_aborted_and_others_left_alone(
    wiring: Wiring, settings: Settings, s3_server: S3Server
) -> None:
    client = boto3.session.Session().client(
        "s3", endpoint_url=s3_server.endpoint, region_name="us-east-1", aws_access_key_id=settings.s3_access_key,
        aws_secret_access_key=settings.s3_secret_key,
    )  # fmt: skip
    sha256 = sha256_of(b"never ended")
    for key in (f"{sha256[:2]}/{sha256[2]}/{sha256}", "somebody/elses"):
        client.create_multipart_upload(Bucket=settings.s3_bucket, Key=key)
    assert sweep_abandoned_photos(wiring.photo_storage, datetime.now(UTC)) == 0
    # Other tests use the same bucket, and may have left some of their own.
    assert sweep_abandoned_photos(wiring.photo_storage, datetime.now(UTC) + SOON) >= 1
    left = client.list_multipart_uploads(Bucket=settings.s3_bucket)["Uploads"]
    assert [upload["Key"] for upload in left] == ["somebody/elses"]
    client.abort_multipart_upload(Bucket=settings.s3_bucket, Key="somebody/elses", UploadId=left[0]["UploadId"])
    client.close()


@both_engines_in_a_folder
def test_housekeeping_runs_all_of_it(wiring: Wiring) -> None:
    for sweep in sweeps_of(wiring.database, wiring.photo_storage, wiring.knowledge):
        sweep.run(NOON)
