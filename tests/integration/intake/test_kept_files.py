"""Whatever a tablet sends is kept: after a 201 it deletes its own copy. Through HTTP, on both databases."""

import hashlib
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from api.wiring import Wiring
from photos.processing import process_waiting
from photos.tables import Photo
from service_requests.tables import ExpectedPhoto, Submission
from tests.builders import a_photo
from tests.fixtures.office import Office

RECORDING = b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42isom" + b"ses" * 500
DOCUMENT = b"%PDF-1.7\n" + b"dilekce " * 100
AUDIT = b"event,node,start,end\nform start,,1763629200000,\n"
NOTE = "Fotoğraf yerine metin dosyası".encode()
OTHER_NOTE = "Başka bir metin dosyası".encode()
FORM = """
| survey   |         |       |          |
|          | type    | name  | label    |
|          | image   | foto  | Fotoğraf |
|          | audio   | ses   | Ses      |
|          | file    | belge | Belge    |
|          | audit   | audit |          |
| settings |         |       |          |
|          | form_id | form_title | version |
|          | kanit   | Kanıt | {version} |
"""


def publish(office: Office, version: str) -> None:
    file = {"file": ("kanit.md", FORM.format(version=version).encode(), "text/markdown")}
    assert office.post("admin", "/v1/forms", files=file).status_code == 201


@pytest.fixture
def published(office: Office) -> Office:
    publish(office, "1")
    return office


def evidence(*, version: str = "1", foto: str = "", ses: str = "", belge: str = "", audit: str = "") -> bytes:
    return (
        f'<data id="kanit" version="{version}"><foto>{foto}</foto><ses>{ses}</ses><belge>{belge}</belge>'
        f"<meta><instanceID>uuid:{uuid4()}</instanceID><audit>{audit}</audit></meta></data>"
    ).encode()


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def places(wiring: Wiring) -> dict[str, tuple[str, str | None]]:
    with wiring.database.reading() as session:
        return {row.file_name: (row.state, row.sha256) for row in session.scalars(select(ExpectedPhoto))}


def flags(wiring: Wiring) -> str:
    with wiring.database.reading() as session:
        return session.scalars(select(Submission)).one().flags


def page_of(office: Office) -> dict[str, Any]:
    [row] = office.get("koordinator", "/v1/submissions").json()["items"]
    page: dict[str, Any] = office.get("koordinator", f"/v1/submissions/{row['id']}").json()
    return page


def assert_every_file_is_there(wiring: Wiring, *contents: bytes) -> None:
    kept = {sha256 for _, sha256 in places(wiring).values()}
    for content in contents:
        assert sha256_of(content) in kept
        assert b"".join(wiring.photo_storage.read(sha256_of(content))) == content


def test_recordings_documents_and_the_audit_log_are_received_without_a_flag(published: Office, wiring: Wiring) -> None:
    xml = evidence(foto="a.jpg", ses="a.m4a", belge="a.pdf", audit="audit.csv")
    sent = {"a.jpg": a_photo(), "a.m4a": RECORDING, "a.pdf": DOCUMENT, "audit.csv": AUDIT}
    assert published.send(xml, sent).status_code == 201
    assert places(wiring) == {name: ("received", sha256_of(content)) for name, content in sent.items()}
    assert_every_file_is_there(wiring, *sent.values())
    with wiring.database.reading() as session:
        visit = session.scalars(select(Submission)).one()
        assert (visit.flags, visit.photos_expected, visit.photos_received) == ("", 4, 4)


def test_what_is_no_image_is_never_decoded(published: Office, wiring: Wiring) -> None:
    wiring.photo_processor.stop()
    assert published.send(evidence(foto="a.jpg", ses="a.m4a"), {"a.jpg": NOTE, "a.m4a": RECORDING}).status_code == 201
    with wiring.database.reading() as session:
        rows = session.scalars(select(Photo)).all()
        assert {(row.failure, row.processed_at is None) for row in rows} == {("photos.not_an_image", False)}
    assert process_waiting(wiring.database, wiring.photo_storage, at=wiring.clock) == 0


def test_a_text_file_sent_as_a_photo_is_refused_kept_and_can_be_downloaded(published: Office, wiring: Wiring) -> None:
    assert published.send(evidence(foto="foto.jpg"), {"foto.jpg": NOTE}).status_code == 201
    assert places(wiring) == {"foto.jpg": ("refused", sha256_of(NOTE))}
    assert flags(wiring) == ",photo.refused,"
    page = page_of(published)
    [shown] = page["photo_list"]
    assert (shown["state"], shown["is_image"], shown["thumb_url"]) == ("refused", False, None)
    assert "fotoğraf değil" in shown["reason"]
    [remark] = page["remarks"]
    assert (remark["code"], "fotoğraf değil" in remark["sentence"]) == ("photo.refused", True)
    download = published.get("koordinator", shown["original_url"])
    assert download.content == NOTE
    assert download.headers["content-type"] == "application/octet-stream"
    assert download.headers["content-disposition"].startswith("attachment")
    assert download.headers["x-content-type-options"] == "nosniff"


def test_a_recording_is_shown_as_received_and_can_be_downloaded(published: Office) -> None:
    assert published.send(evidence(ses="a.m4a"), {"a.m4a": RECORDING}).status_code == 201
    [shown] = page_of(published)["photo_list"]
    assert (shown["state"], shown["is_image"], shown["reason"], shown["thumb_url"]) == ("received", False, None, None)
    assert published.get("koordinator", shown["original_url"]).content == RECORDING


def test_a_photo_that_follows_a_refused_file_takes_its_place_and_both_stay(published: Office, wiring: Wiring) -> None:
    xml = evidence(foto="a.jpg")
    photo = a_photo()
    assert published.send(xml, {"a.jpg": NOTE}).status_code == 201
    for _ in range(2):
        assert published.send(xml, {"a.jpg": photo}).status_code == 201
        beside = f"a.jpg#{sha256_of(NOTE)[:12]}"
        assert places(wiring) == {
            "a.jpg": ("received", sha256_of(photo)), beside: ("unexpected", sha256_of(NOTE)),
        }  # fmt: skip
        assert flags(wiring) == ",photo.unexpected,"
        assert published.send(xml, {"a.jpg": NOTE}).status_code == 201
    assert_every_file_is_there(wiring, NOTE, photo)


def test_a_file_that_follows_the_photo_is_kept_beside_it(published: Office, wiring: Wiring) -> None:
    xml = evidence(foto="a.jpg")
    photo = a_photo()
    for content in (photo, NOTE, OTHER_NOTE):
        assert published.send(xml, {"a.jpg": content}).status_code == 201
    assert places(wiring)["a.jpg"] == ("received", sha256_of(photo))
    assert flags(wiring) == ",photo.unexpected,"
    assert_every_file_is_there(wiring, photo, NOTE, OTHER_NOTE)


def test_two_different_files_that_are_no_photo_are_both_kept(published: Office, wiring: Wiring) -> None:
    xml = evidence(foto="a.jpg")
    for content in (NOTE, OTHER_NOTE):
        assert published.send(xml, {"a.jpg": content}).status_code == 201
    assert places(wiring)["a.jpg"] == ("refused", sha256_of(NOTE))
    assert flags(wiring) == ",photo.refused,photo.unexpected,"
    assert_every_file_is_there(wiring, NOTE, OTHER_NOTE)


def test_a_known_file_comes_again_in_another_visit_and_is_judged_by_its_question(
    published: Office, wiring: Wiring
) -> None:
    assert published.send(evidence(belge="a.txt"), {"a.txt": NOTE}).status_code == 201
    assert published.send(evidence(foto="a.jpg"), {"a.jpg": NOTE}).status_code == 201
    assert published.send(evidence(belge="b.txt"), {"b.txt": NOTE}).status_code == 201
    with wiring.database.reading() as session:
        all_flags = session.scalars(select(Submission.flags).order_by(Submission.id)).all()
    assert all_flags == ["", ",photo.refused,", ""]


def test_an_unnamed_file_that_is_no_image_is_kept_as_unexpected(published: Office, wiring: Wiring) -> None:
    assert published.send(evidence(), {"fazla.bin": NOTE}).status_code == 201
    assert places(wiring) == {"fazla.bin": ("unexpected", sha256_of(NOTE))}
    assert flags(wiring) == ",photo.unexpected,"


def test_files_of_a_held_submission_are_judged_once_its_version_is_known(published: Office, wiring: Wiring) -> None:
    xml = evidence(version="2", foto="a.jpg", ses="a.m4a")
    assert published.send(xml, {"a.jpg": NOTE, "a.m4a": RECORDING}).status_code == 201
    assert {state for state, _ in places(wiring).values()} == {"unexpected"}
    publish(published, "2")
    assert places(wiring) == {"a.jpg": ("refused", sha256_of(NOTE)), "a.m4a": ("received", sha256_of(RECORDING))}
    assert flags(wiring) == ",photo.refused,"
    photo = a_photo()
    assert published.send(xml, {"a.jpg": photo}).status_code == 201
    assert places(wiring)["a.jpg"] == ("received", sha256_of(photo))
    assert_every_file_is_there(wiring, NOTE, RECORDING, photo)


def test_a_held_submission_with_file_and_photo_of_one_name_shows_the_photo(published: Office, wiring: Wiring) -> None:
    xml = evidence(version="2", foto="a.jpg")
    photo = a_photo()
    for content in (NOTE, photo):
        assert published.send(xml, {"a.jpg": content}).status_code == 201
    publish(published, "2")
    beside = f"a.jpg#{sha256_of(NOTE)[:12]}"
    assert places(wiring) == {"a.jpg": ("received", sha256_of(photo)), beside: ("unexpected", sha256_of(NOTE))}
    assert flags(wiring) == ",photo.unexpected,"


def test_files_of_a_replayed_submission_are_judged_as_if_they_came_now(office: Office, wiring: Wiring) -> None:
    xml = evidence(foto="a.jpg", ses="a.m4a", audit="audit.csv")
    sent = {"a.jpg": NOTE, "a.m4a": RECORDING, "audit.csv": AUDIT}
    assert office.send(xml, sent).status_code == 404
    publish(office, "1")
    [row] = office.get("koordinator", "/v1/quarantine").json()["items"]
    replayed = office.post("koordinator", f"/v1/quarantine/{row['id']}/replay")
    assert replayed.status_code == 200, replayed.text
    assert {name: state for name, (state, _) in places(wiring).items()} == {
        "a.jpg": "refused", "a.m4a": "received", "audit.csv": "received",
    }  # fmt: skip
    assert flags(wiring) == ",photo.refused,"
    assert_every_file_is_there(wiring, *sent.values())
