"""The form desk: a draft is tried out, what it changes is shown, of two who publish one wins."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from api.wiring import Wiring
from service_requests.tables import Quarantine, ServiceRequest, Submission
from sync.tables import FeedEntry
from tests.builders import AFinding, a_submission
from tests.fixtures.municipality import SetClock, compiled_catalogue, version_of
from tests.fixtures.office import Office

FORM = """\
| survey | type | name | label |
| | text | ad_soyad | Adı |
| | select_one renk | renk | Rengi |
{more}

| choices | list_name | name | label |
| | renk | al | Al |
{choice}

| settings | form_title | form_id | version |
| | Kısa form | kisa | {version} |
"""
BLUE = "| | renk | mavi | Mavi |"


def source(version: str, *, more: str = "", choice: str = BLUE) -> bytes:
    return FORM.format(version=version, more=more, choice=choice).encode()


def upload(office: Office, content: bytes, *, name: str = "kisa.md", by: str = "koordinator", **fields: str) -> Any:  # noqa: ANN401 - JSON
    answer = office.post(
        by, "/v1/form-drafts", files={"file": (name, content, "text/markdown")}, data=fields
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    return answer.json()


def publish(office: Office, link: Any, *, by: str = "koordinator", **given: Any) -> httpx.Response:  # noqa: ANN401 - JSON
    return office.post(by, f"/v1/form-drafts/{link['draft_id']}/publish", json=given)


def door_of(link: Any) -> str:  # noqa: ANN401 - JSON
    return str(link["collect_url"]).removeprefix("http://testserver.local")


def post_trial(office: Office, door: str, xml: bytes, **photos: bytes) -> httpx.Response:
    files: list[Any] = [("xml_submission_file", ("form.xml", xml, "text/xml"))]
    files += [(name, (name, content, "image/jpeg")) for name, content in photos.items()]
    return office.client.post(f"{door}/submission?deviceID=collect:1", files=files)


def household_draft(office: Office) -> Any:  # noqa: ANN401 - JSON
    """Make a draft of the household form in another version, for the visit type it has."""
    form = next(shipped for shipped, compiled in compiled_catalogue() if compiled.form_id == "hane")
    content = form.source.replace(version_of("hane").encode(), b"2026112899")
    return upload(office, content, name="hane.md", visit_type="hane")


def test_a_draft_is_tried_out_and_nothing_of_it_is_counted_or_routed(office: Office, wiring: Wiring) -> None:
    link = household_draft(office)
    door = door_of(link)
    assert link["url"].startswith("http://testserver.local/tablet/deneme#")
    listed = office.client.get(f"{door}/formList").text
    assert "<formID>hane</formID>" in listed
    assert "<formID>esnaf</formID>" not in listed
    assert "DENEME – Hane ziyareti" in listed
    assert b"2026112899" in office.client.get(f"{door}/form.xml").content
    lists = {name: office.client.get(f"{door}/lists/{name}.csv").text for name in ("hedefler", "ziyaretler")}
    assert "Örnek hane" in lists["hedefler"]
    assert ",hane," in lists["ziyaretler"].splitlines()[1]
    xml = a_submission(version="2026112899", findings=[AFinding(photo="a.jpg")])
    assert office.client.head(f"{door}/submission").status_code == 204
    for _ in range(2):
        assert post_trial(office, door, xml, **{"a.jpg": b"\xff\xd8 no photo"}).status_code == 201
    draft = office.get("koordinator", f"/v1/form-drafts/{link['draft_id']}").json()
    (trial,) = draft["trials"]
    assert (trial["files"], trial["device_id"]) == (["a.jpg"], "collect:1")
    assert [(one["category"], one["directorate"]) for one in trial["requests"]] == [
        ("Yol ve kaldırım", "Fen İşleri Müdürlüğü")
    ]
    assert trial["answers"]
    # An administrator minds forms, not persons.
    (seen_by_admin,) = office.get("admin", f"/v1/form-drafts/{link['draft_id']}").json()["trials"]
    assert (seen_by_admin["answers"], seen_by_admin["requests"][0]["description"]) == ([], "")
    with wiring.database.reading() as session:
        for table in (Submission, ServiceRequest, Quarantine, FeedEntry):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table


def test_a_link_ends_with_time_with_a_new_one_and_with_the_draft(office: Office, clock: SetClock) -> None:
    link = upload(office, source("1"))
    renewed = office.post("koordinator", f"/v1/form-drafts/{link['draft_id']}/link").json()
    ended = office.client.get(f"{door_of(link)}/formList")
    assert (ended.status_code, ended.headers["x-saha-code"]) == (403, "openrosa.trial_ended")
    assert office.client.get(f"{door_of(renewed)}/formList").status_code == 200
    other = a_submission(version=version_of("hane"))
    assert post_trial(office, door_of(renewed), other).status_code == 409
    assert post_trial(office, door_of(renewed), b"<kirik").status_code == 400
    clock.now += timedelta(days=15)
    assert office.client.get(f"{door_of(renewed)}/formList").status_code == 403
    clock.now -= timedelta(days=15)
    assert office.post("koordinator", f"/v1/form-drafts/{link['draft_id']}/discard").status_code == 204
    assert office.client.get(f"{door_of(renewed)}/formList").status_code == 403
    assert office.get("koordinator", "/v1/form-drafts").json() == {"items": []}
    settled = office.get("koordinator", f"/v1/form-drafts/{link['draft_id']}")
    assert (settled.status_code, settled.json()["code"]) == (409, "form.draft_settled")


def test_what_breaks_old_answers_is_shown_and_published_only_when_it_is_accepted(office: Office) -> None:
    assert publish(office, upload(office, source("1"))).json()["current_version"] == "1"
    link = upload(office, source("2", choice="", more="| | integer | yas | Yaşı |"))
    draft = office.get("koordinator", f"/v1/form-drafts/{link['draft_id']}").json()
    assert draft["over"] == "1"
    assert [(one["kind"], one["label"], one["breaks"]) for one in draft["changes"]] == [
        ("choice_removed", "Rengi", True),
        ("question_added", "Yaşı", False),
    ]
    refused = publish(office, link, over="1")
    assert (refused.status_code, refused.json()["code"]) == (409, "form.breaks_answers")
    assert [one["label"] for one in refused.json()["changes"]] == ["Rengi"]
    # Nor does the way without a draft lead around it.
    direct: dict[str, Any] = {"files": {"file": ("kisa.md", source("3", choice=""), "text/markdown")}}
    assert office.post("koordinator", "/v1/forms", **direct).json()["code"] == "form.breaks_answers"
    assert publish(office, link, over="1", accepts_breaks=True).json()["current_version"] == "2"
    between = office.get("koordinator", "/v1/forms/kisa/changes?older=2&newer=1").json()["items"]
    assert [one["kind"] for one in between] == ["question_removed", "choice_added"]
    assert office.get("koordinator", "/v1/forms/kisa/changes?older=2&newer=7").status_code == 404


def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told(office: Office) -> None:
    assert publish(office, upload(office, source("1"))).status_code == 200
    links = [upload(office, source(version)) for version in ("2", "3")]
    office.get("admin", "/v1/me")
    with ThreadPoolExecutor(2) as both:
        answers = list(
            both.map(
                lambda given: publish(office, given[0], by=given[1], over="1"),
                zip(links, ("koordinator", "admin"), strict=True),
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    loser = next(answer for answer in answers if answer.status_code == 409).json()
    winner = next(answer for answer in answers if answer.status_code == 200).json()
    assert (loser["code"], loser["version"]) == ("form.published_meanwhile", winner["current_version"])
    again = publish(office, links[0 if winner["current_version"] == "2" else 1], over=winner["current_version"])
    assert (again.status_code, again.json()["code"]) == (409, "form.draft_settled")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unknown_draft_is_told(office: Office) -> None:
    answer = office.post("koordinator", f"/v1/form-drafts/{uuid4()}/publish", json={})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
