"""Requests that no page of ours makes: refused in a sentence, never a failure of the server."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar

from api.secret_key import load_secret_key
from field_forms.shipped_forms import shipped_forms
from foundation.settings import Settings
from tests.fixtures.municipality import PASSWORD
from tests.fixtures.office import Office
from tests.integration.intake.posts import hane

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@on_postgresql
@pytest.mark.parametrize(
    "path", ["/v1/submissions?flag=%00", "/v1/submissions.csv?flag=%00", "/v1/service-requests?category=%00"]
)
def test_what_the_database_has_no_room_for_is_the_callers_mistake(office: Office, path: str) -> None:
    answer = office.get("koordinator", path)
    assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid")


@on_postgresql
def test_a_user_name_wanted_by_several_at_once_is_one_account(office: Office) -> None:
    new = {"username": "yeni", "display_name": "Yeni", "role": "manager", "password": "uzun-bir-parola"}
    assert office.sign_in("admin").status_code == 200
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: office.post("admin", "/v1/users", json=new), range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"users.taken"}


@pytest.mark.parametrize("form_id", ["hane", "yeni_form"])
def test_a_version_published_by_several_at_once_is_one_version(office: Office, form_id: str) -> None:
    form = next(one for one in shipped_forms() if one.file_name == "hane.md")
    source = (
        form.source.decode()
        .replace("2026112802", "2026112199")
        .replace("| hane | 2026112199", f"| {form_id} | 2026112199")
    )
    assert office.sign_in("koordinator").status_code == 200

    def publish(number: int) -> tuple[int, str]:
        different = source.replace("Hane ziyareti", f"Hane ziyareti {number}")
        files = [("file", ("form.md", different.encode(), "text/markdown"))]
        files += [("attachments", (name, content, "text/csv")) for name, content in form.attachments.items()]
        answer = office.post("koordinator", "/v1/forms", files=files)
        return answer.status_code, answer.json().get("code", "")

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(publish, range(3)))
    assert answers == [(201, "")] + [(409, "form.version_already_published")] * 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "body", [b"", b"\xff", b'{"text": "\xff"}', b'{"text": "\\ud800"}', b"[" * 100_000, b"null", b"7"]
)
def test_what_is_no_json_is_the_callers_mistake_at_every_door(app: Litestar, office: Office, body: bytes) -> None:
    doors = [
        (method, re.sub(r"{\w+:uuid}", str(uuid4()), re.sub(r"{\w+:(str|path)}", "x", route.path)))
        for route in app.routes
        if route.path.startswith("/v1/") and route.path != "/v1/sign-out"
        for method in sorted(getattr(route, "methods", set()) & {"POST", "PUT", "PATCH"})
    ]
    assert len(doors) > 40
    statuses = {}
    for who in ("admin", "koordinator"):
        assert office.sign_in(who).status_code == 200
        for method, path in doors:
            answer = office.ask(who, method, path, content=body, headers={"Content-Type": "application/json"})
            statuses[who, method, path] = answer.status_code
    assert {door: status for door, status in statuses.items() if status >= 500} == {}
    # Most doors read what comes before anything else; the others are for somebody else, or know no such thing.
    assert list(statuses.values()).count(400) > 40


def test_names_and_passwords_longer_than_anybody_has_are_not_kept_in_memory(office: Office) -> None:
    for given in ({"username": "a" * 200, "password": "x"}, {"username": "saha", "password": "x" * 2000}):
        answer = office.post(None, "/v1/sign-in", json=given)
        assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid")


def test_an_address_longer_than_any_file_name_is_answered_as_any_unknown_one(office: Office) -> None:
    # With the web application built that is its start page, without it 404.
    assert office.get(None, "/" + "a/" * 3000).status_code == office.get(None, "/boyle/bir/sayfa/yok").status_code


def test_a_file_of_a_form_cannot_act_as_a_page_of_ours(office: Office) -> None:
    saha = httpx.BasicAuth("saha", PASSWORD)
    listed = office.client.get("/openrosa/formList?formID=esnaf", auth=saha)
    address = listed.text.partition("<downloadUrl>http://testserver.local")[2].partition("</downloadUrl>")[0]
    for path in (address, address.replace("form.xml", "media/is_kollari.csv")):
        answer = office.client.get(path, auth=saha)
        assert answer.status_code == 200
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_what_names_persons_stays_in_no_cache(office: Office) -> None:
    assert office.send(hane()).status_code == 201
    for path in ("/v1/submissions", "/v1/me", "/v1/submissions.csv"):
        assert office.get("koordinator", path).headers["cache-control"] == "no-store"


def test_managers_see_neither_typed_results_nor_whose_tablet_it_was(office: Office) -> None:
    typed = hane().replace(b"<sonuc>gorusuldu</sonuc>", "<sonuc>Ayşe Yılmaz evde yok</sonuc>".encode())
    assert office.send(typed).status_code == 201
    listed = office.get("yonetici", "/v1/submissions")
    [row] = listed.json()["items"]
    shown = office.get("yonetici", f"/v1/submissions/{row['id']}")
    assert "Yılmaz" not in listed.text + shown.text
    assert shown.json()["device_id"] == ""


def test_workers_that_start_together_have_one_whole_key(tmp_path: Path) -> None:
    settings = [Settings(data_dir=tmp_path / f"{number}") for number in range(20) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(load_secret_key, settings))
    assert {len(key) for key in keys} == {64}
    assert len(set(keys)) == 20
    assert (tmp_path / "0" / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "0").iterdir()] == ["secret-key"]
