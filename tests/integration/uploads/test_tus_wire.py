"""What tus 1.0 says of the wire, and what we say of input that cannot be."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from api.wiring import Wiring
from photos.inspection import MAX_PHOTO_BYTES
from photos.tables import Photo, PhotoUpload
from tests.builders import a_photo
from tests.fixtures.municipality import NOON, SetClock
from tests.fixtures.office import Office
from tests.integration.uploads.conftest import Tablets
from tests.integration.uploads.requests import BYTES, UPLOADS, TusTablet, a_large_photo, sha256_of

MB = 1024 * 1024
# What the database has to say is tried on both engines beside this (`test_uploads_at_once`, `test_awaited_photos`).
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def kept_bytes(wiring: Wiring, content: bytes) -> bytes:
    return b"".join(wiring.photo_storage.read(sha256_of(content)))


def stretches_of(wiring: Wiring) -> list[str]:
    return list(wiring.photo_storage.stretches.list_older_than(NOON + timedelta(days=36500)))


def rows(wiring: Wiring) -> list[PhotoUpload]:
    with wiring.database.reading() as session:
        return list(session.scalars(select(PhotoUpload)))


def test_whoever_asks_is_told_what_we_speak_without_signing_in(client: TestClient[Litestar]) -> None:
    answer = client.options(UPLOADS)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == str(MAX_PHOTO_BYTES)
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "expiration", "termination",
    }  # fmt: skip
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha256,sha1"


def test_a_photo_in_three_parts_is_kept_whole_under_its_hash(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_large_photo(300_000)
    upload = tablet.begin(content)
    assert tablet.offset(upload) == 0
    for start, end in ((0, 1), (1, 200_000), (200_000, 300_000)):
        answer = tablet.patch(upload, start, content[start:end])
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(end))
        assert answer.headers["Tus-Resumable"] == "1.0.0"
        assert tablet.offset(upload) == end
    assert kept_bytes(wiring, content) == content
    assert stretches_of(wiring) == []
    with wiring.database.reading() as session:
        photo = session.get_one(Photo, sha256_of(content))
        assert (photo.byte_size, photo.media_type) == (300_000, "image/jpeg")


def test_a_photo_that_comes_with_its_creation_is_kept_at_once(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_photo(7)
    answer = tablet.create(content, content)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(content)))
    assert kept_bytes(wiring, content) == content
    head = tablet.ask("HEAD", answer.headers["Location"])
    assert head.headers["Upload-Offset"] == head.headers["Upload-Length"] == str(len(content))
    assert head.headers["Cache-Control"] == "no-store"
    assert "Upload-Expires" not in head.headers


def test_the_first_bytes_may_come_with_the_creation(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_large_photo(100_000)
    answer = tablet.create(content, content[:40_000])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "40000")
    assert tablet.finish(answer.headers["Location"], content).status_code == 204
    assert kept_bytes(wiring, content) == content


def test_a_large_photo_in_one_request_is_made_durable_on_the_way(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_large_photo(17 * MB)
    upload = tablet.begin(content)
    assert tablet.patch(upload, 0, content).headers["Upload-Offset"] == str(len(content))
    assert kept_bytes(wiring, content) == content
    assert stretches_of(wiring) == []


def test_a_body_of_unknown_length_is_taken(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_large_photo(100_000)
    upload = tablet.begin(content)

    def pieces() -> Iterator[bytes]:
        yield content[:10]
        yield content[10:70_000]
        yield content[70_000:]

    at = {"Upload-Offset": "0", **BYTES}
    assert tablet.ask("PATCH", upload, at, content=pieces()).status_code == 204
    assert kept_bytes(wiring, content) == content


def test_bytes_that_go_on_elsewhere_are_refused_and_the_place_is_told(tablet: TusTablet) -> None:
    content = a_large_photo(100_000)
    upload = tablet.begin(content, content[:500])
    for offset in (0, 499, 501, 100_000):
        answer = tablet.patch(upload, offset, content[offset : offset + 10])
        assert (answer.status_code, answer.json()["code"]) == (409, "photos.wrong_offset")
        assert answer.headers["Upload-Offset"] == "500"
    assert tablet.offset(upload) == 500


def test_an_answer_that_was_lost_costs_no_second_upload(tablet: TusTablet) -> None:
    content = a_photo(3)
    upload = tablet.begin(content)
    assert tablet.patch(upload, 0, content).status_code == 204
    assert tablet.offset(upload) == len(content)
    assert tablet.patch(upload, len(content), b"").status_code == 204
    again = tablet.patch(upload, 0, content)
    assert (again.status_code, again.headers["Upload-Offset"]) == (409, str(len(content)))


def test_other_bytes_than_announced_are_refused_at_the_end_and_nothing_stays(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_large_photo(100_000)
    lie = sha256_of(b"another photo")
    upload = tablet.create(content, content[:50_000], sha256=lie).headers["Location"]
    answer = tablet.patch(upload, 50_000, content[50_000:])
    assert (answer.status_code, answer.json()["code"]) == (460, "photos.wrong_hash")
    at_once = tablet.create(content, content, sha256=lie)
    assert (at_once.status_code, at_once.json()["code"]) == (460, "photos.wrong_hash")
    assert tablet.ask("HEAD", upload).status_code == 404
    assert stretches_of(wiring) == []
    assert rows(wiring) == []
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Photo)) == 0
    # Begun anew, it is taken.
    assert tablet.create(content, content).status_code == 201


def test_an_upload_ends_seven_days_after_its_last_byte(tablet: TusTablet, clock: SetClock) -> None:
    content = a_large_photo(1000)
    created = tablet.create(content)
    upload = created.headers["Location"]
    assert parsedate_to_datetime(created.headers["Upload-Expires"]) == NOON + timedelta(days=7)
    clock.now = NOON + timedelta(days=6)
    longer = tablet.patch(upload, 0, content[:10])
    assert parsedate_to_datetime(longer.headers["Upload-Expires"]) == NOON + timedelta(days=13)
    clock.now = NOON + timedelta(days=13)
    for answer in (tablet.ask("HEAD", upload), tablet.patch(upload, 10, content[10:]), tablet.ask("DELETE", upload)):
        assert answer.status_code == 404
    assert tablet.plan(content)[0]["upload"] is None


def test_an_upload_can_be_given_up(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_large_photo(1000)
    upload = tablet.begin(content, content[:10])
    assert len(stretches_of(wiring)) == 1
    assert tablet.ask("DELETE", upload).status_code == 204
    assert stretches_of(wiring) == []
    assert tablet.ask("HEAD", upload).status_code == 404
    assert tablet.patch(upload, 10, content[10:]).json()["code"] == "photos.no_upload"
    assert tablet.ask("DELETE", upload).status_code == 404


def test_giving_up_a_complete_upload_leaves_the_photo(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_photo()
    upload = tablet.begin(content, content)
    assert tablet.ask("DELETE", upload).status_code == 204
    assert kept_bytes(wiring, content) == content
    assert tablet.plan(content)[0]["do"] == "upload"


def test_the_method_may_be_named_in_a_header(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_large_photo(1000)
    upload = tablet.begin(content)
    at = {"Upload-Offset": "0", **BYTES, "X-HTTP-Method-Override": "PATCH"}
    assert tablet.ask("POST", upload, at, content=content[:10]).status_code == 204
    assert tablet.ask("POST", upload, {"X-HTTP-Method-Override": "HEAD"}).headers["Upload-Offset"] == "10"
    assert tablet.ask("POST", upload, {"X-HTTP-Method-Override": "PUT"}).status_code == 400
    assert tablet.ask("POST", upload).status_code == 400
    assert tablet.ask("POST", upload, {"X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert rows(wiring) == []


def test_a_tablet_that_begins_without_end_is_stopped(
    tablet: TusTablet, wiring: Wiring, tablets: Tablets, office: Office
) -> None:
    content = a_large_photo(1000)
    with wiring.database.writing() as session:
        session.add_all(
            PhotoUpload(
                id=uuid4(), device_id=tablets.first.device_id, team_id=office.municipality.team,
                sha256=sha256_of(content), byte_size=1000, created_at=NOON, expires_at=NOON + timedelta(days=7),
            )
            for _ in range(199)
        )  # fmt: skip
    assert tablet.create(content).status_code == 201
    for first in (b"", content[:10]):
        refused = tablet.create(content, first)
        assert (refused.status_code, refused.json()["code"]) == (429, "photos.too_many_uploads")
        assert int(refused.headers["Retry-After"]) > 0
    assert stretches_of(wiring) == []
    # A whole photo is under way no longer than its request; and another tablet has room of its own.
    assert tablet.create(content, content).status_code == 201
    assert TusTablet(tablet.client, tablets.second.token).create(content).status_code == 201


def test_byte_by_byte_makes_few_stretches(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_photo()[:400] + b"x" * 200
    upload = tablet.begin(content)
    for at in range(80):
        assert tablet.patch(upload, at, content[at : at + 1]).status_code == 204
    assert len(stretches_of(wiring)) < 10
    assert tablet.finish(upload, content).status_code == 204
    assert kept_bytes(wiring, content) == content


def test_two_uploads_of_one_photo_end_in_one_object(tablet: TusTablet, wiring: Wiring, tablets: Tablets) -> None:
    content = a_large_photo(1000)
    other = TusTablet(tablet.client, tablets.foreign.token)
    first, second = tablet.begin(content, content[:10]), other.begin(content, content[:500])
    assert tablet.finish(first, content).status_code == 204
    assert other.finish(second, content).status_code == 204
    assert kept_bytes(wiring, content) == content
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Photo)) == 1
