"""What must hold of merging whatever tablets write and in whatever order it arrives."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from sync.merging import Edit, PastChange, Placed, merge_edit
from tests.properties.entities.merging_world import FIELDS, SENSITIVE, Server, Tablet

ACTIONS = st.lists(
    st.tuples(st.sampled_from(["take", "write", "write", "hand in", "hand in"]), st.integers(0, 2), st.integers(0, 5)),
    max_size=40,
)


def play(actions: list[tuple[str, int, int]]) -> tuple[Server, list[Tablet]]:
    server = Server()
    tablets = [Tablet(name, server) for name in ("a", "b", "c")]
    numbers = count()
    for what, which, number in actions:
        tablet = tablets[which]
        if what == "take":
            tablet.take()
        elif what == "write":
            tablet.write(FIELDS[number % len(FIELDS)], f"value {next(numbers)}")
        else:
            tablet.hand_in(number)
    return server, tablets


def drain(tablets: list[Tablet]) -> None:
    for tablet in tablets:
        while tablet.outbox:
            tablet.hand_in(-1)


@given(ACTIONS)
def test_no_value_vanishes(actions: list[tuple[str, int, int]]) -> None:
    server, tablets = play(actions)
    drain(tablets)
    assert server.waiting == []
    for written in server.arrived:
        replaced = any(other.field == written.field and written.value in other.seen for other in server.arrived)
        is_current = server.fields[written.field] == written.value
        assert is_current or replaced or (written.field, written.value) in server.conflicts


@given(ACTIONS)
def test_every_arrival_is_a_version_and_every_version_says_what_it_replaced(
    actions: list[tuple[str, int, int]],
) -> None:
    server, tablets = play(actions)
    drain(tablets)
    assert [change.version for change in server.past] == list(range(1, len(server.arrived) + 2))
    fields: dict[str, str] = {}
    for change in server.past:
        assert change.before == {field: fields.get(field, "") for field in change.values}
        fields |= change.values
    assert fields == server.fields


@given(ACTIONS)
def test_a_tablet_alone_never_conflicts_and_its_last_word_stands(actions: list[tuple[str, int, int]]) -> None:
    server, tablets = play([(what, 0, number) for what, _, number in actions])
    drain(tablets)
    assert server.conflicts == set()
    last = {written.field: written.value for written in sorted(server.arrived, key=lambda one: int(one.value[6:]))}
    assert server.fields == {field: f"first {field}" for field in FIELDS} | last


@given(ACTIONS)
def test_a_sensitive_value_is_taken_only_where_nobody_else_changed_anything_since(
    actions: list[tuple[str, int, int]],
) -> None:
    server, tablets = play(actions)
    drain(tablets)
    for change in server.past[1:]:
        if change.values.keys() & SENSITIVE:
            since = (other for other in server.past if change.trunk < other.version < change.version)
            assert all(other.device_id == change.device_id or not other.values for other in since)


@given(ACTIONS, st.sampled_from(FIELDS))
def test_the_same_edit_again_changes_nothing(actions: list[tuple[str, int, int]], field: str) -> None:
    server, tablets = play(actions)
    tablet = tablets[0]
    while tablet.outbox:
        tablet.hand_in(0)
    tablet.write(field, "twice")
    again = tablet.outbox[-1]
    tablet.hand_in(0)
    fields, conflicts = dict(server.fields), set(server.conflicts)
    server.receive(again)
    assert (server.fields, server.conflicts) == (fields, conflicts)


@given(st.sets(st.sampled_from(FIELDS)))
def test_edits_of_different_fields_end_alike_in_either_order(of_one: set[str]) -> None:
    def end(order: int) -> tuple[dict[str, str], set[tuple[str, str]]]:
        server = Server()
        tablets = [Tablet("a", server), Tablet("b", server)]
        for field in sorted(set(FIELDS) - SENSITIVE):
            tablets[field in of_one].write(field, f"new {field}")
        drain(tablets[::order])
        return server.fields, server.conflicts

    assert end(1) == end(-1)
    assert end(1)[1] == set()


VALUES = st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=3))


@given(VALUES, VALUES)
def test_only_what_the_writer_changed_and_what_differs_is_taken_or_in_conflict(
    mine: dict[str, str], theirs: dict[str, str]
) -> None:
    first = dict.fromkeys(FIELDS, "")
    past = [PastChange(1, first, {}), PastChange(2, theirs, dict.fromkeys(theirs, ""), trunk=1, device_id="x")]
    merged = merge_edit(first | theirs, past, Edit(mine, base=1, device_id="y"), Placed(1, 1), SENSITIVE)
    changed = {field: value for field, value in mine.items() if value not in {"", theirs.get(field, "")}}
    assert merged.taken | merged.in_conflict == changed
