"""A conflict whose two sides came to hold the same value is closed without anybody having decided it."""

from uuid import UUID

from litestar import Litestar
from litestar.testing import TestClient

from api.wiring import Wiring
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.entities.odk_forms import filled, publish, send, update


def in_conflict(entities: EntityOffice, field: str = "adres") -> UUID:
    """Record a target whose field two tablets changed: A stands (version 2), B does not (version 3)."""
    target, user = entities.record_target(), entities.municipality.users["saha"]
    entities.change(entities.tablet, target, {field: "A"}, base_version=1, user_id=user)
    entities.change(entities.second_tablet, target, {field: "B"}, base_version=1, trunk_version=1, branch_id="b")
    return target


def states(entities: EntityOffice, target: UUID) -> list[tuple[str, str, str]]:
    return [(one.state, one.standing_value, one.other_value) for one in entities.conflicts(target)]


def test_whoever_sent_the_other_value_and_then_sets_the_standing_one_has_settled_it(
    office: Office, entities: EntityOffice
) -> None:
    target, user = in_conflict(entities), entities.municipality.users["saha2"]
    again = {"base_version": 2, "trunk_version": 1, "branch_id": "b", "user_id": user}
    outcome = entities.change(entities.second_tablet, target, {"adres": "A"}, **again)
    assert outcome.status == "merged"
    assert states(entities, target) == [("conceded", "A", "B")]
    assert office.get("koordinator", "/v1/conflicts").json()["items"] == []
    (row,) = office.get("koordinator", "/v1/conflicts?state=decided").json()["items"]
    assert (row["state"], row["standing"]["value"], row["other"]["value"]) == ("decided", "A", "B")
    decision = row["decision"]
    assert (decision["choice"], decision["by"], decision["by_itself"]) == ("standing", "Saha2", True)
    assert decision["at"].startswith("2026-11-20T")
    # Nobody decided it, so there is nothing to undo or to decide.
    for act, code in (("undo", "conflict.not_decided"), ("decide", "conflict.not_open")):
        body = {"choice": "other"} if act == "decide" else {}
        answer = office.post("koordinator", f"/v1/conflicts/{row['id']}/{act}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    exported = office.get("koordinator", "/v1/conflicts.csv?state=decided").text
    assert "(kendiliğinden)" in exported


def test_a_form_that_only_sends_along_what_stands_settles_nothing(entities: EntityOffice) -> None:
    target = in_conflict(entities)
    # Taken from the server anew, with A before its eyes; the note is what was typed.
    sent_along = {"base_version": 3, "trunk_version": 3, "branch_id": "b3"}
    entities.change(entities.second_tablet, target, {"adres": "A", "not": "Zil bozuk"}, **sent_along)
    assert states(entities, target) == [("open", "A", "B")]


def test_the_other_value_set_by_somebody_who_may_settles_it(entities: EntityOffice) -> None:
    target, user = in_conflict(entities), entities.municipality.users["saha"]
    entities.change(entities.tablet, target, {"adres": "B"}, base_version=1, user_id=user)
    assert entities.fields(target)["adres"] == "B"
    (conflict,) = entities.conflicts(target)
    assert (conflict.state, conflict.standing_value, conflict.other_value) == ("followed", "A", "B")
    assert (conflict.decided_by, conflict.decided_at) == (user, entities.now)


def test_another_value_settles_nothing(entities: EntityOffice) -> None:
    target = in_conflict(entities)
    entities.change(entities.tablet, target, {"adres": "C"}, base_version=1)
    assert states(entities, target) == [("open", "A", "B")]
    entities.change(None, target, {"adres": "D"})
    assert {state for state, *_ in states(entities, target)} == {"open"}


def test_what_was_written_before_the_conflict_and_comes_late_settles_nothing(entities: EntityOffice) -> None:
    target = entities.record_target()
    entities.change(entities.tablet, target, {"adres": "A"}, base_version=1)
    second = entities.second_tablet
    # The tablet took version 2, then wrote B where the office had written O meanwhile.
    entities.change(None, target, {"adres": "O"})
    entities.change(second, target, {"adres": "B"}, base_version=2, trunk_version=2, branch_id="b2")
    assert [state for state, *_ in states(entities, target)] == ["open"]
    # Its edit of version 1 comes only now: B is what it says, whatever it said before.
    entities.change(second, target, {"adres": "O"}, base_version=1, trunk_version=1, branch_id="b1")
    assert [state for state, *_ in states(entities, target)] == ["open"]


def test_conflict_and_agreement_in_one_batch_leave_a_settled_conflict(entities: EntityOffice) -> None:
    target = entities.record_target()
    entities.change(entities.tablet, target, {"adres": "A"}, base_version=1)
    entities.apply(
        *(
            entities.a_change(
                entities.second_tablet, target, {"adres": value}, base_version=base, trunk_version=1, branch_id="b"
            )
            for base, value in ((1, "B"), (2, "C"), (3, "A"))
        )
    )
    assert states(entities, target) == [("conceded", "A", "C")]


def test_undoing_a_decision_for_the_standing_value_opens_nothing_where_the_other_stands_by_now(
    office: Office, entities: EntityOffice
) -> None:
    target = in_conflict(entities)
    (conflict,) = entities.conflicts(target)
    path = f"/v1/conflicts/{conflict.id}"
    assert office.post("koordinator", f"{path}/decide", json={"choice": "standing"}).status_code == 200
    entities.change(None, target, {"adres": "B"})
    assert office.post("koordinator", f"{path}/undo").status_code == 200
    assert states(entities, target) == [("followed", "A", "B")]


def test_a_sensitive_field_is_settled_by_its_writer_too(entities: EntityOffice) -> None:
    target = in_conflict(entities, "ad")
    again = {"base_version": 2, "trunk_version": 1, "branch_id": "b"}
    entities.change(entities.second_tablet, target, {"ad": "A"}, **again)
    assert states(entities, target) == [("conceded", "A", "B")]


def test_at_collects_door_the_second_form_of_the_same_branch_settles_it(
    client: TestClient[Litestar], wiring: Wiring, entities: EntityOffice
) -> None:
    publish(wiring)
    target = entities.record_target()
    entities.change(None, target, {"adres": "A"})
    assert send(client, filled(update(target, {"adres": "B"}, 1, 1, "b"))).status_code == 201
    assert states(entities, target) == [("open", "A", "B")]
    assert send(client, filled(update(target, {"adres": "A"}, 2, 1, "b"))).status_code == 201
    assert states(entities, target) == [("conceded", "A", "B")]
