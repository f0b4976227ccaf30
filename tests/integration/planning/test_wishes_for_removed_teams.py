"""A visit's own wish for a team that was removed is none: what its household wants counts again, wherever read."""

from uuid import UUID

from sqlalchemy import update

from api.wiring import Wiring
from teams.tables import Team
from tests.fixtures.municipality import NOON, Municipality
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.planning.planned_days import TODAY, planned, stops_of
from tests.integration.planning.test_wishes_by_hand import third_team
from tests.integration.planning.test_wishes_of_households import MONDAY
from tests.planned_visits import plan_visit


def removed_team(office: Office, wiring: Wiring) -> UUID:
    team = third_team(office)
    with wiring.database.writing() as session:
        session.execute(update(Team).where(Team.id == team).values(is_active=False))
    return team


def test_a_plan_and_the_lists_fall_back_on_what_the_household_wants(
    office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    team, other, removed = municipality.team, municipality.other_team, removed_team(office, wiring)
    wish = {"istenen_ekip": str(removed)}
    visit = str(plan_visit(wiring, team, NOON, ad="İkisi", istenen_ekip=str(other), fields=wish).assignment)
    in_vain = str(plan_visit(wiring, team, NOON, ad="Yalnız ziyaret", fields=wish).assignment)
    listed = office.get("koordinator", f"/v1/visit-assignments?day={TODAY}").json()["items"]
    assert {one["id"]: one["preferred_team"] for one in listed} == {
        visit: {"id": str(other), "name": "2. Ekip", "is_active": True}, in_vain: None
    }  # fmt: skip
    view = planned(office, [team, other], seconds=0.5)
    assert visit in stops_of(view)[str(other)]
    stops = {stop["visit"]["id"]: stop for route in view["routes"] for stop in route["stops"]}
    assert stops[visit]["visit"]["preferred_team"]["name"] == "2. Ekip"
    assert (stops[in_vain]["visit"]["preferred_team"], stops[in_vain]["missed"]) == (None, "")


def test_a_household_that_wants_a_removed_team_is_shown_with_it(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    removed = removed_team(office, wiring)
    entities.record_target(istenen_ekip=str(removed))
    (listed,) = office.get("koordinator", "/v1/visit-targets").json()["items"]
    assert listed["preferred_team"] == {"id": str(removed), "name": "3. Ekip", "is_active": False}


def test_a_leave_moves_a_visit_to_the_team_of_its_household(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place, removed = office.municipality, removed_team(office, wiring)
    added = office.post("koordinator", "/v1/teams", json={"name": "4. Ekip"})
    assert added.status_code == 201, added.text
    fourth = added.json()["id"]
    # The fourth has more to do that day: only the wish speaks for it.
    entities.plan(entities.record_target(ad="Başka"), UUID(fourth), days=3)
    target = entities.record_target(ad="İkisi", istenen_ekip=fourth)
    visit = entities.plan(target, place.team, days=3, fields={"istenen_ekip": str(removed)})
    leave = {"first_day": MONDAY.isoformat(), "last_day": MONDAY.isoformat(), "team_id": str(place.team)}
    made = office.post("koordinator", "/v1/team-leaves", json=leave).json()
    office.post("koordinator", f"/v1/team-leaves/{made['id']}/move-visits", json={"way": "other_teams"})
    assert str(entities.assignment(visit).team_id) == fourth
