"""A photo that was uploaded on its own reaches the submissions that await it, of its own team and no other."""

from uuid import UUID, uuid4

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from api.wiring import Wiring
from photos.tables import Photo
from service_requests.tables import ExpectedPhoto, Submission
from tests.builders import AFinding, a_photo, a_submission
from tests.fixtures.municipality import version_of
from tests.fixtures.office import Office, wait_for_pictures
from tests.integration.uploads.conftest import Tablets
from tests.integration.uploads.requests import TusTablet, a_large_photo, push_promise, sha256_of

local_only = pytest.mark.parametrize("storage_kind", ["local"])
pytestmark = local_only


def places(wiring: Wiring) -> dict[tuple[UUID | None, str], tuple[str, str | None]]:
    """Tell (state, sha256) of each (team, file name)."""
    with wiring.database.reading() as session:
        rows = session.execute(
            select(Submission.team_id, ExpectedPhoto).join(Submission, Submission.id == ExpectedPhoto.submission_id)
        )
        return {(team_id, place.file_name): (place.state, place.sha256) for team_id, place in rows}


def test_the_submissions_of_the_team_are_told_and_those_of_another_go_on_waiting(
    client: TestClient[Litestar], office: Office, tablets: Tablets, wiring: Wiring
) -> None:
    photo, other = a_large_photo(40_000), a_photo(5)
    place = office.municipality
    push_promise(tablets.first, place.users["saha"], {"a.jpg": photo, "b.jpg": other})
    push_promise(tablets.foreign, place.users["saha2"], {"a.jpg": photo})
    uploading = TusTablet(client, tablets.second.token)
    upload = uploading.begin(photo, photo[:100])
    assert places(wiring)[(place.team, "a.jpg")] == ("awaited", None)
    assert uploading.finish(upload, photo).status_code == 204
    assert places(wiring) == {
        (place.team, "a.jpg"): ("received", sha256_of(photo)),
        (place.team, "b.jpg"): ("awaited", None),
        (place.other_team, "a.jpg"): ("awaited", None),
    }
    with wiring.database.reading() as session:
        counts = {
            row.team_id: (row.photos_expected, row.photos_received) for row in session.scalars(select(Submission))
        }
    assert counts == {place.team: (2, 1), place.other_team: (1, 0)}
    told = {item["id"]: item for item in tablets.first.pull_all() if item["kind"] == "submission"}
    assert [item["photos"] for item in told.values()] == [{"a.jpg": "verified", "b.jpg": "awaited"}]
    # The other team has to bring the bytes itself, though they lie here.
    foreign = TusTablet(client, tablets.foreign.token)
    assert foreign.plan(photo)[0]["do"] == "upload"
    assert foreign.create(photo, photo).status_code == 201
    assert places(wiring)[(place.other_team, "a.jpg")] == ("received", sha256_of(photo))


def test_what_must_be_a_picture_and_is_none_is_refused_and_kept(
    client: TestClient[Litestar], office: Office, tablets: Tablets, wiring: Wiring
) -> None:
    place = office.municipality
    text = b"not a picture at all"
    push_promise(tablets.first, place.users["saha"], {"a.jpg": text})
    assert TusTablet(client, tablets.first.token).create(text, text).status_code == 201
    assert places(wiring) == {(place.team, "a.jpg"): ("refused", sha256_of(text))}
    assert b"".join(wiring.photo_storage.read(sha256_of(text))) == text
    with wiring.database.reading() as session:
        assert ",photo.refused," in session.scalars(select(Submission.flags)).one()
        assert session.get_one(Photo, sha256_of(text)).failure == "photos.not_an_image"
    told = next(item for item in tablets.first.pull_all() if item["kind"] == "submission")
    assert told["photos"] == {"a.jpg": "refused"}


def test_a_photo_that_was_here_before_its_submission_is_received_at_once(
    client: TestClient[Litestar], office: Office, tablets: Tablets, wiring: Wiring
) -> None:
    place = office.municipality
    photo = a_photo(3)
    assert TusTablet(client, tablets.second.token).create(photo, photo).status_code == 201
    assert TusTablet(client, tablets.first.token).plan(photo)[0]["do"] == "have"
    push_promise(tablets.first, place.users["saha"], {"a.jpg": photo})
    push_promise(tablets.foreign, place.users["saha2"], {"a.jpg": photo})
    assert places(wiring)[(place.team, "a.jpg")] == ("received", sha256_of(photo))
    assert places(wiring)[(place.other_team, "a.jpg")] == ("awaited", None)


def test_an_uploaded_photo_is_decoded_like_any_other(
    client: TestClient[Litestar], tablets: Tablets, wiring: Wiring
) -> None:
    whole, broken = a_photo(3), a_photo(4)[:200]
    for content in (whole, broken):
        assert TusTablet(client, tablets.first.token).create(content, content).status_code == 201
    wait_for_pictures(wiring.database)
    assert wiring.photo_storage.byte_size(sha256_of(whole), "thumb") > 0
    with wiring.database.reading() as session:
        assert session.get_one(Photo, sha256_of(whole)).failure is None
        assert session.get_one(Photo, sha256_of(broken)).failure is not None


def test_a_plan_says_what_is_needed_and_where_it_goes_on(
    client: TestClient[Litestar], tablets: Tablets, office: Office
) -> None:
    here, under_way, unknown, foreign_one = (a_photo(n) for n in range(4))
    assert office.send(
        a_submission(version=version_of("hane"), findings=[AFinding(photo="a.jpg")]), {"a.jpg": here}
    ).is_success
    tablet, foreign = TusTablet(client, tablets.first.token), TusTablet(client, tablets.foreign.token)
    tablet.begin(under_way)
    furthest = tablet.begin(under_way, under_way[:10])
    foreign.begin(foreign_one, foreign_one[:10])
    assert [(row["do"], row["upload"]) for row in tablet.plan(here, under_way, unknown, foreign_one, here)] == [
        ("have", None), ("upload", furthest), ("upload", None), ("upload", None), ("have", None),
    ]  # fmt: skip
    assert foreign.plan(here)[0]["do"] == "upload"
    assert TusTablet(client, tablets.second.token).plan(under_way)[0]["upload"] is None


@pytest.mark.parametrize(
    "question",
    [
        {}, {"photos": "x"}, {"photos": [{"sha256": "AB" * 32}]}, {"photos": [{"sha256": "../" * 21 + "x"}]},
        {"photos": [{"sha256": "ab" * 32, "byte_size": -1}]}, {"photos": [{"sha256": "ab" * 32}] * 201},
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_is_refused(tablet: TusTablet, question: dict[str, object]) -> None:
    answer = tablet.ask("POST", "/v1/photos/plan", json=question)
    assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid")


def test_an_upload_is_its_tablets_own(client: TestClient[Litestar], tablets: Tablets) -> None:
    content = a_large_photo(1000)
    upload = TusTablet(client, tablets.first.token).begin(content, content[:10])
    unknown = f"/v1/photos/uploads/{uuid4()}"
    for other in (tablets.second, tablets.foreign):
        asking = TusTablet(client, other.token)
        for method in ("HEAD", "PATCH", "DELETE"):
            headers = {"Upload-Offset": "10", "Content-Type": "application/offset+octet-stream"}
            answers = [asking.ask(method, path, headers) for path in (upload, unknown)]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert answers[0].content == answers[1].content
    assert TusTablet(client, tablets.first.token).offset(upload) == 10


def test_a_photo_that_came_by_the_other_door_is_told_to_whoever_awaits_it(
    office: Office, tablets: Tablets, wiring: Wiring
) -> None:
    photo = a_photo(7)
    push_promise(tablets.first, office.municipality.users["saha"], {"a.jpg": photo})
    xml = a_submission(version=version_of("hane"), findings=[AFinding(photo="b.jpg")])
    assert office.send(xml, {"b.jpg": photo}).status_code == 201
    team = office.municipality.team
    assert places(wiring)[(team, "a.jpg")][0] == "awaited"
    asked = {"photos": [{"sha256": sha256_of(photo), "byte_size": len(photo)}]}
    answer = tablets.first.ask("POST", "/v1/photos/plan", content=msgspec.json.encode(asked))
    assert [one["do"] for one in answer.json()["photos"]] == ["have"]
    assert places(wiring)[(team, "a.jpg")] == ("received", sha256_of(photo))
    told = {item["instance_id"]: item["photos"] for item in tablets.first.pull().json()["items"] if "photos" in item}
    assert list(told.values()) == [{"a.jpg": "verified"}]
