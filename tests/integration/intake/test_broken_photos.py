"""Photos that arrive but cannot be shown: found out after the reply, and visible to the office."""

import hashlib
from collections.abc import Callable

import pytest
from sqlalchemy import select

from api.wiring import Wiring
from photos.addresses import ORIGINAL, SHOWN, place_of
from photos.processing import process_waiting
from photos.tables import Photo
from service_requests.broken_photos import flag_broken_photo
from service_requests.tables import ExpectedPhoto, Submission
from tests.builders import AFinding, a_photo
from tests.integration.intake.posts import Client, hane, send
from tests.unit.photos.sample_photos import a_heic

TRUNCATED = a_photo(size=(640, 480))[:-400]


@pytest.fixture
def process(wiring: Wiring, client: Client) -> Callable[[], None]:
    """Process the waiting photos when a test says so; the server's own thread is ended."""
    del client
    wiring.photo_processor.stop()

    def process_now() -> None:
        process_waiting(wiring.database, wiring.photo_storage, at=wiring.clock, failed=flag_broken_photo)

    return process_now


def visits(wiring: Wiring) -> list[Submission]:
    with wiring.database.reading() as session:
        return list(session.scalars(select(Submission).order_by(Submission.id)))


@pytest.mark.usefixtures("process")
def test_a_truncated_photo_is_accepted(client: Client, wiring: Wiring) -> None:
    assert send(client, hane(findings=[AFinding(photo="a.jpg")]), {"a.jpg": TRUNCATED}).status_code == 201
    assert [(visit.flags, visit.photos_received) for visit in visits(wiring)] == [("", 1)]


def test_a_truncated_photo_is_flagged_once_it_is_known(
    client: Client, wiring: Wiring, process: Callable[[], None]
) -> None:
    photos = {"a.jpg": TRUNCATED, "b.jpg": a_photo()}
    xml = hane(findings=[AFinding(photo="a.jpg"), AFinding(photo="b.jpg")])
    assert send(client, xml, photos).status_code == 201
    process()
    [visit] = visits(wiring)
    assert (visit.flags, visit.review, visit.photos_received) == (",photo.broken,", "open", 2)
    assert [(remark["path"], "açılamıyor" in remark["sentence"]) for remark in visit.remarks] == [("a.jpg", True)]


def test_sending_a_truncated_photo_again_keeps_it_flagged(
    client: Client, wiring: Wiring, process: Callable[[], None]
) -> None:
    xml = hane(findings=[AFinding(photo="a.jpg"), AFinding(photo="b.jpg")])
    assert send(client, xml, {"a.jpg": TRUNCATED}, incomplete=True).status_code == 201
    process()
    assert send(client, xml, {"a.jpg": TRUNCATED}).status_code == 201
    assert [visit.flags for visit in visits(wiring)] == [",photo.broken,photo.missing,"]
    assert send(client, xml, {"b.jpg": a_photo()}).status_code == 201
    assert [visit.flags for visit in visits(wiring)] == [",photo.broken,"]


def test_another_visit_with_a_photo_known_as_truncated_is_flagged_at_once(
    client: Client, wiring: Wiring, process: Callable[[], None]
) -> None:
    for _ in range(2):
        assert send(client, hane(findings=[AFinding(photo="a.jpg")]), {"a.jpg": TRUNCATED}).status_code == 201
    process()
    assert send(client, hane(findings=[AFinding(photo="a.jpg")]), {"a.jpg": TRUNCATED}).status_code == 201
    assert [visit.flags for visit in visits(wiring)] == [",photo.broken,"] * 3


def test_the_server_is_wired_to_flag_a_truncated_photo_by_itself(wiring: Wiring, client: Client) -> None:
    assert send(client, hane(findings=[AFinding(photo="a.jpg")]), {"a.jpg": TRUNCATED}).status_code == 201
    wiring.photo_processor.stop()
    # What was left when the thread ended is worked off here, by the very same rule.
    process_waiting(wiring.database, wiring.photo_storage, at=wiring.clock, failed=wiring.photo_processor.failed)
    assert [visit.flags for visit in visits(wiring)] == [",photo.broken,"]


def test_a_photo_of_an_iphone_is_accepted_and_can_be_shown(
    client: Client, wiring: Wiring, process: Callable[[], None]
) -> None:
    assert send(client, hane(findings=[AFinding(photo="a.heic")]), {"a.heic": a_heic()}).status_code == 201
    process()
    [visit] = visits(wiring)
    assert (visit.flags, visit.photos_received) == ("", 1)
    with wiring.database.reading() as session:
        photo = session.scalars(select(Photo)).one()
        place = session.scalars(select(ExpectedPhoto)).one()
    assert (photo.media_type, photo.failure, place.sha256) == ("image/heic", None, photo.sha256)
    with wiring.photo_storage.open_binary(photo.sha256, SHOWN) as shown:
        assert shown.read(3) == b"\xff\xd8\xff"


@pytest.mark.parametrize("lost", [None, b"damaged", "one bit"])
def test_a_photo_that_the_storage_lost_and_that_comes_again_is_whole_again(
    client: Client, wiring: Wiring, process: Callable[[], None], lost: bytes | str | None
) -> None:
    photo, xml = a_photo(), hane(findings=[AFinding(photo="a.jpg"), AFinding(photo="b.jpg")])
    assert send(client, xml, {"a.jpg": photo, "b.jpg": TRUNCATED}).status_code == 201
    sha256 = hashlib.sha256(photo).hexdigest()
    address = wiring.settings.resolved_photo_dir / place_of(sha256, ORIGINAL)
    if lost is None:
        address.unlink()
    else:
        address.write_bytes(lost if isinstance(lost, bytes) else bytes([photo[0] ^ 1]) + photo[1:])
    process()
    assert {remark["path"] for remark in visits(wiring)[0].remarks} == {"a.jpg", "b.jpg"}
    assert send(client, hane(findings=[AFinding(photo="c.jpg")]), {"c.jpg": photo}).status_code == 201
    process()
    first, second = visits(wiring)
    assert [remark["path"] for remark in first.remarks] == ["b.jpg"]
    assert (second.flags, second.remarks) == ("", [])
    with wiring.database.reading() as session:
        assert session.get_one(Photo, sha256).failure is None
        places = session.scalars(select(ExpectedPhoto).where(ExpectedPhoto.sha256 == sha256)).all()
        assert [place.reason for place in places] == [None, None]
    assert b"".join(wiring.photo_storage.read(sha256)) == photo
