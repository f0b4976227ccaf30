"""The office's door on both databases."""

from datetime import timedelta

from sqlalchemy import func, select

from api.wiring import Wiring
from teams.tables import SignedIn
from tests.fixtures.municipality import PASSWORD, SetClock
from tests.fixtures.office import Office


def test_whoever_signs_in_is_told_who_they_are_and_which_pages_they_have(office: Office) -> None:
    me = office.sign_in("mudurluk").json()
    assert me["role"] == "directorate_officer"
    assert me["pages"] == ["map", "requests"]
    assert me["directorate"] == {"id": str(office.municipality.fen_isleri), "name": "Fen İşleri Müdürlüğü"}
    assert me["team"] is None
    assert me["is_sample_data"] is True
    assert office.get("mudurluk", "/v1/me").json() == me


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(office: Office) -> None:
    cookie = office.sign_in("koordinator").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie


def test_user_names_do_not_depend_on_case_or_turkish_letters(office: Office) -> None:
    assert office.sign_in("KOORDİNATÖR").status_code == 401
    assert office.sign_in("KOORDİNATOR").json()["username"] == "koordinator"
    assert office.sign_in("Koordınator").json()["username"] == "koordinator"


def test_without_a_session_everything_asks_for_sign_in(office: Office) -> None:
    response = office.get(None, "/v1/me")
    assert response.status_code == 401
    assert response.json()["code"] == "auth.required"
    assert response.headers["content-type"].startswith("application/problem+json")


def test_a_changing_request_from_another_site_is_refused(office: Office) -> None:
    response = office.client.post("/v1/sign-in", json={"username": "saha", "password": PASSWORD})
    assert response.status_code == 403
    assert response.json()["code"] == "auth.cross_site"


def test_a_session_ends_after_its_time_and_at_sign_out(office: Office, clock: SetClock) -> None:
    office.sign_in("yonetici")
    assert office.post("yonetici", "/v1/sign-out").status_code == 204
    assert office.get("yonetici", "/v1/me").status_code == 401
    office.sign_in("yonetici")
    clock.now += timedelta(hours=12, seconds=1)
    assert office.get("yonetici", "/v1/me").status_code == 401


def test_the_eleventh_wrong_password_has_to_wait_even_if_right(office: Office, clock: SetClock) -> None:
    for _ in range(10):
        assert office.sign_in("saha", "yanlış parola").status_code == 401
    refused = office.sign_in("SAHA")
    assert refused.status_code == 429
    assert refused.json()["code"] == "auth.too_many_attempts"
    assert refused.headers["retry-after"] == "900"
    assert office.sign_in("koordinator").status_code == 200
    clock.now += timedelta(minutes=15)
    assert office.sign_in("saha").status_code == 200


def test_unknown_users_are_counted_and_answered_like_known_ones(office: Office) -> None:
    answers = [office.sign_in("boyle-biri-yok", "yanlış parola") for _ in range(11)]
    known = office.sign_in("saha", "yanlış parola")
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[0].json() == known.json()


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(office: Office, wiring: Wiring) -> None:
    elsewhere = office.sign_in("koordinator").cookies["saha_session"]
    office.sign_in("koordinator")
    wrong = office.post("koordinator", "/v1/password", json={"current": "değil", "new": "yeni-parola-1"})
    assert wrong.status_code == 401
    short = office.post("koordinator", "/v1/password", json={"current": PASSWORD, "new": "kısa"})
    assert (short.status_code, short.json()["code"]) == (422, "auth.weak_password")
    changed = office.post("koordinator", "/v1/password", json={"current": PASSWORD, "new": "yeni-parola-1"})
    assert changed.status_code == 204
    assert office.get("koordinator", "/v1/me").status_code == 200
    old = office.client.get("/v1/me", headers={"Cookie": f"saha_session={elsewhere}"})
    assert old.status_code == 401
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignedIn)) == 1
    assert office.sign_in("koordinator").status_code == 401
    assert office.sign_in("koordinator", "yeni-parola-1").status_code == 200
