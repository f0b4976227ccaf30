"""A form and an operation of one entity in one push, and what an operation on an entity is answered again."""

from uuid import uuid4

from sqlalchemy import select

from api.wiring import Wiring
from foundation.database import Database
from sync.tables import EntityChange, EntityConflict
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
