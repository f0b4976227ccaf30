"""What a leave strands is moved at once: to other teams, or to another day; what stays is told with its reason."""

from typing import Any
from uuid import UUID, uuid4

from tests.fixtures.office import Office
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.planning.test_campaigns import let_team_be

MONDAY, TUESDAY, WEDNESDAY = "2026-11-23", "2026-11-24", "2026-11-25"


def away(office: Office, team: UUID) -> dict[str, Any]:
    """Let a team be away on Monday and Tuesday; returns the answer."""
    leave = {"first_day": MONDAY, "last_day": TUESDAY, "team_id": str(team)}
    return office.post("koordinator", "/v1/team-leaves", json=leave).json()


def move(office: Office, leave: dict[str, Any], way: str) -> dict[str, Any]:
    answer = office.post("koordinator", f"/v1/team-leaves/{leave['id']}/move-visits", json={"way": way})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_stranded_visits_go_to_a_team_that_works_and_has_whom_they_asked_for(
    office: Office, entities: EntityOffice
) -> None:
    place, target = office.municipality, entities.record_target()
    let_team_be(office, place.other_team, ("saha2", "erkek"))
    plain = entities.plan(target, place.team, days=3, position=4, fields={"saat": "10:00"})
    promised = entities.plan(entities.record_target(ad="Sözlü"), place.team, days=3, fields={"sabit": "evet"})
    for_her = entities.plan(entities.record_target(ad="Hanım"), place.team, days=4, fields={"ziyaretci": "kadin"})
    after = entities.plan(entities.record_target(ad="Sonra"), place.team, days=5)
    leave = away(office, place.team)
    assert leave["stranded"] == 3
    told = move(office, leave, "other_teams")
    assert [(one["id"], one["from_day"], one["day"], one["team"]["id"]) for one in told["moved"]] == [
        (str(plain), MONDAY, MONDAY, str(place.other_team))
    ]
    assert {one["id"]: one["reason"].split(":")[0][:14] for one in told["stayed"]} == {
        str(promised): "Günü ve ekibi ", str(for_her): "O gün çalışan,"
    }  # fmt: skip
    moved = entities.assignment(plain)
    assert (moved.team_id, moved.day.isoformat(), moved.planned_time, moved.position) == (
        place.other_team, MONDAY, "", 0
    )  # fmt: skip
    assert entities.areas("assignment", plain) == {"other_team"}
    assert entities.assignment(after).team_id == place.team
    # Nothing is left that could go again.
    assert move(office, leave, "other_teams")["moved"] == []


def test_stranded_visits_go_to_the_teams_next_working_day_unless_that_is_too_late(
    office: Office, entities: EntityOffice
) -> None:
    team = office.municipality.team
    plain = entities.plan(entities.record_target(), team, days=3)
    urgent = entities.plan(entities.record_target(ad="Acil"), team, days=3, fields={"son_gun": TUESDAY})
    told = move(office, away(office, team), "later")
    assert [(one["id"], one["day"], one["team"]["id"]) for one in told["moved"]] == [(str(plain), WEDNESDAY, str(team))]
    assert [(one["id"], "son gün" in one["reason"]) for one in told["stayed"]] == [(str(urgent), True)]
    gone = office.post("koordinator", f"/v1/team-leaves/{uuid4()}/move-visits", json={"way": "later"})
    assert gone.status_code == 404
