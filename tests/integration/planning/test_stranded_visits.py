"""What a leave strands is moved at once: to other teams, or to another day; what stays is told with its reason."""

from typing import Any
from uuid import UUID, uuid4

from httpx import Response

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


def take_back(office: Office, team: UUID, moved: list[dict[str, Any]]) -> Response:
    fields = ("id", "day", "from_day", "from_position", "from_time")
    visits = [{"team_id": one["team"]["id"], **{name: one[name] for name in fields}} for one in moved]
    path = "/v1/visit-assignments/take-moves-back"
    return office.post("koordinator", path, json={"team_id": str(team), "visits": visits})


def test_taking_the_moves_back_gives_each_visit_its_day_team_place_and_hour_again(
    office: Office, entities: EntityOffice
) -> None:
    place = office.municipality
    let_team_be(office, place.other_team, ("saha2", "erkek"))
    first = entities.plan(entities.record_target(), place.team, days=3, position=4, fields={"saat": "10:00"})
    second = entities.plan(entities.record_target(ad="İkinci"), place.team, days=4, position=2)
    moved = move(office, away(office, place.team), "other_teams")["moved"]
    assert {one["id"] for one in moved} == {str(first), str(second)}
    answer = take_back(office, place.team, moved)
    assert (answer.status_code, answer.json()) == (200, {"returned": 2, "stayed": []})
    for visit, day, position, hour in ((first, MONDAY, 4, "10:00"), (second, TUESDAY, 2, "")):
        row = entities.assignment(visit)
        assert (row.team_id, row.day.isoformat(), row.position, row.planned_time) == (place.team, day, position, hour)
        assert entities.areas("assignment", visit) == {"team"}
    # Whoever presses twice is told, and nothing happens.
    again = take_back(office, place.team, moved).json()
    assert (again["returned"], len(again["stayed"])) == (0, 2)


def test_what_changed_meanwhile_stays_and_is_named_and_everything_else_goes_back(
    office: Office, entities: EntityOffice
) -> None:
    place = office.municipality
    let_team_be(office, place.other_team, ("saha2", "erkek"))
    visits = {
        name: entities.plan(entities.record_target(ad=name), place.team, days=3)
        for name in ("Döner", "Yapılmış", "Başka Gün", "Sözlü")
    }
    moved = move(office, away(office, place.team), "other_teams")["moved"]
    entities.change(None, visits["Yapılmış"], {"durum": "iptal", "neden": "taşınmış"}, kind="assignment")
    entities.change(None, visits["Başka Gün"], {"gun": WEDNESDAY}, kind="assignment")
    entities.change(None, visits["Sözlü"], {"sabit": "evet"}, kind="assignment")
    told = take_back(office, place.team, moved).json()
    assert told["returned"] == 1
    assert {one["target"]["name"]: one["reason"].split()[2] for one in told["stayed"]} == {
        "Yapılmış": "yola", "Başka Gün": "başka", "Sözlü": "yeni",
    }  # fmt: skip
    assert entities.assignment(visits["Döner"]).team_id == place.team
    assert {entities.assignment(visits[name]).team_id for name in ("Yapılmış", "Başka Gün", "Sözlü")} == {
        place.other_team
    }


def test_moves_that_name_a_visit_that_never_was_are_taken_back_not_even_in_part(
    office: Office, entities: EntityOffice
) -> None:
    place = office.municipality
    let_team_be(office, place.other_team, ("saha2", "erkek"))
    visit = entities.plan(entities.record_target(), place.team, days=3)
    moved = move(office, away(office, place.team), "other_teams")["moved"]
    answer = take_back(office, place.team, [*moved, moved[0] | {"id": str(uuid4())}])
    assert answer.status_code == 404
    assert entities.assignment(visit).team_id == place.other_team
    past = take_back(office, place.team, [moved[0] | {"from_day": "2026-11-02"}]).json()
    assert [one["reason"] for one in past["stayed"]] == ["Eski günü geçmiş."]
