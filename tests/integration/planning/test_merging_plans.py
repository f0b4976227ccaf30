"""Two coordinators plan one day: the second sees what the first changed and merges it team by team."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from api.wiring import Wiring
from tests.fixtures.municipality import NOON, Municipality, SetClock
from tests.fixtures.office import Office
from tests.integration.planning.planned_days import (
    TODAY,
    another_coordinator,
    order,
    outcome,
    planned,
    stops_of,
    visits_in_akpinar,
)
from tests.planned_visits import plan_visit
from visits.tables import VisitAssignment


@pytest.fixture
def two_plans(office: Office, wiring: Wiring, municipality: Municipality, clock: SetClock) -> dict[str, Any]:
    """Two plans of one day for two teams; the first coordinator has corrected and adopted theirs."""
    visits_in_akpinar(wiring, municipality.team, range(8))
    second, teams = another_coordinator(wiring), [municipality.team, municipality.other_team]
    theirs = planned(office, teams, is_balanced=True, seconds=0.5)
    ours = planned(office, teams, by=second, beside=True, is_balanced=True, seconds=0.5)
    (giver, given), (taker, _) = stops_of(theirs).items()
    move = {"visit": given[0], "team": taker, "day": TODAY}
    theirs = planned(office, teams, based_on=theirs["plan"]["id"], moves=[move], beside=True)
    clock.now = NOON + timedelta(minutes=10)
    adopted = office.post("koordinator", f"/v1/day-plans/{theirs['plan']['id']}/adopt", json={})
    assert adopted.status_code == 200
    return {"second": second, "teams": teams, "ours": ours, "theirs": theirs, "moved": given[0], "giver": giver}


def differences(office: Office, plan: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = office.get("koordinator", f"/v1/day-plans/{plan['plan']['id']}/differences").json()
    return found


def merged(office: Office, both: dict[str, Any], ours: Sequence[str], theirs: Sequence[str]) -> dict[str, Any]:
    plan_id = order(
        office, both["teams"], by=both["second"], beside=True, based_on=both["ours"]["plan"]["id"],
        keep_ours=list(ours), keep_theirs=list(theirs),
    )  # fmt: skip
    found = outcome(office, plan_id)
    assert found["plan"]["state"] == "done", found["plan"]
    return found


def times_of(view: dict[str, Any], team: str) -> list[tuple[str, str]]:
    """Name the visits of a team with their times."""
    return [
        (stop["visit"]["id"], stop["start"])
        for route in view["routes"]
        for stop in route["stops"]
        if route["team"]["id"] == team
    ]


def test_what_the_other_changed_is_shown_visit_by_visit(
    office: Office, wiring: Wiring, municipality: Municipality, two_plans: dict[str, Any]
) -> None:
    settled = str(next(one for one in stops_of(two_plans["ours"])[two_plans["giver"]] if one != two_plans["moved"]))
    with wiring.database.writing() as session:
        row = session.get_one(VisitAssignment, UUID(settled))
        row.status, row.version = "yapildi", row.version + 1
    added = str(plan_visit(wiring, municipality.team, NOON, ad="Yeni hane", geometry="41.005 29.203").assignment)
    found = differences(office, two_plans["ours"])
    by_visit = {one["visit"]["id"]: one for one in found["items"]}
    assert {one["id"] for one in found["teams"]} == set(map(str, two_plans["teams"]))
    assert (by_visit[settled]["kind"], by_visit[added]["kind"]) == ("settled", "added")
    assert by_visit[added]["planned"] is None
    moved = by_visit[two_plans["moved"]]
    assert (moved["kind"], moved["by"]) == ("moved", "Koordinator")
    start = dict(times_of(two_plans["theirs"], moved["standing"]["team"]["id"]))[two_plans["moved"]]
    assert (moved["standing"]["time"], moved["planned"]["team"]["name"] != "") == (start, True)
    # Of the plan that was adopted only what came later differs.
    assert {one["visit"]["id"] for one in differences(office, two_plans["theirs"])["items"]} >= {settled, added}


def test_a_team_keeps_what_stands_and_another_what_was_planned(office: Office, two_plans: dict[str, Any]) -> None:
    first, second = map(str, two_plans["teams"])
    result = merged(office, two_plans, ours=[second], theirs=[first])
    standing, planned_here = times_of(two_plans["theirs"], first), times_of(two_plans["ours"], second)
    assert times_of(result, first)[: len(standing)] == standing
    there = {visit for visit, _ in standing}
    kept = [one for one in planned_here if one[0] not in there]
    assert [one for one in times_of(result, second) if one in kept] == kept
    served = [stop["visit"]["id"] for route in result["routes"] for stop in route["stops"]]
    assert (len(served), len(set(served)), result["unfitted"]) == (8, 8, [])
    assert not [stop for route in result["routes"] for stop in route["stops"] if stop["is_moved"]]
    adopted = office.post(two_plans["second"], f"/v1/day-plans/{result['plan']['id']}/adopt", json={})
    assert (adopted.status_code, adopted.json()["left"]) == (200, [])


def test_all_of_theirs_changes_nothing(office: Office, two_plans: dict[str, Any]) -> None:
    teams = list(map(str, two_plans["teams"]))
    result = merged(office, two_plans, ours=[], theirs=teams)
    for team in teams:
        assert times_of(result, team) == times_of(two_plans["theirs"], team)


def test_all_of_ours_is_our_plan_again(office: Office, two_plans: dict[str, Any]) -> None:
    teams = list(map(str, two_plans["teams"]))
    result = merged(office, two_plans, ours=teams, theirs=[])
    for team in teams:
        assert times_of(result, team) == times_of(two_plans["ours"], team)
    # A visit moved afterwards moves; everything else stays held.
    visit, _ = times_of(two_plans["ours"], teams[0])[0]
    move = {"visit": visit, "team": teams[1], "day": TODAY, "after": times_of(result, teams[1])[-1][0]}
    again = planned(office, two_plans["teams"], based_on=result["plan"]["id"], moves=[move], beside=True)
    assert [one["visit"]["id"] for route in again["routes"] for one in route["stops"] if one["is_moved"]] == [visit]
    assert times_of(again, teams[1])[:-1] == times_of(two_plans["ours"], teams[1])


def test_a_merge_of_no_plan_is_refused(office: Office, municipality: Municipality) -> None:
    asked = {"first_day": TODAY, "team_ids": [str(municipality.team)], "keep_theirs": [str(municipality.team)]}
    refused = office.post("koordinator", "/v1/day-plans", json=asked)
    assert (refused.status_code, refused.json()["code"]) == (422, "plan.bad")
