"""A day's plan through the door: ordered, worked out in a process of its own, adopted by the visits."""

import os
import signal
import time
from datetime import time as clock_time
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from api.wiring import Wiring
from planning.plan_records import STALE_AFTER, sweep_plans
from planning.tables import DayPlan
from sync.tables import FeedEntry
from teams.tables import AccessLog, Team, TeamShift, User
from tests.fixtures.municipality import NOON, Municipality, SetClock
from tests.fixtures.office import Office
from tests.integration.planning.planned_days import (
    TODAY,
    TOMORROW,
    another_coordinator,
    order,
    outcome,
    planned,
    reasons_of,
    stops_of,
    visits_in_akpinar,
)
from tests.planned_visits import plan_visit
from visits.tables import VisitAssignment


def rows(wiring: Wiring) -> dict[str, VisitAssignment]:
    with wiring.database.reading() as session:
        return {str(row.id): row for row in session.scalars(select(VisitAssignment))}


def test_a_plan_is_worked_out_shown_and_adopted_by_its_visits(
    office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    visits = visits_in_akpinar(wiring, municipality.team, range(6))
    teams = [municipality.team, municipality.other_team]
    view = planned(office, teams, is_balanced=True, seconds=0.5)
    routes = stops_of(view)
    assert sorted(one for stops in routes.values() for one in stops) == sorted(map(str, visits))
    assert len(routes) == 2
    assert not view["unfitted"]
    first = view["routes"][0]
    assert first["team"]["name"] in {"1. Ekip", "2. Ekip"}
    assert first["stops"][0]["visit"]["target"]["name"].startswith("Hane ")
    assert first["departure"] <= first["stops"][0]["arrival"] <= first["stops"][0]["start"] < first["back_at"]

    adopted = office.post("koordinator", f"/v1/day-plans/{view['plan']['id']}/adopt", json={})
    assert (adopted.status_code, adopted.json()) == (200, {"adopted": 6, "left": []})
    standing = rows(wiring)
    for team, stops in routes.items():
        assert [standing[one].position for one in stops] == list(range(1, len(stops) + 1))
        assert {str(standing[one].team_id) for one in stops} == {team}
    starts = {stop["visit"]["id"]: stop["start"] for route in view["routes"] for stop in route["stops"]}
    assert {key: row.planned_time for key, row in standing.items()} == starts
    with wiring.database.reading() as session:
        told = select(FeedEntry.area).where(FeedEntry.entity_id == UUID(routes[str(municipality.other_team)][0]))
        assert f"team:{municipality.other_team}" in set(session.scalars(told))
        log = select(AccessLog.detail).where(AccessLog.subject_kind == "day_plan")
        assert session.scalars(log).all() == ["6 ziyaret, 0 bırakılan"]
    where = f"/v1/day-plans/{view['plan']['id']}/route"
    query = f"?team={first['team']['id']}&day={TODAY}"
    for ending, begins in (("pdf", b"%PDF-"), ("gpx", b"<?xml"), ("ics", b"BEGIN:VCALENDAR")):
        taken = office.get("koordinator", f"{where}.{ending}{query}")
        assert (taken.status_code, taken.content[: len(begins)]) == (200, begins)
    assert office.get("koordinator", f"{where}.pdf?team={first['team']['id']}&day={TOMORROW}").status_code == 404
    with wiring.database.reading() as session:
        exported = select(AccessLog.detail).where(AccessLog.action == "exported")
        assert len(session.scalars(exported).all()) == 3
    again = office.post("koordinator", f"/v1/day-plans/{view['plan']['id']}/adopt", json={})
    assert (again.status_code, again.json()["code"]) == (409, "plan.already_adopted")
    listed = office.get("koordinator", f"/v1/day-plans?day={TODAY}").json()["items"]
    assert [(one["state"], one["by"]["name"]) for one in listed] == [("adopted", "Koordinator")]


def test_the_second_to_plan_a_day_is_told_and_may_merge(
    office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    visits_in_akpinar(wiring, municipality.team, [1, 3, 2])
    second = another_coordinator(wiring)
    mine = planned(office, [municipality.team])
    asked = {"first_day": TODAY, "team_ids": [str(municipality.team)]}
    refused = office.post(second, "/v1/day-plans", json=asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "plan.day_in_work")
    assert (refused.json()["plan_id"], refused.json()["by"]) == (mine["plan"]["id"], "Koordinator")
    theirs = planned(office, [municipality.team], by=second, beside=True)

    # The first adopts; in the second plan every visit has another version now, but for a new day nobody is in the way.
    assert office.post("koordinator", f"/v1/day-plans/{mine['plan']['id']}/adopt", json={}).status_code == 200
    told = office.post(second, f"/v1/day-plans/{theirs['plan']['id']}/adopt", json={})
    assert (told.status_code, told.json()["code"]) == (409, "plan.day_changed")
    changed = told.json()["visits"]
    assert changed
    merged = office.post(second, f"/v1/day-plans/{theirs['plan']['id']}/adopt", json={"merge": True}).json()
    assert merged == {"adopted": 3 - len(changed), "left": changed}
    assert office.post(second, "/v1/day-plans", json={**asked, "first_day": TOMORROW}).status_code == 202


def test_a_planner_that_is_killed_or_cancelled_leaves_the_day_as_it_was(
    office: Office, wiring: Wiring, municipality: Municipality, clock: SetClock
) -> None:
    visits_in_akpinar(wiring, municipality.team, range(3))
    before = {key: row.version for key, row in rows(wiring).items()}
    plan_id = order(office, [municipality.team], seconds=50)
    os.kill(_process_at_work(wiring), signal.SIGKILL)
    found = outcome(office, plan_id)["plan"]
    assert (found["state"], "Yeniden başlatın" in found["trouble"]) == ("failed", True)
    assert office.post("koordinator", f"/v1/day-plans/{plan_id}/adopt", json={}).json()["code"] == "plan.not_ready"

    again = office.post("koordinator", f"/v1/day-plans/{plan_id}/again").json()["id"]
    process = _process_at_work(wiring)
    assert office.post("koordinator", f"/v1/day-plans/{again}/cancel").status_code == 204
    assert outcome(office, again)["plan"]["state"] == "cancelled"
    _wait_until_gone(process)
    assert {key: row.version for key, row in rows(wiring).items()} == before

    # The whole server ends: the row stays behind without a heartbeat, and is read as failed at once.
    with wiring.database.writing() as session:
        row = session.get_one(DayPlan, UUID(again))
        row.state, row.heartbeat_at = "running", NOON
    clock.now = NOON + STALE_AFTER + timedelta(seconds=1)
    assert outcome(office, again)["plan"]["state"] == "failed"
    with wiring.database.writing() as session:
        assert sweep_plans(session, clock.now) == 1
    assert planned(office, [municipality.team])["plan"]["state"] == "done"


def test_a_visit_moved_by_hand_stays_there_and_the_rest_is_planned_around_it(
    office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    visits = list(map(str, visits_in_akpinar(wiring, municipality.team, range(6))))
    teams = [municipality.team, municipality.other_team]
    view = planned(office, teams)
    (team, stops), *_ = stops_of(view).items()
    other = next(str(one) for one in teams if str(one) != team)
    move = {"visit": stops[0], "team": other, "day": TODAY}
    moved = planned(office, teams, based_on=view["plan"]["id"], moves=[move])
    assert stops[0] in stops_of(moved)[other]
    assert sorted(one for some in stops_of(moved).values() for one in some) == sorted(visits)
    (flag,) = [stop for route in moved["routes"] for stop in route["stops"] if stop["is_moved"]]
    assert flag["visit"]["id"] == stops[0]

    # A move behind another visit: it begins when the team can be there.
    behind = {"visit": stops[1], "team": other, "day": TODAY, "after": stops[0]}
    further = planned(office, teams, based_on=moved["plan"]["id"], moves=[behind])
    assert stops_of(further)[other][:2] == stops[:2]


def test_what_cannot_be_planned_is_said_not_dropped(office: Office, wiring: Wiring, municipality: Municipality) -> None:
    (fine,) = visits_in_akpinar(wiring, municipality.team, range(1))
    far = plan_visit(wiring, municipality.team, NOON, geometry="39.9 32.8").assignment
    nowhere = plan_visit(wiring, municipality.team, NOON, geometry="").assignment
    unwanted = plan_visit(wiring, municipality.team, NOON, ziyaret_edilmesin="evet").assignment
    view = planned(office, [municipality.team])
    assert stops_of(view) == {str(municipality.team): [str(fine)]}
    assert reasons_of(view) == {
        str(far): "outside_district", str(nowhere): "no_point", str(unwanted): "do_not_visit"
    }  # fmt: skip
    assert all(one["reason"]["name"].endswith(".") for one in view["unfitted"])

    for wrong in ({"team_ids": []}, {"last_day": "2026-11-26"}, {"first_day": "2026-11-19"}, {"seconds": 1000}):
        asked = {"first_day": TODAY, "team_ids": [str(municipality.team)], **wrong}
        refused = office.post("koordinator", "/v1/day-plans", json=asked)
        assert (refused.status_code, refused.json()["code"]) == (422, "plan.bad"), wrong
    unknown = outcome(office, order(office, [municipality.akpinar]))["plan"]
    assert unknown["state"] == "failed"
    assert unknown["trouble"].startswith("Seçilen ekiplerden biri artık yok")


def test_shifts_hours_pins_and_visitors_are_kept(office: Office, wiring: Wiring, municipality: Municipality) -> None:
    team, other = municipality.team, municipality.other_team
    with wiring.database.writing() as session:
        session.add(TeamShift(team_id=team, weekday=4, starts=clock_time(8), ends=clock_time(12)))
        session.add(TeamShift(team_id=other, weekday=4, starts=clock_time(13), ends=clock_time(20)))
        session.get_one(User, municipality.users["saha2"]).gender = "kadin"
        start = session.get_one(Team, other)
        start.start_lon, start.start_lat, start.mode = 29.201, 41.001, "car"

    def visit(**fields: str) -> str:
        return str(plan_visit(wiring, team, NOON, fields=fields).assignment)

    evening = visit(saatler="17:00-19:00", sure_dk="30")
    by_her = visit(ziyaretci="kadin")
    promised = visit(sabit="evet", saat="09:30", oncelik="4")
    nobody = visit(ziyaretci="erkek")
    night = visit(saatler="21:00-22:00")
    over = visit(son_gun="2026-11-19")
    asked_ids = [str(team), str(other)]
    response = office.post(
        "koordinator", "/v1/day-plans", json={"first_day": TODAY, "team_ids": asked_ids, "seconds": 0.2}
    )
    view = outcome(office, response.json()["id"])
    stops = {stop["visit"]["id"]: stop for route in view["routes"] for stop in route["stops"]}
    assert stops_of(view)[str(team)] == [promised]
    assert set(stops_of(view)[str(other)]) == {evening, by_her}
    assert "17:00" <= stops[evening]["start"] <= "18:30"
    assert stops[promised]["start"] == "09:30"
    assert stops[promised]["visit"]["is_pinned"]
    assert reasons_of(view) == {nobody: "no_team", night: "outside_shifts", over: "windows_exclude"}


def test_each_team_rests_when_its_own_shift_says(office: Office, wiring: Wiring, municipality: Municipality) -> None:
    lunches = {
        municipality.team: (30, clock_time(11), clock_time(11, 30)),
        municipality.other_team: (60, None, clock_time(13)),
    }  # fmt: skip
    with wiring.database.writing() as session:
        for team, (minutes, first, last) in lunches.items():
            session.add(
                TeamShift(
                    team_id=team, weekday=4, starts=clock_time(9), ends=clock_time(17), lunch_minutes=minutes,
                    lunch_from=first, lunch_until=last,
                )
            )  # fmt: skip
    # Both are out all day; in the other's lunch either can be at a door.
    promised = {
        team: [
            str(plan_visit(wiring, team, NOON, fields={"sabit": "evet", "saat": minute, "sure_dk": "25"}).assignment)
            for minute in ("09:30", at_lunch, "15:30")
        ]
        for team, at_lunch in ((municipality.team, "12:20"), (municipality.other_team, "11:10"))
    }
    view = planned(office, list(promised))
    assert stops_of(view) == {str(team): visits for team, visits in promised.items()}
    lunch = {route["team"]["id"]: route["lunch"] for route in view["routes"]}
    assert lunch[str(municipality.team)] == ["11:00", "11:30"]
    begin, end = lunch[str(municipality.other_team)]
    assert "12:00" <= begin <= "13:00"
    assert int(end[:2]) - int(begin[:2]) == 1


def test_what_is_left_of_today_is_planned_from_where_the_team_is(
    office: Office, wiring: Wiring, municipality: Municipality, clock: SetClock
) -> None:
    first, second, third = map(str, visits_in_akpinar(wiring, municipality.team, range(3)))
    with wiring.database.writing() as session:
        done = session.get_one(VisitAssignment, UUID(third))
        done.status, done.fields = "yapildi", {**done.fields, "durum": "yapildi"}
    clock.now = NOON + timedelta(hours=1)
    view = planned(office, [municipality.team], from_now=True)
    (route,) = view["routes"]
    # The team stands at the third door; it is 13:00.
    assert [stop["visit"]["id"] for stop in route["stops"]] == [second, first]
    assert route["departure"] >= "13:00"


def _process_at_work(wiring: Wiring) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := wiring.planning.workers.process_ids:
            return found[0]
        time.sleep(0.02)
    raise TimeoutError


def _wait_until_gone(process: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    raise TimeoutError
