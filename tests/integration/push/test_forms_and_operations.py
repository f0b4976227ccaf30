"""A form and an operation of one entity in one push, and what an operation on an entity is answered again."""

from typing import Any
from uuid import uuid4

from sqlalchemy import select

from api.wiring import Wiring
from foundation.database import Database
from service_requests.released_operations import settle_released_operations
from service_requests.tables import Quarantine, Submission
from sync.entity_records import change_of
from sync.field_changes import UNKNOWN, ReleasedChange, refuse_change
from sync.tables import EntityChange, EntityConflict, HeldChange
from tests.integration.entities.odk_forms import create, filled, publish, update
from tests.integration.intake.posts import count
from tests.integration.push.pushes import PushingTablet
from visits.tables import VisitTarget


def fields(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return session.scalars(select(VisitTarget)).one().fields


def test_a_form_and_operations_of_one_target_go_in_the_tablets_order(
    pushing: PushingTablet, database: Database, wiring: Wiring
) -> None:
    publish(wiring)
    target = uuid4()
    made = pushing.target(target, adres="Eski Sk. 9")
    by_form = pushing.form(filled(update(target, {"adres": "Lale Sk. 2", "uavt": "1"}, 1, None, "b1")))
    tapped = pushing.update(target, 2, adres="Gül Sk. 3")
    by_form_again = pushing.form(filled(update(target, {"uavt": "2"}, 3, None, "b1")))
    in_order = [made, by_form, tapped, by_form_again]
    shuffled = [by_form_again, tapped, made, by_form]
    results = {result["id"]: result for result in pushing.push(*shuffled)}
    assert [results[one["id"]]["status"] for one in in_order] == ["applied"] * 4
    assert [results[one["id"]].get("version") for one in in_order] == [1, None, 3, None]
    assert (fields(database)["adres"], fields(database)["uavt"]) == ("Gül Sk. 3", "2")
    assert (count(database, EntityChange), count(database, EntityConflict)) == (4, 0)


def test_a_target_that_a_form_makes_may_be_changed_in_the_same_push(
    pushing: PushingTablet, database: Database, wiring: Wiring
) -> None:
    publish(wiring)
    target = uuid4()
    form = pushing.form(filled(create(target, {"tur": "hane", "ad": "Şükrü Iğdır", "geometry": "41.005 29.205 0 8"})))
    results = pushing.push(form, pushing.update(target, 1, adres="Gül Sk. 3"))
    assert [result["status"] for result in results] == ["applied", "applied"]
    assert fields(database)["adres"] == "Gül Sk. 3"


def test_an_operation_on_an_entity_is_answered_the_same_again_whatever_happened_since(
    pushing: PushingTablet, database: Database
) -> None:
    target, other = uuid4(), PushingTablet(pushing.client, database, pushing.place)
    made, first = pushing.target(target), pushing.update(target, 1, adres="Lale Sk. 2")
    late = other.operation(
        "update",
        {
            "kind": "target", "entity_id": str(target), "base_version": 1, "trunk_version": 1, "branch_id": "b2",
            "fields": {"adres": "Gül Sk. 3"},
        },
    )  # fmt: skip
    answered = [pushing.push(made, first), other.push(late)]
    assert [result["status"] for results in answered for result in results] == ["applied", "applied", "conflict"]
    assert answered[1][0]["conflicts"] == [{"field": "adres", "standing": "Lale Sk. 2"}]
    pushing.push(pushing.update(target, 2, adres="Nar Sk. 4"))
    rows = count(database, EntityChange), count(database, EntityConflict)
    again = [pushing.push(made, first), other.push(late)]
    assert again == [[result | {"replayed": True} for result in results] for results in answered]
    assert (count(database, EntityChange), count(database, EntityConflict)) == rows
    assert fields(database)["adres"] == "Nar Sk. 4"


def test_whoever_comes_to_the_standing_value_in_the_same_branch_has_settled_the_conflict(
    pushing: PushingTablet, database: Database
) -> None:
    target, other = uuid4(), PushingTablet(pushing.client, database, pushing.place)
    pushing.push(pushing.target(target), pushing.update(target, 1, adres="Lale Sk. 2"))

    def of_other(base: int, address: str) -> dict[str, Any]:
        payload = {"kind": "target", "entity_id": str(target), "base_version": base, "trunk_version": 1}
        return other.operation("update", payload | {"branch_id": "b2", "fields": {"adres": address}})

    assert [one["status"] for one in other.push(of_other(1, "Gül Sk. 3"))] == ["conflict"]
    assert conflict_states(database) == ["open"]
    assert [one["status"] for one in other.push(of_other(2, "Lale Sk. 2"))] == ["merged"]
    assert conflict_states(database) == ["conceded"]


def conflict_states(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(EntityConflict.state)))


def test_a_repeat_of_what_was_held_is_told_what_it_became(pushing: PushingTablet) -> None:
    target = uuid4()
    made, first = pushing.target(target), pushing.update(target, 1, adres="Lale Sk. 2")
    later = pushing.update(target, 2, uavt="1")
    assert [(one["status"], one["replayed"]) for one in pushing.push(later) + pushing.push(later)] == [
        ("held", False), ("held", True),
    ]  # fmt: skip
    pushing.push(made, first)
    [became] = pushing.push(later)
    assert (became["status"], became["version"], became["replayed"]) == ("applied", 3, True)


def test_a_repeat_of_a_form_that_was_held_is_told_what_it_became(
    pushing: PushingTablet, database: Database, wiring: Wiring
) -> None:
    publish(wiring)
    target, other = uuid4(), PushingTablet(pushing.client, database, pushing.place)
    made = pushing.target(target)
    first, second = (pushing.update(target, base, uavt=str(base)) for base in (1, 2))
    form = pushing.form(filled(update(target, {"adres": "Gül Sk. 3"}, 3, None, "b1")))
    for replayed in (False, True):
        [waits] = pushing.push(form)
        assert (waits["status"], waits["replayed"]) == ("held", replayed)
    pushing.push(made, first)
    [still] = pushing.push(form)
    assert still["status"] == "held"
    # Meanwhile another tablet writes the same field, which the form then finds.
    payload = {"kind": "target", "entity_id": str(target), "base_version": 1, "trunk_version": 1, "branch_id": "b2"}
    other.push(other.operation("update", payload | {"fields": {"adres": "Lale Sk. 2"}}))
    pushing.push(second)
    [became] = pushing.push(form)
    assert (became["status"], became["replayed"], became["submission_id"]) == ("conflict", True, waits["submission_id"])
    assert became["conflicts"] == [{"field": "adres", "standing": "Lale Sk. 2"}]


def test_a_repeat_of_a_form_that_was_held_says_applied_or_merged_as_it_was(
    pushing: PushingTablet, database: Database, wiring: Wiring
) -> None:
    publish(wiring)
    other = PushingTablet(pushing.client, database, pushing.place)
    for others_write, status in ((False, "applied"), (True, "merged")):
        target = uuid4()
        form = pushing.form(filled(update(target, {"adres": "Gül Sk. 3"}, 2, None, "b1")))
        pushing.push(form)
        pushing.push(pushing.target(target))
        if others_write:
            payload = {"kind": "target", "entity_id": str(target), "base_version": 1, "trunk_version": 1}
            other.push(other.operation("update", payload | {"branch_id": "b2", "fields": {"uavt": "7"}}))
        pushing.push(pushing.update(target, 1, telefon="0532 123 45 68"))
        [became] = pushing.push(form)
        assert (became["status"], became.get("conflicts", [])) == (status, [])


def test_a_form_that_is_held_and_released_in_one_push_is_answered_as_applied(
    pushing: PushingTablet, database: Database, wiring: Wiring
) -> None:
    publish(wiring)
    target = uuid4()
    form, made = pushing.form(filled(update(target, {"uavt": "1"}, 1, None, "b1"))), pushing.target(target)
    for _ in range(2):
        assert [one["status"] for one in pushing.push(form, made)] == ["applied", "applied"]
    with database.reading() as session:
        assert [row.review for row in session.scalars(select(Submission))] == ["none"]


def test_a_repeat_of_what_was_held_and_could_not_be_applied_is_told_so(
    pushing: PushingTablet, database: Database
) -> None:
    later = pushing.update(uuid4(), 1, uavt="1")
    assert [one["status"] for one in pushing.push(later)] == ["held"]
    with database.writing() as session:
        held = change_of(session.scalars(select(HeldChange)).one())
        settle_released_operations(session, [ReleasedChange(held, refuse_change(UNKNOWN))])
    [refused] = pushing.push(later)
    assert (refused["status"], refused["code"], refused["replayed"]) == ("rejected", UNKNOWN, True)
    with database.reading() as session:
        assert [str(row.id) for row in session.scalars(select(Quarantine))] == [refused["kept_as"]]


def test_what_is_held_and_released_in_one_push_is_answered_as_applied(
    pushing: PushingTablet, database: Database
) -> None:
    target = uuid4()
    later, made = pushing.update(target, 1, adres="Gül Sk. 3"), pushing.target(target)
    for _ in range(2):
        results = pushing.push(later, made)
        assert [(one["status"], one["version"]) for one in results] == [("applied", 2), ("applied", 1)]
    assert count(database, Quarantine) == 0
