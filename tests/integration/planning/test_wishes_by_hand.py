"""What a coordinator says of a household's wish stands: against lists that say their own again, and after a merge."""

from typing import Any
from uuid import UUID

import pytest

from api.wiring import Wiring
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.office.list_uploads import report_of
from tests.integration.planning.sweeping import sweep


def want(office: Office, target: UUID | str, team: UUID | None) -> None:
    path = f"/v1/visit-targets/{target}/preferred-team"
    said = office.ask("koordinator", "PUT", path, json={"team_id": str(team) if team else None})
    assert said.status_code == 204, said.text


def only_target(office: Office) -> dict[str, Any]:
    (one,) = office.get("koordinator", "/v1/visit-targets").json()["items"]
    assert isinstance(one, dict)
    return one


def third_team(office: Office) -> UUID:
    added = office.post("koordinator", "/v1/teams", json={"name": "3. Ekip"})
    assert added.status_code == 201, added.text
    return UUID(added.json()["id"])


@pytest.mark.usefixtures("entities")
def test_a_list_that_comes_again_unchanged_leaves_what_a_coordinator_said(office: Office) -> None:
    rows = b"Ad Soyad;Adres;Telefon;\xc4\xb0stenen Ekip\nAli Kaya;G\xc3\xbcl Sk. 1;0532 123 45 67;2. Ekip\n"
    report_of(office, rows)
    target = only_target(office)
    assert target["preferred_team"]["name"] == "2. Ekip"
    want(office, target["id"], office.municipality.team)
    again = report_of(office, rows + b"\n")
    assert again["targets"]["unchanged"] == 1
    assert only_target(office)["preferred_team"]["name"] == "1. Ekip"
    want(office, target["id"], None)
    report_of(office, rows + b"\n\n")
    assert only_target(office)["preferred_team"] is None


def test_after_a_merge_a_coordinator_may_say_what_stood_before_or_something_else(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    kept = entities.record_target(istenen_ekip=str(place.team))
    entities.record_target(istenen_ekip=str(place.other_team))
    sweep(wiring)
    (pair,) = office.get("koordinator", "/v1/duplicates").json()["items"]
    merging = {"survivor_id": str(kept), "taken_fields": ["istenen_ekip"]}
    merged = office.post("koordinator", f"/v1/duplicates/{pair['id']}/merge", json=merging)
    assert merged.status_code in {200, 204}, merged.text
    assert entities.fields(kept)["istenen_ekip"] == str(place.other_team)
    for team in (place.team, third_team(office), place.other_team, None):
        want(office, kept, team)
        assert entities.fields(kept).get("istenen_ekip", "") == str(team or "")
    assert entities.conflicts(kept) == []


def test_what_somebody_else_said_meanwhile_makes_no_conflict_of_a_coordinators_word(
    office: Office, entities: EntityOffice
) -> None:
    place, third = office.municipality, third_team(office)
    target = entities.record_target(istenen_ekip=str(place.team))
    entities.change(None, target, {"istenen_ekip": str(place.other_team)}, source="decision")
    want(office, target, third)
    assert entities.fields(target)["istenen_ekip"] == str(third)
    assert entities.conflicts(target) == []
