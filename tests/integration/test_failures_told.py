"""What a failure tells and to whom: the problem to whoever asks, the cause to the log, a tablet's key to nobody."""

import logging
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import text

from api.wiring import Wiring
from foundation.settings import Settings
from tests.builders import AFinding, a_photo
from tests.fixtures.municipality import PASSWORD
from tests.fixtures.office import Office, wait_for_pictures
from tests.fixtures.s3_server import S3Server
from tests.integration.intake.posts import hane, sentence_of


class TestS3:
    """The office with its photos in S3."""

    @pytest.fixture
    def settings(self, database_url: str, tmp_path: Path, s3_server: S3Server) -> Settings:
        return Settings(
            data_dir=tmp_path / "var", database_url=database_url, database_pool=5, photo_storage="s3",
            s3_endpoint=s3_server.endpoint, s3_bucket=s3_server.bucket, s3_access_key=s3_server.access_key,
            s3_secret_key=s3_server.secret_key,
        )  # fmt: skip

    def test_a_photo_whose_storage_is_away_is_a_problem_without_its_cause(
        self, office: Office, wiring: Wiring, s3_server: S3Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert office.send(hane(findings=[AFinding(photo="a.jpg")]), {"a.jpg": a_photo(5)}).status_code == 201
        wait_for_pictures(wiring.database)
        [row] = office.get("koordinator", "/v1/submissions").json()["items"]
        [photo] = office.get("koordinator", f"/v1/submissions/{row['id']}").json()["photo_list"]
        s3_server.stop_answering()
        try:
            for variant in ("thumb", "shown", "original"):
                answer = office.get("koordinator", photo[f"{variant}_url"])
                assert (answer.status_code, answer.json()["code"]) == (503, "photos.storage_unavailable")
                assert int(answer.headers["retry-after"]) > 0
                assert set(answer.json()) == {"type", "title", "status", "detail", "code"}
                assert s3_server.endpoint.removeprefix("http://") not in answer.text
        finally:
            s3_server.answer_again()
        assert "photos.storage_unavailable" in caplog.text


@pytest.mark.parametrize("table", ["collect_key", "submission"])
def test_a_failure_below_a_tablets_key_is_logged_without_the_key(
    office: Office, wiring: Wiring, caplog: pytest.LogCaptureFixture, table: str
) -> None:
    user_id = str(office.municipality.users["saha"])
    made = office.post("koordinator", "/v1/tablets", json={"user_id": user_id, "label": "Tablet 1"})
    assert made.status_code == 201, made.text
    door = "/openrosa/key/" + made.json()["server_url"].rpartition("/")[2]
    token = door.rpartition("/")[2]
    with wiring.database.writing() as session:
        session.execute(text(f"ALTER TABLE {table} RENAME TO gone"))
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        files = [("xml_submission_file", ("form.xml", hane(), "text/xml"))]
        answer = office.client.post(f"{door}/submission", files=files)
    assert answer.status_code == 503
    assert "/openrosa/key/" in caplog.text
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]
    formatter = logging.Formatter()
    assert [record for record in ours if token in formatter.format(record)] == []
    assert token not in sentence_of(answer)


@pytest.mark.parametrize("name", ["koordinator", "mudurluk", "yonetici", "admin"])
def test_whoever_is_no_field_worker_gets_no_forms(client: TestClient[Litestar], name: str) -> None:
    answer = client.get("/openrosa/formList", auth=httpx.BasicAuth(name, PASSWORD))
    assert answer.status_code == 403
    assert "saha personeli" in sentence_of(answer)
    assert answer.headers["x-openrosa-version"] == "1.0"


def test_after_ten_wrong_passwords_the_door_answers_429_and_says_when_to_come_again(
    client: TestClient[Litestar],
) -> None:
    wrong = httpx.BasicAuth("saha", "yanlış")
    assert [client.get("/openrosa/formList", auth=wrong).status_code for _ in range(10)] == [401] * 10
    answer = client.get("/openrosa/formList", auth=wrong)
    assert (answer.status_code, int(answer.headers["retry-after"])) == (429, 900)
    told = client.post("/v1/sign-in", json={"username": "saha", "password": PASSWORD}, headers={"X-Saha": "1"})
    assert (told.status_code, told.json()["code"]) == (429, "auth.too_many_attempts")
