"""Lists of the office, and who holds what when things move, end or are taken away."""

from datetime import timedelta
from uuid import UUID

from sync.change_log import FeedChanges, write_feed
from sync.tables import EntityChange
from tests.integration.entities.entity_office import HOUSE, IN_AKPINAR, IN_FATIH, EntityOffice
from visits.leaving import remove_assignments, remove_targets, sweep_past_assignments
from visits.recording import NewTarget


def row(number: str, **fields: str) -> NewTarget:
    return NewTarget(HOUSE | {"geometry": IN_AKPINAR} | fields, external_no=number)


def version(entities: EntityOffice, target: UUID) -> int:
    stored = entities.target(target)
    assert stored is not None
    return stored.version


def sweep(entities: EntityOffice) -> int:
    with entities.wiring.database.writing() as session:
        feed = FeedChanges()
        swept = sweep_past_assignments(session, feed, entities.now)
        write_feed(session, feed, entities.now)
    return swept


def test_the_same_list_again_writes_nothing(entities: EntityOffice) -> None:
    first = entities.record_targets([row("1"), row("2")])
    again = entities.record_targets([row("1"), row("2")])
    assert [one.id for one in again] == [one.id for one in first]
    assert [one.is_new for one in (*first, *again)] == [True, True, False, False]
    assert [version(entities, one.id) for one in first] == [1, 1]
    with entities.wiring.database.reading() as session:
        assert session.get_one(EntityChange, (first[0].id, 1)).source == "import"


def test_a_list_changes_what_it_says_anew_and_leaves_alone_what_the_field_found_out(entities: EntityOffice) -> None:
    (target,) = entities.record_targets([row("1", uavt="1")])
    entities.change(entities.tablet, target.id, {"adres": "from the field"}, base_version=1)
    (again,) = entities.record_targets([row("1", uavt="2")])
    assert again.outcome.status == "merged"
    assert (entities.fields(target.id)["adres"], entities.fields(target.id)["uavt"]) == ("from the field", "2")


def test_a_list_that_differs_from_the_field_is_decided_by_a_person_once(entities: EntityOffice) -> None:
    (target,) = entities.record_targets([row("1")])
    entities.change(entities.tablet, target.id, {"adres": "from the field"}, base_version=1)
    for _ in range(2):
        entities.record_targets([row("1", adres="from the list")])
    assert version(entities, target.id) == 3
    assert entities.fields(target.id)["adres"] == "from the field"
    assert [one.other_value for one in entities.conflicts(target.id)] == ["from the list"]


def test_one_number_twice_in_a_list_is_one_target(entities: EntityOffice) -> None:
    first, second = entities.record_targets([row("1", adres="A"), row("1", adres="B")])
    assert (first.id, first.is_new, second.is_new) == (second.id, True, False)
    assert entities.fields(first.id)["adres"] == "B"


def test_a_place_without_a_point_lies_where_the_list_says(entities: EntityOffice) -> None:
    (target,) = entities.record_targets([NewTarget(HOUSE, mahalle_id=entities.municipality.akpinar)])
    assert entities.areas("target", target.id) == {"akpinar"}


def test_a_target_that_moves_leaves_the_one_mahalle_and_comes_into_the_other(entities: EntityOffice) -> None:
    target = entities.record_target()
    entities.change(entities.tablet, target, {"geometry": IN_FATIH}, base_version=1)
    assert entities.areas("target", target) == {"fatih"}


def test_an_assignment_that_goes_to_another_team_takes_its_target_along(entities: EntityOffice) -> None:
    target = entities.record_target()
    assignment = entities.plan(target, entities.municipality.team)
    assert (entities.areas("assignment", assignment), entities.areas("target", target)) == (
        {"team"},
        {"akpinar", "team"},
    )
    other = {"ekip": str(entities.municipality.other_team)}
    assert entities.change(None, assignment, other, kind="assignment").status == "applied"
    assert entities.areas("assignment", assignment) == {"other_team"}
    assert entities.areas("target", target) == {"akpinar", "other_team"}


def test_a_week_after_its_day_an_assignment_leaves_and_its_team_can_still_report_it(entities: EntityOffice) -> None:
    target = entities.record_target(geometry=IN_FATIH)
    assignment = entities.plan(target, entities.municipality.team)
    entities.now += timedelta(days=7)
    assert sweep(entities) == 0
    entities.now += timedelta(days=1)
    assert (sweep(entities), sweep(entities)) == (1, 0)
    assert (entities.areas("assignment", assignment), entities.areas("target", target)) == (set(), {"fatih"})
    late = entities.change(entities.tablet, assignment, {"durum": "yapildi"}, kind="assignment", base_version=1)
    assert (late.status, entities.areas("assignment", assignment)) == ("applied", set())


def test_a_target_stays_while_another_assignment_of_the_team_is_to_come(entities: EntityOffice) -> None:
    target = entities.record_target(geometry=IN_FATIH)
    entities.plan(target, entities.municipality.team)
    entities.plan(target, entities.municipality.team, days=5)
    entities.now += timedelta(days=8)
    assert sweep(entities) == 1
    assert entities.areas("target", target) == {"fatih", "team"}


def test_what_the_office_takes_away_is_gone_everywhere(entities: EntityOffice) -> None:
    target = entities.record_target()
    kept, removed = (
        entities.plan(target, team) for team in (entities.municipality.team, entities.municipality.other_team)
    )
    with entities.wiring.database.writing() as session:
        feed = FeedChanges()
        assert remove_assignments(session, [removed], feed, entities.now) == 1
        write_feed(session, feed, entities.now)
    assert (entities.areas("assignment", removed), entities.areas("target", target)) == (set(), {"akpinar", "team"})
    with entities.wiring.database.writing() as session:
        feed = FeedChanges()
        assert remove_targets(session, [target], feed, entities.now) == 1
        write_feed(session, feed, entities.now)
    assert (entities.areas("target", target), entities.areas("assignment", kept)) == (set(), set())
    assert entities.change(entities.tablet, target, {"adres": "A"}, base_version=1).code == "entity.unknown"
