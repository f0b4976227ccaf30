"""Accounts and tablets, through HTTP, on both databases."""

import zlib
from base64 import b64encode
from uuid import uuid4

import msgspec
import segno
from sqlalchemy import select

from api.collect_provisioning import provision_collect
from api.wiring import Wiring
from teams.sign_in import hash_token
from teams.tables import AccessLog, CollectKey
from tests.fixtures.office import Office


def new_user(office: Office, **given: object) -> dict[str, object]:
    return {
        "username": "ayse", "display_name": "Ayşe  Yılmaz", "role": "field_worker", "password": "uzun-bir-parola",
        "team_id": str(office.municipality.team), **given,
    }  # fmt: skip


def test_an_administrator_opens_an_account_that_can_sign_in(office: Office, wiring: Wiring) -> None:
    made = office.post("admin", "/v1/users", json=new_user(office))
    assert made.status_code == 201, made.text
    assert made.json()["display_name"] == "Ayşe Yılmaz"
    assert made.json()["team"] == {"id": str(office.municipality.team), "name": "1. Ekip"}
    assert office.sign_in("AYŞE", "uzun-bir-parola").status_code == 401
    assert office.sign_in("ayse", "uzun-bir-parola").status_code == 200
    listed = office.get("admin", "/v1/users").json()["items"]
    assert [user["username"] for user in listed] == [
        "admin", "ayse", "koordinator", "mudurluk", "saha", "saha2", "yonetici",
    ]  # fmt: skip
    assert next(user for user in listed if user["username"] == "ayse")["last_sign_in_at"] is not None
    with wiring.database.reading() as session:
        logged = session.scalars(select(AccessLog)).all()
        assert [(one.action, one.subject_id) for one in logged] == [("changed", made.json()["id"])]


def test_names_are_taken_whatever_their_case(office: Office) -> None:
    taken = office.post("admin", "/v1/users", json=new_user(office, username="SAHA"))
    assert (taken.status_code, taken.json()["code"]) == (409, "users.taken")


def test_accounts_that_could_not_work_are_refused(office: Office) -> None:
    for given in (
        {"team_id": None}, {"team_id": str(uuid4())}, {"role": "directorate_officer", "team_id": None},
        {"username": "iki nokta:"}, {"username": ""}, {"display_name": " "}, {"password": "kısa"},
    ):  # fmt: skip
        assert office.post("admin", "/v1/users", json=new_user(office, **given)).status_code == 422, given


def test_a_closed_account_is_signed_out_and_stays_out(office: Office) -> None:
    office.sign_in("saha")
    address = f"/v1/users/{office.municipality.users['saha']}"
    assert office.ask("admin", "PATCH", address, json={"is_active": False}).json()["is_active"] is False
    assert office.get("saha", "/v1/me").status_code == 401
    assert office.sign_in("saha").status_code == 401


def test_a_change_of_role_is_seen_at_the_next_sign_in_only(office: Office) -> None:
    office.sign_in("yonetici")
    address = f"/v1/users/{office.municipality.users['yonetici']}"
    assert office.ask("admin", "PATCH", address, json={"role": "coordinator"}).status_code == 200
    assert office.get("yonetici", "/v1/me").status_code == 401
    assert office.sign_in("yonetici").json()["role"] == "coordinator"


def test_administrators_cannot_lock_themselves_out(office: Office) -> None:
    address = f"/v1/users/{office.municipality.users['admin']}"
    for change in ({"is_active": False}, {"role": "manager"}):
        assert office.ask("admin", "PATCH", address, json=change).status_code == 422
    assert office.ask("admin", "PATCH", f"/v1/users/{uuid4()}", json={"is_active": False}).status_code == 404


def test_a_tablet_key_is_shown_once_kept_as_hash_and_can_be_taken_back(office: Office, wiring: Wiring) -> None:
    worker = str(office.municipality.users["saha"])
    made = office.post("koordinator", "/v1/tablets", json={"user_id": worker, "label": "Tablet 7"})
    assert made.status_code == 201, made.text
    server_url = made.json()["server_url"]
    token = server_url.removeprefix("http://testserver.local/openrosa/key/")
    assert msgspec.json.decode(made.json()["settings_json"])["general"]["server_url"] == server_url
    assert made.json()["collect_qr_svg"].startswith("<svg")
    with wiring.database.reading() as session:
        key = session.scalars(select(CollectKey)).one()
        assert key.token_hash == hash_token(token)
    listed = office.get("koordinator", "/v1/tablets")
    assert token not in listed.text
    assert [tablet["label"] for tablet in listed.json()["items"]] == ["Tablet 7"]
    forms = f"/openrosa/key/{token}/formList"
    assert office.client.get(forms).status_code == 200
    assert office.post("koordinator", f"/v1/tablets/{made.json()['id']}/revoke").status_code == 204
    assert office.client.get(forms).status_code == 403
    assert office.get("koordinator", "/v1/tablets").json()["items"][0]["revoked_at"] is not None


def test_tablets_go_to_field_workers_only(office: Office) -> None:
    for user_id in (str(office.municipality.users["yonetici"]), str(uuid4())):
        refused = office.post("koordinator", "/v1/tablets", json={"user_id": user_id, "label": "Tablet"})
        assert refused.status_code == 422
    assert office.post("koordinator", f"/v1/tablets/{uuid4()}/revoke").status_code == 404
    workers = office.get("koordinator", "/v1/field-workers").json()["items"]
    assert [worker["display_name"] for worker in workers] == ["Saha", "Saha2"]


def test_the_qr_code_carries_the_settings_as_collect_reads_them(wiring: Wiring) -> None:
    made = provision_collect(wiring.settings, "anahtar", "Sancaktepe")
    carried = b64encode(zlib.compress(made.settings_json.encode(), 9)).decode()
    # The same text drawn again is the same picture, so what is drawn is this text.
    drawn = segno.make_qr(carried, error="l").svg_inline(scale=4, border=4, light="#ffffff", omitsize=True)
    assert drawn.partition("<g ")[2] in made.qr_svg


def test_accounts_and_tablets_are_exported_without_their_keys_and_the_export_is_logged(
    office: Office, wiring: Wiring
) -> None:
    worker = office.get("koordinator", "/v1/field-workers").json()["items"][0]
    made = office.post("koordinator", "/v1/tablets", json={"user_id": worker["id"], "label": "Tablet 1"})
    assert made.status_code == 201
    tablets = office.get("koordinator", "/v1/tablets.csv").content.decode("utf-8-sig").splitlines()
    assert tablets[0] == "Saha personeli;Ekip;Tablet;Ekleniş;Son kullanım;İptal"
    assert tablets[1].startswith(f"{worker['display_name']};1. Ekip;Tablet 1;")
    users = office.get("admin", "/v1/users.csv").content.decode("utf-8-sig").splitlines()
    assert len(users) == 1 + len(office.get("admin", "/v1/users").json()["items"])
    assert any(line.startswith("Saha;saha;Saha personeli;1. Ekip;") for line in users)
    assert office.get("koordinator", "/v1/users.csv").status_code == 404
    with wiring.database.reading() as session:
        logged = session.scalars(select(AccessLog.subject_kind).where(AccessLog.action == "exported")).all()
    assert sorted(logged) == ["collect_key", "user"]
