"""An S3 that is down, slow, failing, lying or full while a photo is uploaded: nothing is lost, nothing half is shown.

The faults are made on the wire between our server and a real S3 (`fixtures/relay.py`): its client, its retries and its
timeouts are the ones of production.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import httpx
import msgspec
import pytest

from api.wiring import Wiring
from foundation.settings import Settings
from photos.addresses import ORIGINAL, place_of
from photos.storage_errors import PhotoMissing
from tests.fixtures.office import Office, wait_for_pictures
from tests.fixtures.relay import Fault, Relay
from tests.fixtures.s3_server import S3Server
from tests.integration.uploads.conftest import Tablets, on_s3
from tests.integration.uploads.requests import TusTablet, sha256_of
from tests.integration.uploads.seen_photo import SeenPhoto
from tests.integration.uploads.sick_s3 import (
    FOREVER,
    SICK,
    Fits,
    Sickness,
    heal,
    joins_photo,
    puts_photo,
    puts_stretch,
    reads_photo,
    reads_stretch,
    refused_with,
)

MB = 1024 * 1024
large = pytest.mark.parametrize("photo", [18 * MB], indirect=True)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def storage_kind() -> str:
    return "s3"


@pytest.fixture
def relay(s3_server: S3Server, relays: Callable[[str], Relay]) -> Relay:
    """Return what stands between our server and its S3."""
    return relays(s3_server.endpoint)


@pytest.fixture
def settings(relay: Relay, s3_server: S3Server, database_url: str, tmp_path: Path) -> Settings:
    local = Settings(
        data_dir=tmp_path / "var", database_url=database_url, database_pool=5, public_url="http://testserver.local"
    )
    return msgspec.structs.replace(on_s3(local, s3_server, relay.url), s3_timeout_s=1)


@pytest.fixture
def photo(request: pytest.FixtureRequest, office: Office, tablets: Tablets, wiring: Wiring) -> SeenPhoto:
    """Return an awaited photo of 300 KB, or of the size that a test asks for."""
    return SeenPhoto(office, tablets, wiring, getattr(request, "param", 300_000))


each_sickness = pytest.mark.parametrize("sickness", SICK.values(), ids=SICK)


def assert_told_to_wait(answer: httpx.Response, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, code), answer.text
    assert "kopyayı silmeyin" in answer.json()["detail"]
    least = 60 if code == "photos.storage_full" else 5
    assert least <= int(answer.headers["Retry-After"]) <= 3 * least
    assert answer.headers["Tus-Resumable"] == "1.0.0"


def stretches_of(wiring: Wiring) -> list[str]:
    return list(wiring.photo_storage.stretches.list_older_than(datetime.now(UTC) + timedelta(days=1)))


@each_sickness
@on_sqlite
@pytest.mark.parametrize("until", [200_000, 300_000], ids=["in the middle", "at the last part"])
def test_a_sick_s3_costs_one_request_and_the_upload_goes_on_when_it_is_well(
    tablet: TusTablet, photo: SeenPhoto, relay: Relay, sickness: Sickness, until: int
) -> None:
    upload = tablet.begin(photo.content, photo.content[:100_000])
    sickness.fall_ill(relay)
    assert_told_to_wait(tablet.patch(upload, 100_000, photo.content[100_000:until]), sickness.code)
    # How far it is stands in the database, so the tablet learns it while S3 is still sick.
    assert tablet.offset(upload) == 100_000
    heal(relay, sickness)
    photo.assert_nothing_is_shown()
    assert tablet.offset(upload) == 100_000
    assert tablet.finish(upload, photo.content).status_code == 204
    photo.assert_it_is_whole()


@pytest.mark.parametrize("sickness", [SICK["down"], SICK["slow"], SICK["disk full"]], ids=["down", "slow", "full"])
def test_a_whole_photo_that_comes_with_its_creation_is_refused_and_taken_later(
    tablet: TusTablet, photo: SeenPhoto, relay: Relay, sickness: Sickness
) -> None:
    sickness.fall_ill(relay)
    assert_told_to_wait(tablet.create(photo.content, photo.content), sickness.code)
    heal(relay, sickness)
    photo.assert_nothing_is_shown()
    assert tablet.plan(photo.content) == [{"sha256": sha256_of(photo.content), "do": "upload", "upload": None}]
    assert tablet.create(photo.content, photo.content).status_code == 201
    photo.assert_it_is_whole()


@on_sqlite
@pytest.mark.parametrize("fits", [puts_stretch, puts_photo, reads_stretch], ids=["stretch", "photo", "reading back"])
def test_an_s3_that_fails_twice_is_asked_a_third_time_and_nobody_notices(
    tablet: TusTablet, photo: SeenPhoto, relay: Relay, fits: Fits
) -> None:
    relay.order(refused_with(500, "InternalError", fits)._replace(times=2))
    upload = tablet.begin(photo.content, photo.content[:100_000])
    assert tablet.finish(upload, photo.content).status_code == 204
    assert relay.faults == []
    photo.assert_it_is_whole()


@on_sqlite
@pytest.mark.parametrize(
    "fault", [Fault(puts_photo, lose_answer=True), Fault(puts_photo, late_s=1.5)], ids=["lost", "late"]
)
def test_a_photo_whose_answer_was_lost_is_found_in_its_place(
    tablet: TusTablet, photo: SeenPhoto, relay: Relay, fault: Fault
) -> None:
    relay.order(fault)
    assert tablet.create(photo.content, photo.content).status_code == 201
    assert relay.faults == []
    photo.assert_it_is_whole()


@on_sqlite
@large
@pytest.mark.parametrize("what", ["a part", "the end"])
def test_a_large_photo_that_s3_cannot_join_is_shown_nowhere_and_joined_later(
    tablet: TusTablet, photo: SeenPhoto, wiring: Wiring, relay: Relay, what: str
) -> None:
    upload = tablet.begin(photo.content, photo.content[: 17 * MB])

    def is_last(line: str) -> bool:
        return "partNumber=2" in line if what == "a part" else joins_photo(line)

    relay.order(refused_with(500, "InternalError", is_last))
    assert_told_to_wait(tablet.patch(upload, 17 * MB, photo.content[17 * MB :]), "photos.storage_unavailable")
    assert [request for request in relay.seen if is_last(f"{request.method} {request.path}")]
    relay.heal()
    photo.assert_nothing_is_shown()
    with pytest.raises(PhotoMissing):
        wiring.photo_storage.byte_size(sha256_of(photo.content))
    assert tablet.offset(upload) == 17 * MB
    assert tablet.finish(upload, photo.content).status_code == 204
    photo.assert_it_is_whole()
    assert stretches_of(wiring) == []
    # What waited in files of ours does not wait any more.
    assert list((wiring.settings.data_dir / "incoming-photos").iterdir()) == []


@on_sqlite
@large
def test_a_large_photo_whose_joining_was_not_answered_is_not_sent_to_s3_again(
    tablet: TusTablet, photo: SeenPhoto, relay: Relay
) -> None:
    upload = tablet.begin(photo.content, photo.content[: 17 * MB])
    relay.order(Fault(joins_photo, lose_answer=True))
    answer = tablet.patch(upload, 17 * MB, photo.content[17 * MB :])
    if answer.status_code == 503:  # S3 said at the second asking that it knows no such upload any more
        photo.assert_nothing_is_shown()
        answer = tablet.finish(upload, photo.content)
    assert answer.status_code == 204
    assert sum("partNumber=" in request.path for request in relay.seen) == 2
    photo.assert_it_is_whole()


@on_sqlite
def test_bytes_that_come_back_damaged_send_the_upload_back_to_where_they_began(
    tablet: TusTablet, photo: SeenPhoto, relay: Relay
) -> None:
    upload = tablet.begin(photo.content, photo.content[:200_000])
    assert tablet.patch(upload, 200_000, photo.content[200_000:250_000]).status_code == 204
    relay.order(Fault(reads_stretch, FOREVER, damage=True))
    answer = tablet.patch(upload, 250_000, photo.content[250_000:])
    assert (answer.status_code, answer.json()["code"]) == (409, "photos.wrong_offset")
    assert answer.headers["Upload-Offset"] == "0"
    relay.heal()
    photo.assert_nothing_is_shown()
    assert tablet.offset(upload) == 0
    assert tablet.finish(upload, photo.content).status_code == 204
    photo.assert_it_is_whole()


@on_sqlite
@pytest.mark.parametrize("fits", [reads_stretch, reads_photo], ids=["stretch", "photo"])
def test_bytes_that_are_damaged_on_their_way_back_once_are_read_again(
    tablet: TusTablet, photo: SeenPhoto, relay: Relay, wiring: Wiring, fits: Fits
) -> None:
    upload = tablet.begin(photo.content, photo.content[:100_000])
    relay.order(Fault(fits, damage=True))
    assert tablet.finish(upload, photo.content).status_code == 204
    # The photo itself is read after the reply, to make its pictures.
    wait_for_pictures(wiring.database)
    assert relay.faults == []
    photo.assert_it_is_whole()
    assert wiring.photo_storage.byte_size(sha256_of(photo.content), "thumb") > 0


@on_sqlite
@pytest.mark.parametrize("fits", [puts_stretch, puts_photo], ids=["stretch", "photo"])
def test_bytes_that_are_damaged_on_their_way_to_s3_are_not_taken_by_it(
    tablet: TusTablet, photo: SeenPhoto, relay: Relay, fits: Fits
) -> None:
    upload = tablet.begin(photo.content, photo.content[:100_000])
    part = photo.content[100_000:200_000] if fits is puts_stretch else photo.content[100_000:]
    relay.order(Fault(fits, damage_request=True))
    assert_told_to_wait(tablet.patch(upload, 100_000, part), "photos.storage_unavailable")
    photo.assert_nothing_is_shown()
    assert tablet.offset(upload) == 100_000
    assert tablet.finish(upload, photo.content).status_code == 204
    photo.assert_it_is_whole()


def with_another_hash(head: bytes) -> bytes:
    """Let S3 name an ETag that is not the MD5 of what it was sent."""
    lines = head.split(b"\r\n")
    told = [b"ETag: " + b'"' + b"0" * 32 + b'"' if line.lower().startswith(b"etag:") else line for line in lines]
    return b"\r\n".join(told)


@on_sqlite
def test_a_hash_that_is_no_md5_is_believed_after_reading_back(
    tablet: TusTablet, photo: SeenPhoto, relay: Relay
) -> None:
    relay.order(Fault(puts_photo, retell=with_another_hash))
    assert tablet.create(photo.content, photo.content).status_code == 201
    of_the_photo = [request.method for request in relay.seen if sha256_of(photo.content) in request.path]
    assert of_the_photo[:2] == ["PUT", "GET"]
    photo.assert_it_is_whole()


@on_sqlite
@pytest.mark.parametrize("photo", [300_000, 18 * MB], indirect=True)
def test_a_photo_that_s3_did_not_store_as_it_was_sent_is_not_called_kept(
    tablet: TusTablet, photo: SeenPhoto, relay: Relay, settings: Settings, s3_server: S3Server
) -> None:
    key = place_of(sha256_of(photo.content), ORIGINAL)

    def store_otherwise(head: bytes) -> bytes:
        overwrite(settings, s3_server, key, photo.content[:-1] + b"!")
        return with_another_hash(head)

    upload = tablet.begin(photo.content, photo.content[:100_000])
    relay.order(Fault(puts_photo if len(photo.content) < MB else joins_photo, FOREVER, retell=store_otherwise))
    assert_told_to_wait(tablet.patch(upload, 100_000, photo.content[100_000:]), "photos.storage_unavailable")
    relay.heal()
    photo.assert_nothing_is_shown()
    assert tablet.offset(upload) == 100_000
    assert tablet.finish(upload, photo.content).status_code == 204
    photo.assert_it_is_whole()


@on_sqlite
def test_an_upload_that_is_given_up_while_s3_is_down_is_gone_and_its_bytes_are_swept(
    tablet: TusTablet, photo: SeenPhoto, relay: Relay, wiring: Wiring
) -> None:
    upload = tablet.begin(photo.content, photo.content[:100_000])
    relay.close()
    assert tablet.ask("DELETE", upload).status_code == 204
    assert tablet.ask("HEAD", upload).status_code == 404
    relay.listen()
    assert len(stretches_of(wiring)) == 1
    photo.assert_nothing_is_shown()


def overwrite(settings: Settings, server: S3Server, key: str, content: bytes) -> None:
    """Put other bytes in a photo's place, past our own code and the relay."""
    client = boto3.session.Session().client(
        "s3", endpoint_url=server.endpoint, region_name=settings.s3_region, aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
    )  # fmt: skip
    client.put_object(Bucket=server.bucket, Key=key, Body=content)
    client.close()
