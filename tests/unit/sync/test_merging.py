"""The rule of docs/sync-protocol.md, "How changes of entities are merged", case by case."""

from uuid import UUID, uuid4

import pytest

from sync.merging import Edit, Merged, PastChange, Placed, merge_edit, place_edit

SENSITIVE = frozenset({"ad"})


def created(**values: str) -> PastChange:
    return PastChange(1, values, dict.fromkeys(values, ""), branch_id="list", branch_base=0)


def merged(past: list[PastChange], edit: Edit, *, fields: dict[str, str] | None = None) -> Merged:
    now: dict[str, str] = {}
    for change in past:
        now |= change.values
    placed = place_edit(edit, past[-1].version, past)
    assert isinstance(placed, Placed)
    return merge_edit(now if fields is None else fields, past, edit, placed, SENSITIVE)


@pytest.mark.parametrize(
    ("edit", "placed"),
    [
        (Edit({}, base=2), Placed(2, 2)),
        (Edit({}, base=4), "unknown"),
        (Edit({}, base=0), "unknown"),
        (Edit({}), "unknown"),
        (Edit({}, base=2, trunk=2, branch_id="b"), Placed(2, 2)),
        (Edit({}, base=3, trunk=2, branch_id="a"), Placed(2, 3)),
        (Edit({}, base=3, trunk=2, branch_id="b"), "early"),
        (Edit({}, base=4, trunk=4, branch_id="b"), "unknown"),
        (Edit({}, base=9, trunk=4, branch_id="b"), "unknown"),
        (Edit({}, base=1, trunk=2, branch_id="b"), "unknown"),
        (Edit({}, base=1, branch_id="c"), Placed(1, 1)),
        (Edit({}, base=2, branch_id="c"), "early"),
        (Edit({}, creates=True), Placed(0, 0)),
    ],
)
def test_the_version_a_writer_had_seen(edit: Edit, placed: object) -> None:
    past = [created(), PastChange(2, {}, {}), PastChange(3, {}, {}, trunk=2, branch_id="a", branch_base=2)]
    assert place_edit(edit, 3, past) == placed


def test_a_field_that_nobody_else_touched_is_taken() -> None:
    past = [created(adres="a", uavt="1"), PastChange(2, {"uavt": "2"}, {"uavt": "1"}, trunk=1, device_id="other")]
    result = merged(past, Edit({"adres": "b"}, base=1, device_id="mine"))
    assert (result.taken, result.in_conflict, result.others_changed) == ({"adres": "b"}, {}, True)


def test_of_two_values_the_first_writers_stands() -> None:
    past = [created(adres="a"), PastChange(2, {"adres": "b"}, {"adres": "a"}, trunk=1, device_id="other")]
    result = merged(past, Edit({"adres": "c"}, base=1, device_id="mine"))
    assert (result.taken, result.in_conflict, result.seen) == ({}, {"adres": "c"}, {"adres": "a"})


def test_the_same_value_twice_is_no_conflict() -> None:
    past = [created(adres="a"), PastChange(2, {"adres": "b"}, {"adres": "a"}, trunk=1, device_id="other")]
    assert merged(past, Edit({"adres": "b"}, base=1))[:2] == ({}, {})


def test_what_a_form_sends_along_unchanged_is_no_change() -> None:
    past = [created(adres="a", uavt="1"), PastChange(2, {"adres": "b"}, {"adres": "a"}, trunk=1, device_id="other")]
    assert merged(past, Edit({"adres": "a", "uavt": "2"}, base=1))[:2] == ({"uavt": "2"}, {})


def test_a_sensitive_field_goes_to_a_person_when_anybody_else_changed_anything() -> None:
    past = [created(adres="a", ad="A"), PastChange(2, {"adres": "b"}, {"adres": "a"}, trunk=1, device_id="other")]
    assert merged(past, Edit({"ad": "B"}, base=1, device_id="mine")).in_conflict == {"ad": "B"}
    assert merged(past, Edit({"ad": "B"}, base=2, device_id="mine")).taken == {"ad": "B"}


def test_a_version_without_a_change_disturbs_nobody() -> None:
    past = [created(ad="A"), PastChange(2, {}, {}, {"ad": "X"}, trunk=1, device_id="other")]
    assert merged(past, Edit({"ad": "B"}, base=1, device_id="mine")).taken == {"ad": "B"}


def test_a_later_edit_of_a_branch_has_not_seen_what_others_did_between() -> None:
    past = [
        created(adres="a", uavt="1"),
        PastChange(2, {"uavt": "2"}, {"uavt": "1"}, trunk=1, device_id="other"),
        PastChange(3, {"adres": "b"}, {"adres": "a"}, trunk=1, branch_id="b", branch_base=1),
    ]
    result = merged(past, Edit({"adres": "c", "uavt": "3"}, base=2, trunk=1, branch_id="b"))
    assert (result.taken, result.in_conflict) == ({"adres": "c"}, {"uavt": "3"})


def test_a_tablet_never_conflicts_with_itself() -> None:
    past = [created(adres="a"), PastChange(2, {"adres": "b"}, {"adres": "a"}, trunk=1, device_id="mine")]
    assert merged(past, Edit({"adres": "c"}, base=1, device_id="mine")).taken == {"adres": "c"}


def test_tablets_that_tell_no_name_are_not_the_same_tablet() -> None:
    past = [created(adres="a"), PastChange(2, {"adres": "b"}, {"adres": "a"}, trunk=1)]
    assert merged(past, Edit({"adres": "c"}, base=1)).in_conflict == {"adres": "c"}


def test_an_older_edit_of_the_same_tablet_that_comes_late_does_not_undo_the_newer_one() -> None:
    past = [
        created(adres="a"),
        PastChange(2, {"uavt": "2"}, {"uavt": ""}, trunk=1, device_id="other"),
        PastChange(3, {"adres": "newer"}, {"adres": "a"}, trunk=2, branch_id="second", branch_base=2, device_id="mine"),
    ]
    late = Edit({"adres": "older"}, base=1, trunk=1, branch_id="first", device_id="mine")
    assert merged(past, late)[:2] == ({}, {})


def test_a_creation_that_comes_after_its_update_fills_only_what_the_update_left_open() -> None:
    past = [PastChange(1, {"ad": "later"}, {"ad": ""}, branch_id="b", branch_base=1)]
    late = Edit({"ad": "first", "tur": "hane"}, creates=True, branch_id="b")
    assert merged(past, late)[:2] == ({"tur": "hane"}, {})


def test_a_correction_changes_only_what_it_corrects() -> None:
    first = UUID(int=1)
    past = [
        created(adres="a", uavt="1"),
        PastChange(2, {"adres": "b", "uavt": "2"}, {}, trunk=1, branch_id="x", branch_base=1, source_id=first),
        PastChange(3, {"adres": "c"}, {"adres": "b"}, trunk=1, branch_id="x", branch_base=2, source_id=uuid4()),
    ]
    correction = Edit({"adres": "b", "uavt": "3"}, base=1, trunk=1, branch_id="x", amends_id=first)
    assert merged(past, correction)[:2] == ({"uavt": "3"}, {})
