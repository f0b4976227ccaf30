"""What the coordinator does with conflicts: sees both values, decides, undoes; the newest value is never destroyed."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from teams.tables import AccessLog
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import HOUSE, EntityOffice


@pytest.fixture
def target(entities: EntityOffice) -> UUID:
    """Return a target whose address two tablets changed: A stands, B does not."""
    recorded = entities.record_target()
    user = entities.municipality.users["saha"]
    entities.change(entities.tablet, recorded, {"adres": "A"}, base_version=1, user_id=user)
    entities.change(entities.second_tablet, recorded, {"adres": "B"}, base_version=1)
    return recorded


def only(entities: EntityOffice, target: UUID) -> str:
    (conflict,) = entities.conflicts(target)
    return str(conflict.id)


def decide(office: Office, conflict: str, choice: str, **more: object) -> int:
    return office.post(
        "koordinator", f"/v1/conflicts/{conflict}/decide", json={"choice": choice, **more}
    ).status_code  # fmt: skip


def undo(office: Office, conflict: str) -> int:
    return office.post("koordinator", f"/v1/conflicts/{conflict}/undo").status_code


def open_pairs(entities: EntityOffice, target: UUID) -> set[tuple[str, str]]:
    return {(one.standing_value, one.other_value) for one in entities.conflicts(target) if one.state == "open"}


def test_the_list_shows_both_values_with_their_writers(office: Office, entities: EntityOffice, target: UUID) -> None:
    page = office.get("koordinator", "/v1/conflicts").json()
    (row,) = page["items"]
    assert (page["total"], row["state"], row["decision"], row["base_value"]) == (1, "open", None, HOUSE["adres"])
    assert row["entity"] == {"kind": "target", "id": str(target), "name": HOUSE["ad"], "mahalle": "Akpınar"}
    assert row["field"] == {"name": "adres", "label": "Adres", "is_sensitive": False}
    standing, other = row["standing"], row["other"]
    assert (standing["value"], standing["by"], standing["device"], standing["version"]) == ("A", "Saha", "collect:1", 2)
    assert (other["value"], other["by"], other["device"], other["source"]) == ("B", None, "collect:2", "operation")
    assert office.get("koordinator", f"/v1/conflicts/{row['id']}").json() == row
    assert entities.conflicts(target)[0].id == UUID(row["id"])


def test_the_standing_value_shown_is_the_one_that_stands_now(
    office: Office, entities: EntityOffice, target: UUID
) -> None:
    entities.change(entities.tablet, target, {"adres": "newer"}, base_version=3)
    (row,) = office.get("koordinator", "/v1/conflicts").json()["items"]
    assert (row["standing"]["value"], row["standing"]["version"]) == ("newer", 4)
    assert decide(office, row["id"], "other", standing_version=2) == 409
    assert decide(office, row["id"], "other", standing_version=4) == 200
    assert undo(office, row["id"]) == 200
    assert entities.fields(target)["adres"] == "newer"


def test_keeping_the_standing_value_changes_nothing_and_can_be_undone(
    office: Office, entities: EntityOffice, target: UUID
) -> None:
    conflict = only(entities, target)
    assert decide(office, conflict, "standing") == 200
    assert entities.conflicts(target)[0].state == "kept"
    assert decide(office, conflict, "other") == 409
    assert undo(office, conflict) == 200
    assert open_pairs(entities, target) == {("A", "B")}
    assert undo(office, conflict) == 409
    stored = entities.target(target)
    assert stored is not None
    assert (stored.version, stored.fields["adres"]) == (3, "A")


def test_taking_the_other_value_is_a_version_that_tablets_are_told_and_can_be_undone(
    office: Office, entities: EntityOffice, target: UUID
) -> None:
    conflict = only(entities, target)
    assert decide(office, conflict, "other") == 200
    assert entities.fields(target)["adres"] == "B"
    assert '"version":4' in entities.body("target", target)
    (row,) = office.get("koordinator", "/v1/conflicts?state=decided").json()["items"]
    assert (row["standing"]["value"], row["other"]["value"], row["decision"]["choice"]) == ("A", "B", "other")
    assert row["decision"]["by"] == "Koordinator"
    assert undo(office, conflict) == 200
    assert entities.fields(target)["adres"] == "A"
    assert open_pairs(entities, target) == {("A", "B")}


def test_undoing_after_somebody_changed_the_field_leaves_the_newer_value_and_shows_all_three(
    office: Office, entities: EntityOffice, target: UUID
) -> None:
    conflict = only(entities, target)
    decide(office, conflict, "other")
    entities.change(entities.tablet, target, {"adres": "newer"}, base_version=4)
    assert undo(office, conflict) == 200
    assert entities.fields(target)["adres"] == "newer"
    assert open_pairs(entities, target) == {("newer", "B"), ("newer", "A")}


def test_a_decision_is_somebody_elses_change_for_a_tablet_that_has_not_seen_it(
    office: Office, entities: EntityOffice, target: UUID
) -> None:
    decide(office, only(entities, target), "other")
    outcome = entities.change(entities.tablet, target, {"adres": "C"}, base_version=2)
    assert (outcome.status, entities.fields(target)["adres"]) == ("conflict", "B")


def test_a_decision_about_a_name_is_a_persons_already(office: Office, entities: EntityOffice) -> None:
    target = entities.record_target()
    entities.change(entities.tablet, target, {"adres": "A"}, base_version=1)
    entities.change(entities.second_tablet, target, {"ad": "Yeni Ad"}, base_version=1)
    conflict = only(entities, target)
    entities.change(entities.tablet, target, {"uavt": "1"}, base_version=3)
    assert decide(office, conflict, "other") == 200
    assert entities.fields(target)["ad"] == "Yeni Ad"
    entities.change(entities.tablet, target, {"uavt": "2"}, base_version=5)
    assert undo(office, conflict) == 200
    assert entities.fields(target)["ad"] == HOUSE["ad"]


def test_looking_exporting_and_deciding_are_recorded(office: Office, entities: EntityOffice, target: UUID) -> None:
    conflict = only(entities, target)
    office.get("koordinator", f"/v1/conflicts/{conflict}")
    exported = office.get("koordinator", "/v1/conflicts.csv?state=all").text
    assert ("Adres;" in exported, ";A;Saha;" in exported, ";B;" in exported) == (True, True, True)
    decide(office, conflict, "other")
    undo(office, conflict)
    with entities.wiring.database.reading() as session:
        rows = session.scalars(select(AccessLog).where(AccessLog.subject_kind == "entity_conflict")).all()
    recorded = [(row.action, row.detail) for row in sorted(rows, key=lambda row: row.id)]
    assert recorded == [("viewed", ""), ("exported", "all"), ("changed", "other"), ("changed", "geri alındı")]


@pytest.mark.parametrize("name", ["saha", "mudurluk", "yonetici", "admin"])
def test_nobody_else_learns_that_there_is_a_conflict(
    office: Office, entities: EntityOffice, target: UUID, name: str
) -> None:
    conflict = only(entities, target)
    unknown = office.get("koordinator", f"/v1/conflicts/{uuid4()}").content
    assert office.get(name, f"/v1/conflicts/{conflict}").content == unknown
    assert office.post(name, f"/v1/conflicts/{conflict}/decide", json={"choice": "other"}).content == unknown
    assert entities.fields(target)["adres"] == "A"
