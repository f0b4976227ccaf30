"""Teams, their leave, the live board and what it may know of where teams are."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from api.wiring import Wiring
from teams.tables import AccessLog, TeamPosition, User
from tests.fixtures.municipality import NOON, SetClock
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.planning.sweeping import sweep
from tests.integration.push.pushes import PushingTablet

SHIFT = {
    "weekday": 4, "starts": "09:00:00", "ends": "17:00:00", "lunch_minutes": 60, "lunch_from": "12:00:00",
    "lunch_until": "13:00:00",
}  # fmt: skip


def a_team(**more: object) -> dict[str, Any]:
    return {
        "name": "3. Ekip", "shifts": [SHIFT], "start": {"lon": 29.205, "lat": 41.005}, "mode": "car",
        "visit_minutes": 25, **more,
    }  # fmt: skip


def test_a_coordinator_makes_changes_and_removes_a_team(office: Office, entities: EntityOffice) -> None:
    worker = str(office.municipality.users["saha"])
    made = office.post("koordinator", "/v1/teams", json=a_team())
    assert made.status_code == 201, made.text
    team = made.json()
    assert (team["end"], team["shifts"]) == ({"lon": 29.205, "lat": 41.005}, [SHIFT])
    path = f"/v1/teams/{team['id']}"
    members = [{"user_id": worker, "gender": "kadin", "is_team_leader": True}]
    changed = office.ask("koordinator", "PUT", path, json=a_team(version=1, members=members))
    (member,) = changed.json()["members"]
    assert (member["gender"], member["is_team_leader"], member["shares_position"]) == ("kadin", True, False)
    stale = office.ask("koordinator", "PUT", path, json=a_team(version=1, name="Eski"))
    assert (stale.status_code, stale.json()["code"]) == (409, "team.changed")
    for field, wrong in (
        ("shifts", {"shifts": [SHIFT | {"starts": "18:00:00"}]}),
        ("shifts", {"shifts": [SHIFT | {"lunch_from": "13:00:00", "lunch_until": "12:00:00"}]}),
        ("members", {"members": [{"user_id": str(office.municipality.users["mudurluk"])}]}),
        ("visit_minutes", {"visit_minutes": 0}),
    ):
        answer = office.ask("koordinator", "PUT", path, json=a_team(version=2, **wrong))
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "team.bad", field)
    occupied = office.ask("koordinator", "DELETE", f"{path}?version=2")
    assert (occupied.status_code, occupied.json()["code"]) == (409, "team.in_use")
    # The worker goes back; the team that is left can go, and nobody can plan with it any more.
    home = f"/v1/teams/{office.municipality.team}"
    assert office.ask("koordinator", "PUT", home, json=a_team(version=1, members=members)).status_code == 200
    assert office.ask("koordinator", "DELETE", f"{path}?version=2").status_code == 204
    plan = {
        "target_id": str(entities.record_target()),
        "team_id": team["id"],
        "visit_type": "hane",
        "day": "2026-11-23",
    }
    refused = office.post("koordinator", "/v1/visit-assignments", json=plan)
    assert (refused.status_code, refused.json()["field"]) == (422, "team_id")


def test_leave_over_a_planned_day_says_what_is_stranded(office: Office, entities: EntityOffice) -> None:
    team = entities.municipality.team
    entities.plan(entities.record_target(), team, days=3)
    away = {"first_day": "2026-11-23", "last_day": "2026-11-24"}
    for wrong in ({}, {"team_id": str(team), "user_id": str(team)}, {"team_id": str(team), "last_day": "2026-11-22"}):
        assert office.post("koordinator", "/v1/team-leaves", json=away | wrong).json()["code"] == "leave.bad"
    # The only worker of the team is away, and so is the team.
    given = away | {"user_id": str(office.municipality.users["saha"]), "reason": "idari"}
    alone = office.post("koordinator", "/v1/team-leaves", json=given)
    assert (alone.status_code, alone.json()["stranded"]) == (201, 1)
    listed = office.get("koordinator", "/v1/teams").json()
    assert [(leave["worker"]["name"], leave["reason"]) for leave in listed["leaves"]] == [("Saha", "İdari izin")]
    assert office.ask("koordinator", "DELETE", f"/v1/team-leaves/{alone.json()['id']}").status_code == 204
    assert office.ask("koordinator", "DELETE", f"/v1/team-leaves/{alone.json()['id']}").status_code == 404


def test_a_visit_by_hand_is_moved_and_cancelled_until_it_is_settled(office: Office, entities: EntityOffice) -> None:
    place, target = entities.municipality, entities.record_target()
    plan = {"target_id": str(target), "team_id": str(place.team), "visit_type": "taziye", "day": "2026-11-23"}
    for field, wrong in (("day", {"day": "2026-11-19"}), ("saatler", {"windows": "19:00-17:00"})):
        answer = office.post("koordinator", "/v1/visit-assignments", json=plan | wrong)
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "assignment.bad", field)
    more = {"windows": "17:00-24:00", "time": "17:30", "priority": 1, "visitor": "kadin", "is_pinned": True}
    made = office.post("koordinator", "/v1/visit-assignments", json=plan | more)
    assert made.status_code == 201, made.text
    visit = entities.assignment(UUID(made.json()["id"]))
    assert (visit.priority, visit.planned_time, visit.fields["sabit"]) == (1, "17:30", "evet")
    path = f"/v1/visit-assignments/{visit.id}"
    moved = {"day": "2026-11-24", "team_id": str(place.other_team)}
    assert office.ask("koordinator", "PATCH", path, json=moved).status_code == 204
    assert entities.areas("assignment", visit.id) == {"other_team"}
    assert office.ask("koordinator", "PATCH", path, json={"cancel_reason": " "}).status_code == 422
    assert office.ask("koordinator", "PATCH", path, json={"cancel_reason": "Aile aradı"}).status_code == 204
    late = office.ask("koordinator", "PATCH", path, json={"day": "2026-11-25"})
    assert (late.status_code, late.json()["code"]) == (409, "assignment.settled")


def test_the_board_shows_where_each_team_is_and_says_when_nothing_changed(
    office: Office, entities: EntityOffice
) -> None:
    team, times = entities.municipality.team, ("11:00", "13:00", "14:00")
    visits = [
        entities.plan(entities.record_target(ad=f"Hane {no}"), team, position=no, fields={"saat": time})
        for no, time in enumerate(times, 1)
    ]
    entities.change(entities.tablet, visits[0], {"durum": "yapildi"}, kind="assignment", base_version=1)
    entities.change(entities.tablet, visits[1], {"durum": "yolda"}, kind="assignment", base_version=1)
    answer = office.get("koordinator", "/v1/live-board")
    mine = next(one for one in answer.json()["teams"] if one["team"]["id"] == str(team))
    assert (mine["total"], mine["done"], mine["tried"], mine["pace"]["code"]) == (3, 1, 0, "silent")
    assert (mine["current"]["target"]["name"], mine["next"]["target"]["name"]) == ("Hane 2", "Hane 3")
    headers = {"If-None-Match": answer.headers["etag"]}
    assert office.get("koordinator", "/v1/live-board", headers=headers).status_code == 304
    entities.change(entities.tablet, visits[1], {"durum": "evde_yok"}, kind="assignment", base_version=2)
    assert office.get("koordinator", "/v1/live-board", headers=headers).status_code == 200


def test_where_a_team_is_is_known_only_by_agreement_in_the_shift_and_for_thirty_days(
    office: Office, entities: EntityOffice, wiring: Wiring, clock: SetClock
) -> None:
    tablet = PushingTablet(office.client, wiring.database, entities.municipality)
    entities.plan(entities.record_target(), entities.municipality.team)

    def kept() -> int:
        with wiring.database.reading() as session:
            return session.scalar(select(func.count()).select_from(TeamPosition)) or 0

    def tell(*moments: timedelta, shares: bool = True, by: str = "saha", **more: int) -> None:
        positions: list[object] = [
            {"at": (NOON + moment).isoformat(), "lon": 29.205, "lat": 41.005, "accuracy_m": 8} for moment in moments
        ]
        worker = str(entities.municipality.users[by])
        tablet.push(
            presence={"worker_id": worker, "shares": shares, "positions": [*positions, {"lon": "?"}, 7], **more}
        )

    here, before_work = timedelta(minutes=-5), timedelta(hours=-4)
    tell(here, shares=False)
    tell(here, by="saha2")
    assert kept() == 0
    tell(here, before_work)
    tell(here, before_work)
    assert kept() == 1
    board = office.get("koordinator", "/v1/live-board").json()
    mine = next(one for one in board["teams"] if one["team"]["id"] == str(entities.municipality.team))
    assert (mine["position"]["lon"], mine["position"]["accuracy_m"]) == (29.205, 8)
    # Whoever takes it back is forgotten at once, and both is on record.
    tell(shares=False)
    assert kept() == 0
    with wiring.database.reading() as session:
        told = session.scalars(select(AccessLog.detail).where(AccessLog.detail.like("konum%")).order_by(AccessLog.id))
        assert list(told) == ["konum paylaşımına izin verdi (metin 1)", "konum paylaşımını kapattı"]
    tell(here)
    # They agree to what the notice says by now; a tablet on which they had agreed to the first changes nothing.
    for notice in (2, 1, 2):
        tell(notice=notice)
    tell(notice=-1)
    with wiring.database.reading() as session:
        told = session.scalars(select(AccessLog.detail).where(AccessLog.detail.like("konum%")).order_by(AccessLog.id))
        assert list(told)[2:] == [f"konum paylaşımına izin verdi (metin {notice})" for notice in (1, 2)]
        assert session.get_one(User, entities.municipality.users["saha"]).position_notice == 2
    assert kept() == 1
    clock.now = NOON + timedelta(days=31)
    sweep(wiring)
    assert kept() == 0
    assert tablet.push(presence=str(uuid4())) == []
