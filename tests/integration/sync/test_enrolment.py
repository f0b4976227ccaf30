"""Tablets are enrolled with a code, once; coordinators see, move and revoke them. On both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from sqlalchemy import func, select

from api.wiring import Wiring
from teams.enrolment import EnrolmentCodeUsed, NewEnrolment, enrol
from teams.tables import AccessLog, Device, EnrolmentCode, User
from tests.fixtures.municipality import SetClock
from tests.fixtures.office import Office
from tests.fixtures.tablets import Tablet, a_token, enrol_tablet, enrolment_code


def send_enrolment(office: Office, **given: Any) -> httpx.Response:  # noqa: ANN401 - JSON
    return office.client.post("/v1/sync/enrol", content=msgspec.json.encode({"app_version": "1.0.0", **given}))


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_tablet_is_enrolled_and_told_who_may_use_it(office: Office, wiring: Wiring) -> None:
    token = a_token()
    answer = send_enrolment(office, code=enrolment_code(office, label=" Tablet  7 "), token=token)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    names, shifts = told["profile"].pop("names"), told["profile"].pop("shifts")
    # Two weeks from this Friday on; nobody has a shift at the weekend.
    assert shifts[:2] == [
        {"day": day, "starts": "09:00:00", "ends": "17:00:00"} for day in ("2026-11-20", "2026-11-23")
    ]
    assert len(shifts) == 10
    assert names["visit_types"]["hane"] == "Hane ziyareti"
    assert names["categories"]["yol_kaldirim"] == "Yol ve kaldırım"
    assert set(names["statuses"]) >= {"opened", "routed"}
    place = office.municipality
    assert names["teams"] == {str(place.team): "1. Ekip", str(place.other_team): "2. Ekip"}
    assert told["profile"] == {
        "device": {"id": told["device_id"], "label": "Tablet 7"},
        "team": {"id": str(office.municipality.team), "name": "1. Ekip"},
        "workers": [{"id": str(office.municipality.users["saha"]), "name": "Saha"}],
        "municipality": "Sancaktepe Belediyesi",
    }
    assert told["server_time"] == "2026-11-20T09:00:00Z"
    assert told["signing_key"]
    assert told["key_id"]
    with wiring.database.reading() as session:
        device = session.scalars(select(Device)).one()
        code = session.scalars(select(EnrolmentCode)).one()
    assert token not in f"{device.token_hash} {code.code_hash} {code.used_by_token_hash}"
    assert (device.app_version, device.enrolled_by) == ("1.0.0", office.municipality.users["koordinator"])


def test_the_address_in_the_qr_is_the_public_one_and_hides_the_code_from_logs(office: Office) -> None:
    team = str(office.municipality.team)
    made = office.post("koordinator", "/v1/devices/enrolment-codes", json={"team_id": team, "label": "Tablet"}).json()
    assert made["url"].startswith("http://testserver.local/tablet#")
    assert made["qr_svg"].startswith("<svg")
    assert made["expires_at"] == "2026-11-20T09:15:00Z"


def test_a_lost_answer_is_given_again_and_enrols_nothing_new(
    office: Office, wiring: Wiring, clock: SetClock
) -> None:  # fmt: skip
    code, token = enrolment_code(office), a_token()
    first = send_enrolment(office, code=code, token=token).json()
    clock.now += timedelta(hours=2)
    again = send_enrolment(office, code=code, token=token)
    assert again.status_code == 201
    assert again.json() == {**first, "server_time": "2026-11-20T11:00:00Z"}
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Device)) == 1


def test_a_code_is_used_once_and_ends(office: Office, clock: SetClock) -> None:
    used, ended = enrolment_code(office), enrolment_code(office)
    assert send_enrolment(office, code=used, token=a_token()).status_code == 201
    assert code_of(send_enrolment(office, code=used, token=a_token())) == (409, "enrolment.code_used")
    clock.now += timedelta(minutes=15)
    for code in (ended, used, "olmayan", "", "ç" * 500, "\0"):
        assert code_of(send_enrolment(office, code=code, token=a_token())) == (404, "enrolment.code_unknown"), code


def test_of_two_tablets_with_one_code_one_wins(office: Office, wiring: Wiring) -> None:
    for _ in range(5):
        code, tokens, start = enrolment_code(office), [a_token() for _ in range(4)], Barrier(4)

        def attempt(token: str, code: str = code, start: Barrier = start) -> bool:
            start.wait()
            try:
                with wiring.database.writing() as session:
                    enrol(session, NewEnrolment(code, token), wiring.clock())
            except EnrolmentCodeUsed:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            won = list(pool.map(attempt, tokens))
        assert sorted(won) == [False, False, False, True]
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Device)) == 5


def test_one_tablet_that_asks_twice_at_once_is_one_tablet(office: Office, wiring: Wiring) -> None:
    code, token, start = enrolment_code(office), a_token(), Barrier(4)

    def attempt(_: int) -> object:
        start.wait()
        with wiring.database.writing() as session:
            return enrol(session, NewEnrolment(code, token), wiring.clock()).id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(attempt, range(4)))) == 1


@pytest.mark.parametrize("token", ["", "kısa", "x" * 44, "x" * 42 + "=", " " + "x" * 42])
def test_a_secret_that_no_tablet_makes_is_refused_and_the_code_stays_good(office: Office, token: str) -> None:
    code = enrolment_code(office)
    assert code_of(send_enrolment(office, code=code, token=token)) == (422, "enrolment.bad")
    assert send_enrolment(office, code=code, token=a_token()).status_code == 201


def test_a_secret_that_is_in_use_enrols_no_second_tablet(office: Office, tablet: Tablet) -> None:
    code = enrolment_code(office)
    assert code_of(send_enrolment(office, code=code, token=tablet.token)) == (422, "enrolment.bad")
    assert send_enrolment(office, code=code, token=a_token()).status_code == 201


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"code": 7, "token": "x"}', b'{"code": "x"}', b'{"code":' + b"[" * 10_000, b"\xff"],
)
def test_what_is_no_enrolment_is_unreadable(office: Office, body: bytes) -> None:
    assert code_of(office.client.post("/v1/sync/enrol", content=body)) == (400, "sync.unreadable")


def test_codes_are_for_teams_that_there_are_and_tablets_have_names(office: Office) -> None:
    team = str(office.municipality.team)
    for given in (
        {"team_id": str(uuid4()), "label": "x"},
        {"team_id": team, "label": " "},
        {"team_id": team, "label": "x" * 81},
    ):
        made = office.post("koordinator", "/v1/devices/enrolment-codes", json=given)
        assert code_of(made) == (422, "enrolment.bad"), given


def test_without_a_tablets_token_nothing_is_given(office: Office, tablet: Tablet) -> None:
    for path in ("/v1/sync/pull", "/v1/sync/profile"):
        for header in ("", "Bearer", "Bearer ", f"Basic {tablet.token}", f"Bearer {a_token()}", f"Bearer {'x' * 5000}"):
            answer = office.client.get(path, headers={"Authorization": header})
            assert code_of(answer) == (401, "device.unknown"), (path, header)


def test_the_profile_is_asked_for_only_when_it_differs(office: Office, tablet: Tablet, wiring: Wiring) -> None:
    tag = tablet.pull().json()["profile"]
    answer = tablet.ask("GET", "/v1/sync/profile")
    assert answer.headers["etag"] == f'"{tag}"'
    assert answer.json()["device"]["label"] == "Tablet 1"
    assert tablet.ask("GET", "/v1/sync/profile", headers={"If-None-Match": f'"{tag}"'}).status_code == 304
    with wiring.database.writing() as session:
        worker = session.get_one(User, office.municipality.users["saha2"])
        worker.team_id, worker.display_name = office.municipality.team, "Ömer"
    wiring.device_profiles._kept.clear()
    changed = tablet.pull().json()["profile"]
    assert changed != tag
    workers = tablet.ask("GET", "/v1/sync/profile").json()["workers"]
    assert [worker["name"] for worker in workers] == ["Saha", "Ömer"]


def test_a_revoked_tablet_gets_nothing_more(office: Office, tablet: Tablet, clock: SetClock) -> None:
    other = enrol_tablet(office)
    assert office.post("koordinator", f"/v1/devices/{tablet.device_id}/revoke").status_code == 204
    clock.now += timedelta(hours=1)
    assert office.post("koordinator", f"/v1/devices/{tablet.device_id}/revoke").status_code == 204
    for later in (timedelta(0), timedelta(days=2)):
        clock.now += later
        for path in ("/v1/sync/pull", "/v1/sync/profile", "/v1/sync/package", f"/v1/sync/parts/{'0' * 64}"):
            assert code_of(tablet.ask("GET", path)) == (403, "device.revoked"), path
    assert other.pull().status_code == 200
    assert office.sign_in("koordinator").status_code == 200  # two days outlast a session
    listed = office.get("koordinator", "/v1/devices").json()["items"]
    assert [one["revoked_at"] for one in listed] == [None, "2026-11-20T09:00:00Z"]


def test_a_revoked_tablet_that_enrols_again_with_its_code_is_given_nothing(office: Office, wiring: Wiring) -> None:
    given = {"code": enrolment_code(office), "token": a_token()}
    device_id = send_enrolment(office, **given).json()["device_id"]
    assert office.post("koordinator", f"/v1/devices/{device_id}/revoke").status_code == 204
    answer = send_enrolment(office, **given)
    assert code_of(answer) == (403, "device.revoked")
    with wiring.database.reading() as session:
        names = session.scalars(select(User.display_name)).all()
    assert not [name for name in names if name in answer.text]


def test_the_coordinator_sees_who_has_unsent_work_and_whose_clock_is_off(
    office: Office, tablet: Tablet, wiring: Wiring, clock: SetClock
) -> None:
    with wiring.database.writing() as session:
        device = session.get_one(Device, tablet.device_id)
        device.unsent_count, device.clock_offset_s = 12, -3600
        device.oldest_unsent_at = clock.now - timedelta(hours=5)
    (row,) = office.get("koordinator", "/v1/devices").json()["items"]
    assert row["team"] == {"id": str(office.municipality.team), "name": "1. Ekip"}
    assert (row["label"], row["app_version"], row["unsent_count"]) == ("Tablet 1", "1.0.0", 12)
    assert (row["oldest_unsent_s"], row["clock_offset_s"], row["clock_is_off"]) == (5 * 3600, -3600, True)
    csv = office.get("koordinator", "/v1/devices.csv").content.decode("utf-8-sig").splitlines()
    assert csv[0].startswith("Tablet;Ekip;Uygulama;")
    assert csv[1].startswith("Tablet 1;1. Ekip;1.0.0;")
    assert ";12;" in csv[1]
    assert tablet.token not in "".join(csv)


def test_contact_is_noted_but_not_at_every_pull(office: Office, tablet: Tablet, clock: SetClock) -> None:
    def noted() -> object:
        return office.get("koordinator", "/v1/devices").json()["items"][0]["last_contact_at"]

    assert noted() == "2026-11-20T09:00:00Z"
    clock.now += timedelta(seconds=59)
    tablet.pull()
    assert noted() == "2026-11-20T09:00:00Z"
    clock.now += timedelta(seconds=1)
    tablet.pull()
    assert noted() == "2026-11-20T09:01:00Z"


def test_every_change_of_a_tablet_is_recorded(office: Office, tablet: Tablet, wiring: Wiring) -> None:
    place = office.municipality
    office.post("koordinator", f"/v1/devices/{tablet.device_id}/team", json={"team_id": str(place.other_team)})
    office.post("koordinator", f"/v1/devices/{tablet.device_id}/revoke")
    for _ in range(2):
        office.ask("koordinator", "PUT", f"/v1/teams/{place.team}/areas", json={"mahalle": [str(place.fatih)]})
    office.get("koordinator", "/v1/devices.csv")
    with wiring.database.reading() as session:
        logged = session.scalars(select(AccessLog).order_by(AccessLog.id)).all()
    assert [(one.action, one.subject_kind, one.detail) for one in logged] == [
        ("changed", "team", "tablet karekodu"),
        ("changed", "device", f"ekip: {place.other_team}"),
        ("changed", "device", "erişim kapatıldı"),
        ("changed", "team", "1 mahalle"),
        ("exported", "device", ""),
    ]


def test_a_tablet_moves_to_teams_that_there_are(office: Office, tablet: Tablet) -> None:
    address = f"/v1/devices/{tablet.device_id}/team"
    assert code_of(office.post("koordinator", address, json={"team_id": str(uuid4())})) == (422, "enrolment.bad")
    other = str(office.municipality.other_team)
    assert office.post("koordinator", address, json={"team_id": other}).status_code == 204
    assert tablet.ask("GET", "/v1/sync/profile").json()["team"]["id"] == other


def test_a_team_is_given_mahalle_that_there_are(office: Office) -> None:
    place = office.municipality
    address = f"/v1/teams/{place.team}/areas"
    assert office.get("koordinator", address).json() == {"mahalle": []}
    both = sorted([str(place.akpinar), str(place.fatih)])
    assert office.ask("koordinator", "PUT", address, json={"mahalle": [*both, both[0]]}).json() == {"mahalle": both}
    unknown = str(uuid4())
    refused = office.ask("koordinator", "PUT", address, json={"mahalle": [both[0], unknown]})
    assert code_of(refused) == (422, "mahalle.unknown")
    assert refused.json()["mahalle"] == [unknown]
    assert office.get("koordinator", address).json() == {"mahalle": both}
    assert office.ask("koordinator", "PUT", address, json={"mahalle": []}).json() == {"mahalle": []}
