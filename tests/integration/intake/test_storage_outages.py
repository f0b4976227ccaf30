"""The photo storage fails in the middle: the tablet is told to send again, and the resend is one record."""

from pathlib import Path

import httpx
import pytest

from api.wiring import Wiring
from foundation.settings import Settings
from photos.tables import Photo
from service_requests.tables import Submission
from tests.builders import AFinding, a_photo
from tests.fixtures.live_server import LiveServer
from tests.fixtures.s3_server import S3Server
from tests.integration.intake.posts import Client, assert_recorded_once, assert_try_again, count, hane, send

SMALL, LARGE = a_photo(1), a_photo(2) + b"\0" * 3_000_000


class TestS3:
    """The same municipality with its photos in S3."""

    @pytest.fixture
    def settings(self, database_url: str, tmp_path: Path, s3_server: S3Server) -> Settings:
        return Settings(
            data_dir=tmp_path / "var", database_url=database_url, database_pool=5, photo_storage="s3",
            s3_endpoint=s3_server.endpoint, s3_bucket=s3_server.bucket, s3_access_key=s3_server.access_key,
            s3_secret_key=s3_server.secret_key,
        )  # fmt: skip

    def test_an_s3_that_goes_away_between_two_posts_is_503_and_the_resend_is_one_record(
        self, client: Client, wiring: Wiring, s3_server: S3Server
    ) -> None:
        xml = hane(findings=[AFinding(photo="a.jpg"), AFinding(photo="b.jpg")])
        assert send(client, xml, {"a.jpg": SMALL}, incomplete=True).status_code == 201
        s3_server.stop_answering()
        try:
            assert_try_again(send(client, xml, {"a.jpg": SMALL, "b.jpg": LARGE}))
            assert count(wiring.database, Photo) == 1
            # The large photo waited in a file; nobody else would take it away while the outage lasts.
            assert list((wiring.settings.data_dir / "incoming-photos").iterdir()) == []
            # Without photos nobody needs the storage.
            assert send(client, xml, incomplete=True).status_code == 201
        finally:
            s3_server.answer_again()
        assert send(client, xml, {"a.jpg": SMALL}, incomplete=True).status_code == 201
        assert send(client, xml, {"b.jpg": LARGE}).status_code == 201
        assert_recorded_once(wiring.database, findings=2, photos=2)


def test_a_full_disk_is_503_and_the_resend_is_one_record(live_server: LiveServer, wiring: Wiring) -> None:
    xml = hane(findings=[AFinding(photo="a.jpg"), AFinding(photo="b.jpg")])
    with httpx.Client(base_url=live_server.url, timeout=60) as client:
        live_server.limit_file_size(200_000)
        for photo in (LARGE, a_photo(3, size=(64, 48)) + b"\0" * 500_000):
            assert_try_again(send(client, xml, {"a.jpg": SMALL, "b.jpg": photo}))
        assert count(wiring.database, Submission) == 0
        live_server.limit_file_size(None)
        assert send(client, xml, {"a.jpg": SMALL, "b.jpg": LARGE}).status_code == 201
    assert_recorded_once(wiring.database, findings=2, photos=2)
    photos = wiring.settings.resolved_photo_dir
    assert list((photos / "incoming").iterdir()) == []
