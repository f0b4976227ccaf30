"""Requests that no page of ours makes: refused in a sentence, never a failure of the server."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from field_forms.shipped_forms import shipped_forms
from tests.fixtures.office import Office

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
        .replace("2026112101", "2026112199")
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


def test_names_and_passwords_longer_than_anybody_has_are_not_kept_in_memory(office: Office) -> None:
    for given in ({"username": "a" * 200, "password": "x"}, {"username": "saha", "password": "x" * 2000}):
        answer = office.post(None, "/v1/sign-in", json=given)
        assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid")


def test_an_address_longer_than_any_file_name_is_not_found(office: Office) -> None:
    assert office.get(None, "/" + "a/" * 3000).status_code == 404
