"""What tus 1.0 and we do not take: damaged parts, other versions, announcements and bytes that cannot be."""

import hashlib
from base64 import b64encode
from datetime import timedelta

import pytest
from sqlalchemy import select

from api.wiring import Wiring
from photos.inspection import MAX_PHOTO_BYTES
from photos.tables import PhotoUpload
from tests.builders import a_photo
from tests.fixtures.municipality import NOON
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


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_part_that_was_damaged_on_its_way_is_refused_and_the_upload_stays_where_it_was(
    tablet: TusTablet, wiring: Wiring, algorithm: str
) -> None:
    content = a_large_photo(100_000)
    upload = tablet.begin(content, content[:500])

    def checksum(part: bytes) -> dict[str, str]:
        return {"Upload-Checksum": f"{algorithm} {b64encode(hashlib.new(algorithm, part).digest()).decode()}"}

    answer = tablet.patch(upload, 500, b"\0" * 99_500, checksum(content[500:]))
    assert (answer.status_code, answer.json()["code"]) == (460, "photos.wrong_checksum")
    assert tablet.offset(upload) == 500
    assert tablet.patch(upload, 500, content[500:], checksum(content[500:])).status_code == 204
    assert kept_bytes(wiring, content) == content


def test_a_large_part_with_a_checksum_counts_whole_or_not_at_all(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_large_photo(12 * MB)
    upload = tablet.begin(content)
    wrong = {"Upload-Checksum": f"sha256 {b64encode(b'x' * 32).decode()}"}
    assert tablet.patch(upload, 0, content[: 11 * MB], wrong).status_code == 460
    assert tablet.offset(upload) == 0
    assert stretches_of(wiring) == []


UNREADABLE = (400, "photos.bad_upload")


@pytest.mark.parametrize(
    ("header", "told"),
    [("md5 abcd", UNREADABLE), ("sha256 not-base64!", UNREADABLE), ("", UNREADABLE),
     ("sha256", (460, "photos.wrong_checksum"))],
)  # fmt: skip
def test_a_checksum_that_is_none_of_ours_is_refused(tablet: TusTablet, header: str, told: tuple[int, str]) -> None:
    upload = tablet.begin(a_photo())
    answer = tablet.patch(upload, 0, b"x", {"Upload-Checksum": header})
    assert (answer.status_code, answer.json()["code"]) == told
    assert tablet.offset(upload) == 0


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("version", ["0.2.2", "1.1.0", ""])
def test_other_versions_are_told_ours(tablet: TusTablet, method: str, version: str) -> None:
    upload = tablet.begin(a_photo(), b"\xff")
    answer = tablet.ask(method, UPLOADS if method == "POST" else upload, {"Tus-Resumable": version})
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert tablet.offset(upload) == 1


def test_bytes_of_another_content_type_are_refused(tablet: TusTablet) -> None:
    content = a_photo()
    upload = tablet.begin(content)
    for content_type in ("image/jpeg", "application/octet-stream", ""):
        answer = tablet.patch(upload, 0, content, {"Content-Type": content_type})
        assert (answer.status_code, answer.json()["code"]) == (415, "photos.other_content_type")
        answer = tablet.create(content, content, headers={"Content-Type": content_type})
        assert answer.status_code == 415
    assert tablet.offset(upload) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "0"}, 400),
        ({"Upload-Length": "-5"}, 400),
        ({"Upload-Length": "many"}, 400),
        ({"Upload-Length": "９"}, 400),
        ({"Upload-Length": "", "Upload-Defer-Length": "1"}, 400),
        ({"Upload-Length": str(MAX_PHOTO_BYTES + 1)}, 413),
        ({"Upload-Length": "9" * 40}, 400),
        ({"Upload-Metadata": ""}, 400),
        ({"Upload-Metadata": "filename YS5qcGc="}, 400),
        ({"Upload-Metadata": "sha256"}, 400),
        ({"Upload-Metadata": "sha256 !!!"}, 400),
        ({"Upload-Metadata": "sha256 YWJj"}, 400),
        ({"Upload-Metadata": f"sha256 {b64encode(b'a' * 64).decode()},sha256 {b64encode(b'b' * 64).decode()}"}, 400),
        ({"Upload-Metadata": f"sha256 {b64encode(b'../' * 21 + b'x').decode()}"}, 400),
    ],
)
def test_announcements_that_cannot_be_are_refused_and_begin_nothing(
    tablet: TusTablet, wiring: Wiring, headers: dict[str, str], status: int
) -> None:
    encoded = {name: value.encode() for name, value in headers.items()}
    answer = tablet.create(a_photo(), headers=encoded)  # type: ignore[arg-type]  # httpx takes bytes, too
    assert answer.status_code == status, answer.text
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert rows(wiring) == []


def test_other_metadata_and_capital_digits_do_not_disturb(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_photo(9)
    hash_given = b64encode(sha256_of(content).upper().encode()).decode()
    metadata = {"Upload-Metadata": f"filename YS5qcGc=, is_confidential, sha256 {hash_given}"}
    assert tablet.create(content, content, headers=metadata).status_code == 201
    assert kept_bytes(wiring, content) == content


def test_more_bytes_than_announced_are_refused_however_they_come(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_photo()
    upload = tablet.begin(content, content[:100])
    told = tablet.patch(upload, 100, content[100:] + b"!")
    untold = tablet.ask("PATCH", upload, {"Upload-Offset": "100", **BYTES}, content=iter([content[100:], b"!"]))
    for answer in (told, untold):
        assert (answer.status_code, answer.json()["code"]) == (413, "photos.upload_too_large")
    assert tablet.offset(upload) == 100
    assert tablet.create(content, content + b"!").status_code == 413
    assert len(rows(wiring)) == 1
    assert tablet.finish(upload, content).status_code == 204
    assert kept_bytes(wiring, content) == content


def test_the_largest_photo_is_taken(tablet: TusTablet, wiring: Wiring) -> None:
    content = a_large_photo(MAX_PHOTO_BYTES)
    upload = tablet.begin(content, content[: 23 * MB])
    assert tablet.finish(upload, content).status_code == 204
    assert wiring.photo_storage.byte_size(sha256_of(content)) == MAX_PHOTO_BYTES
