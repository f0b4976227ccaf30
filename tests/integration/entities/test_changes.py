from datetime import timedelta
from uuid import uuid4

import msgspec

from sync.entity_changes import ReleasedChange
from tests.integration.entities.entity_office import HOUSE, IN_AKPINAR, IN_FATIH, EntityOffice


def test_a_tablets_change_is_stored_with_its_columns_and_told_to_the_area(entities: EntityOffice) -> None:
    target = entities.record_target()
    outcome = entities.change(entities.tablet, target, {"ad": "Ayşe Öztürk", "telefon": "0555 0000000"}, base_version=1)
    assert (outcome.status, outcome.version) == ("applied", 2)
    stored = entities.target(target)
    assert stored is not None
    assert (stored.version, stored.name, stored.fields["telefon"]) == (2, "Ayşe Öztürk", "+905550000000")
    assert "ayse ozturk" in stored.search_key
    assert stored.mahalle_id == entities.municipality.akpinar
    assert entities.areas("target", target) == {"akpinar"}
    assert '"version":2' in entities.body("target", target)


def test_two_tablets_change_the_same_field_and_a_person_has_to_decide(entities: EntityOffice) -> None:
    target = entities.record_target()
    entities.change(entities.tablet, target, {"adres": "A"}, base_version=1)
    outcome = entities.change(entities.second_tablet, target, {"adres": "B", "uavt": "123"}, base_version=1)
    assert (outcome.status, outcome.version) == ("conflict", 3)
    assert [(one.field, one.standing) for one in outcome.conflicts] == [("adres", "A")]
    assert entities.fields(target)["adres"] == "A"
    assert entities.fields(target)["uavt"] == "123"
    (conflict,) = entities.conflicts(target)
    assert (conflict.base_value, conflict.standing_value, conflict.other_value) == (HOUSE["adres"], "A", "B")
    assert (conflict.standing_version, conflict.device_id, conflict.is_sensitive) == (2, "collect:2", False)


def test_the_next_value_of_the_same_hand_replaces_its_open_conflict(entities: EntityOffice) -> None:
    target = entities.record_target()
    entities.change(entities.tablet, target, {"adres": "A"}, base_version=1)
    for adres in ("B", "C"):
        entities.change(entities.second_tablet, target, {"adres": adres}, base_version=1)
    assert [one.other_value for one in entities.conflicts(target)] == ["C"]
    both = [entities.a_change(entities.second_tablet, target, {"adres": adres}, base_version=1) for adres in ("D", "E")]
    entities.apply(*both)
    assert [one.other_value for one in entities.conflicts(target)] == ["E"]


def test_the_same_change_again_changes_nothing(entities: EntityOffice) -> None:
    target = entities.record_target()
    change = entities.a_change(entities.tablet, target, {"adres": "A"}, base_version=1)
    assert entities.apply(change) == entities.apply(change)
    stored = entities.target(target)
    assert stored is not None
    assert stored.version == 2


def test_another_teams_target_looks_like_one_that_is_not_there(entities: EntityOffice) -> None:
    target = entities.record_target()
    foreign = entities.change(entities.other_team, target, {"adres": "A"}, base_version=1)
    assert foreign.code == "entity.unknown"
    assert foreign == entities.change(entities.other_team, uuid4(), {"adres": "A"}, base_version=1)
    assert entities.fields(target)["adres"] == HOUSE["adres"]


def test_a_team_that_is_sent_to_a_target_elsewhere_may_change_it(entities: EntityOffice) -> None:
    target = entities.record_target(geometry=IN_FATIH)
    assert entities.change(entities.tablet, target, {"adres": "A"}, base_version=1).code == "entity.unknown"
    entities.plan(target, entities.municipality.team)
    assert entities.areas("target", target) == {"fatih", "team"}
    assert entities.change(entities.tablet, target, {"adres": "A"}, base_version=1).status == "applied"


def test_an_operation_with_a_field_that_cannot_be_is_refused_and_a_form_goes_on_without_it(
    entities: EntityOffice,
) -> None:
    target = entities.record_target()
    values = {"telefon": "12", "tur": "esnaf", "adres": "A"}
    refused = entities.change(entities.tablet, target, values, base_version=1)
    assert (refused.code, set(refused.bad_fields)) == ("entity.bad_field", {"telefon", "tur"})
    form = entities.change(entities.tablet, target, values | {"ad": HOUSE["ad"]}, base_version=1, source="submission")
    assert (form.status, set(form.bad_fields)) == ("applied", {"telefon", "tur"})
    assert entities.fields(target)["adres"] == "A"
    same_kind = entities.change(entities.tablet, target, {"tur": "hane"}, base_version=2, source="submission")
    assert same_kind.bad_fields == ()


def test_a_target_made_in_the_field_stays_with_its_team_wherever_it_lies(entities: EntityOffice) -> None:
    target = uuid4()
    values = HOUSE | {"geometry": IN_FATIH}
    made = entities.change(entities.tablet, target, values, creates=True, branch_id="b")
    assert (made.status, made.version) == ("applied", 1)
    assert entities.areas("target", target) == {"fatih", "team"}
    nameless = entities.change(entities.tablet, uuid4(), {"not": "x"}, creates=True)
    assert (nameless.code, nameless.bad_fields) == ("entity.bad_field", ("tur", "ad"))


def test_a_field_team_makes_no_assignment(entities: EntityOffice) -> None:
    made = entities.change(entities.tablet, uuid4(), {"durum": "yapildi"}, creates=True, kind="assignment")
    assert made.code == "entity.unknown"


def test_an_id_that_another_kind_has_taken_is_refused(entities: EntityOffice) -> None:
    assignment = entities.plan(entities.record_target(), entities.municipality.team)
    assert entities.change(entities.tablet, assignment, HOUSE, creates=True).code == "entity.unknown"


def test_what_comes_before_its_predecessors_is_held_and_applied_when_they_land(entities: EntityOffice) -> None:
    target = entities.record_target()
    branch = {"branch_id": "b", "trunk_version": 1}
    for base in (3, 2):
        held = entities.change(entities.tablet, target, {"uavt": str(base)}, base_version=base, **branch)
        assert (held.status, held.version) == ("held", None)
    assert entities.held() == 2
    released: list[ReleasedChange] = []
    first = entities.a_change(entities.tablet, target, {"uavt": "1"}, base_version=1, **branch)
    assert entities.apply(first, released=released)[0].version == 2
    assert [(one.outcome.status, one.outcome.version) for one in released] == [("applied", 3), ("applied", 4)]
    assert (entities.held(), entities.fields(target)["uavt"]) == (0, "3")


def test_held_changes_of_one_batch_never_reach_the_table(entities: EntityOffice) -> None:
    target = uuid4()
    update = entities.a_change(entities.tablet, target, {"uavt": "2"}, base_version=1, branch_id="b")
    create = entities.a_change(entities.tablet, target, HOUSE, creates=True)
    assert [one.status for one in entities.apply(update, create)] == ["held", "applied"]
    assert (entities.held(), entities.fields(target)["uavt"]) == (0, "2")


def test_after_five_days_an_update_is_applied_against_its_trunk(entities: EntityOffice) -> None:
    target = entities.record_target()
    entities.change(entities.tablet, target, {"uavt": "2"}, base_version=2, branch_id="b", trunk_version=1)
    assert entities.release(entities.now + timedelta(days=4, hours=23)) == []
    (released,) = entities.release(entities.now + timedelta(days=5))
    assert (released.outcome.status, released.was_made, entities.held()) == ("applied", False, 0)
    assert entities.fields(target)["uavt"] == "2"


def test_an_entity_that_never_came_is_made_from_its_update_and_its_late_creation_adds_what_is_missing(
    entities: EntityOffice,
) -> None:
    target = uuid4()
    entities.change(entities.tablet, target, {"ad": "Ayşe"}, base_version=1, branch_id="b")
    entities.change(entities.tablet, target, {"uavt": "7"}, base_version=2, branch_id="b")
    released = entities.release(entities.now + timedelta(days=5))
    assert [(one.was_made, one.outcome.status) for one in released] == [(True, "applied"), (False, "applied")]
    assert entities.fields(target) == {"ad": "Ayşe", "uavt": "7"}
    late = entities.change(entities.tablet, target, HOUSE | {"geometry": IN_AKPINAR}, creates=True)
    assert (late.status, late.version) == ("applied", 3)
    assert entities.fields(target)["ad"] == "Ayşe"
    assert (entities.fields(target)["tur"], entities.areas("target", target)) == ("hane", {"akpinar", "team"})


def test_a_held_update_of_what_turns_out_to_be_another_teams_goes_to_a_person(entities: EntityOffice) -> None:
    target = uuid4()
    entities.change(entities.other_team, target, {"uavt": "7"}, base_version=1, branch_id="b")
    entities.change(entities.tablet, target, HOUSE, creates=True)
    assert "uavt" not in entities.fields(target)
    assert [one.other_value for one in entities.conflicts(target)] == ["7"]


def test_a_wrong_base_is_refused(entities: EntityOffice) -> None:
    target = entities.record_target()
    for given in ({"base_version": 2}, {"base_version": 5, "trunk_version": 2, "branch_id": "b"}, {}):
        assert entities.change(entities.tablet, target, {"adres": "A"}, **given).code == "entity.base_unknown"


def test_a_creation_of_what_is_there_is_merged_with_it(entities: EntityOffice) -> None:
    target = entities.record_target()
    again = entities.change(entities.tablet, target, HOUSE | {"adres": "Başka", "uavt": "5"}, creates=True)
    assert again.status == "conflict"
    assert [one.field for one in again.conflicts] == ["adres"]
    assert entities.fields(target)["uavt"] == "5"
    assert msgspec.structs.asdict(again)["version"] == 2
