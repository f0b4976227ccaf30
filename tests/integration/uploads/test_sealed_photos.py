"""A photo that its worker's key encrypted on the tablet arrives as the photo itself, and nothing else passes for it."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select

from api import sync_body
from api.routes.sealed_photos import MOST_SEALED_BYTES
from api.wiring import Wiring
from service_requests.tables import ExpectedPhoto
from teams.tablet_keys import seal_for, worker_key
from tests.builders import a_photo
from tests.fixtures.municipality import Municipality
from tests.integration.uploads.conftest import Tablets
from tests.integration.uploads.requests import TusTablet, a_large_photo, push_promise, sha256_of

PHOTO = a_photo()


class SealingTablet:
    """The first tablet, with the key that a worker was given on it."""

    def __init__(self, tablets: Tablets, wiring: Wiring, place: Municipality) -> None:
        self.tablet, self.worker = tablets.first, place.users["saha"]
        self.key = worker_key(wiring.secret_key, self.tablet.device_id, self.worker)

    def send(self, sealed: bytes, sha256: str, bound_to: str = "p1") -> tuple[int, str]:
        """Return status and code."""
        answer = self.tablet.ask(
            "POST", f"/v1/photos/sealed/{self.worker}/{bound_to}", content=sealed,
            headers={"Upload-Metadata": f"sha256 {b64encode(sha256.encode()).decode()}"},
        )  # fmt: skip
        return answer.status_code, answer.json()["code"] if answer.content else ""


@pytest.fixture
def sealing(tablets: Tablets, wiring: Wiring, municipality: Municipality) -> SealingTablet:
    return SealingTablet(tablets, wiring, municipality)


def test_a_sealed_photo_is_kept_as_the_photo_and_settles_who_awaits_it(
    sealing: SealingTablet, tablet: TusTablet, wiring: Wiring
) -> None:
    push_promise(sealing.tablet, sealing.worker, {"a.jpg": PHOTO})
    for _ in range(2):
        assert sealing.send(seal_for(sealing.key, PHOTO, b"p1"), sha256_of(PHOTO)) == (204, "")
    assert tablet.plan(PHOTO)[0]["do"] == "have"
    assert b"".join(wiring.photo_storage.read(sha256_of(PHOTO))) == PHOTO
    with wiring.database.reading() as session:
        assert session.scalars(select(ExpectedPhoto.state)).all() == ["received"]


def test_what_cannot_be_opened_or_is_another_photo_is_not_kept(sealing: SealingTablet, tablet: TusTablet) -> None:
    sealed = seal_for(sealing.key, PHOTO, b"p1")
    other_key = bytes(32)
    for content, bound_to in (
        (sealed, "p2"), (sealed[:-1], "p1"), (sealed[:5], "p1"), (b"", "p1"), (PHOTO, "p1"),
        (seal_for(other_key, PHOTO, b"p1"), "p1"), (seal_for(sealing.key, a_photo(9), b"p1"), "p1"),
        (seal_for(sealing.key, b"", b"p1"), "p1"),
    ):  # fmt: skip
        assert sealing.send(content, sha256_of(PHOTO), bound_to) == (460, "photos.wrong_hash")
    assert tablet.plan(PHOTO)[0]["do"] == "upload"
    assert sealing.send(sealed, "") == (400, "photos.bad_upload")


def test_more_than_can_be_opened_at_once_is_refused(sealing: SealingTablet, tablet: TusTablet) -> None:
    largest = a_large_photo(5 * 1024 * 1024)
    sealed = seal_for(sealing.key, largest, b"p1")
    assert len(sealed) == MOST_SEALED_BYTES
    assert sealing.send(sealed + b"x", sha256_of(largest)) == (413, "photos.upload_too_large")
    assert sealing.send(sealed, sha256_of(largest)) == (204, "")
    assert tablet.plan(largest)[0]["do"] == "have"


def test_a_sealed_photo_whose_line_falls_silent_is_given_up(
    sealing: SealingTablet, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_body, "_LONGEST_SILENCE_S", 0.05)
    headers = {
        "Authorization": f"Bearer {sealing.tablet.token}",
        "Upload-Metadata": f"sha256 {b64encode(sha256_of(PHOTO).encode()).decode()}",
    }

    async def half_of_it() -> AsyncIterator[bytes]:
        yield seal_for(sealing.key, PHOTO, b"p1")[:100]
        await asyncio.Event().wait()

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local") as http:
            address = f"/v1/photos/sealed/{sealing.worker}/p1"
            return await asyncio.wait_for(http.post(address, content=half_of_it(), headers=headers), 30)

    answer = asyncio.run(send())
    assert (answer.status_code, answer.json()["code"]) == (408, "sync.fell_silent")
