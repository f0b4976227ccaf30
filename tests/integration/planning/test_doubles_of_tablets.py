"""Two teams at one household by mistake, as it happens: two tablets without a network all day, then both push."""

from datetime import timedelta
from uuid import UUID

from api.wiring import Wiring
from tests.fixtures.municipality import NOON
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.planning.sweeping import sweep
from tests.integration.push.pushes import PushingTablet


def doubles(office: Office) -> list[set[str]]:
    pairs = office.get("koordinator", "/v1/visit-doubles").json()["items"]
    return [{pair["first"]["id"], pair["second"]["id"]} for pair in pairs]


def settle(office: Office, keep: UUID | None) -> int:
    """Settle the first pair: keep one, or both."""
    pair = office.get("koordinator", "/v1/visit-doubles").json()["items"][0]
    choice = "both" if keep is None else "first" if pair["first"]["id"] == str(keep) else "second"
    given = {"first_id": pair["first"]["id"], "second_id": pair["second"]["id"], "keep": choice}
    return office.post("koordinator", "/v1/visit-doubles/settle", json=given).status_code


def test_both_teams_went_there_before_either_tablet_had_a_network(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place, target = entities.municipality, entities.record_target()
    one = PushingTablet(office.client, wiring.database, place)
    other = PushingTablet(office.client, wiring.database, place, team=place.other_team)
    mine, theirs = entities.plan(target, place.team), entities.plan(target, place.other_team, days=1)
    morning, evening = (NOON - timedelta(hours=hours) for hours in (3, 1))
    # Each did its own visit on the version it pulled in the morning; the first to come back closes nothing of what
    # the second has done meanwhile.
    first = one.push(one.assignment(mine, 1, durum="yapildi") | {"at": morning.isoformat()})
    second = other.push(other.assignment(theirs, 1, by="saha2", durum="yapildi") | {"at": evening.isoformat()})
    assert [result["status"] for result in (*first, *second)] == ["applied", "applied"]
    sweep(wiring)
    assert doubles(office) == [{str(mine), str(theirs)}]
    # What was made cannot be cancelled; that both stand is what is left to say.
    assert settle(office, mine) == 409
    assert settle(office, None) == 204
    assert doubles(office) == []
    assert {entities.assignment(visit).status for visit in (mine, theirs)} == {"yapildi"}


def test_a_tablet_that_comes_back_after_its_visit_was_closed_as_a_double_loses_nothing(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place, target = entities.municipality, entities.record_target()
    one = PushingTablet(office.client, wiring.database, place)
    other = PushingTablet(office.client, wiring.database, place, team=place.other_team)
    mine, theirs = entities.plan(target, place.team), entities.plan(target, place.other_team)
    one.push(one.assignment(mine, 1, durum="yapildi"))
    sweep(wiring)
    assert entities.assignment(theirs).status == "iptal"
    # The other team was there as well, and says so hours later: kept, and left to the coordinator.
    late = other.assignment(theirs, 1, by="saha2", durum="yapildi")
    (result,) = other.push(late)
    assert result["status"] == "conflict"
    # Sent again because the answer was lost, it is the same one.
    (again,) = other.push(late)
    assert (again["status"], again["replayed"]) == ("conflict", True)
    (conflict,) = entities.conflicts(theirs)
    assert (conflict.field, conflict.standing_value, conflict.other_value) == ("durum", "iptal", "yapildi")


def test_a_household_planned_twice_is_settled_and_the_teams_tablet_is_told(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place, target = entities.municipality, entities.record_target()
    other = PushingTablet(office.client, wiring.database, place, team=place.other_team)
    mine, theirs = entities.plan(target, place.team, days=3), entities.plan(target, place.other_team, days=3)
    assert settle(office, mine) == 204
    assert [entities.assignment(visit).status for visit in (mine, theirs)] == ["planli", "iptal"]
    pulled = office.client.get("/v1/sync/pull", headers={"Authorization": f"Bearer {other.token}"}).json()
    (told,) = [item for item in pulled["items"] if item.get("id") == str(theirs)]
    assert "başka bir ekip" in str(told)
