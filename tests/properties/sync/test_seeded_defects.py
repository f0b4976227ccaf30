"""The proof of the proof: with a part of the protocol taken out, the walk past that place must fail.

Each defect is one patch of the product (or of the tablet); `test_sync_machine.py` takes the same walks without it, and
there they end well. docs/seeded-defects.md lists them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from api import photo_receiving, pulling
from foundation.insertion import new_rows_to_insert
from photos.incoming import IncomingPhoto
from service_requests import held, push
from service_requests.quarantine import OPEN, Kept
from sync import entity_changes
from sync import pull as reading
from sync.areas import area_of_mahalle
from sync.change_log import FeedChanges
from sync.merging import Edit, Merged
from tests.fixtures.municipality import Municipality
from tests.properties.sync import walks
from tests.properties.sync.world import World
from tests.tablet.tablet import Tablet

Patch = pytest.MonkeyPatch


def no_idempotency(patch: Patch, _: Municipality) -> None:
    sort = push._sort
    patch.setattr(push, "_sort", lambda session, operations, _: sort(session, operations, {}))
    patch.setattr(push, "rows_to_insert", partial(new_rows_to_insert, key="id"))


def a_page_is_off_by_one(patch: Patch, _: Municipality) -> None:
    reached = pulling._reached
    patch.setattr(pulling, "_reached", lambda page, puller: reached(page, puller) + page.is_full)


def no_scope_in_the_cursor(patch: Patch, _: Municipality) -> None:
    check = pulling.check_cursor
    patch.setattr(
        pulling, "check_cursor", lambda cursor, **given: check(cursor, **{**given, "scope": cursor.scope})
    )  # fmt: skip


def no_exit_row(patch: Patch, _: Municipality) -> None:
    patch.setattr(FeedChanges, "remove", lambda *_: None)


def the_last_write_wins(patch: Patch, _: Municipality) -> None:
    def merge(fields: Mapping[str, str], past: Sequence[object], edit: Edit, *_: object) -> Merged:
        del fields, past
        return Merged(dict(edit.values), {}, {}, others_changed=False)

    patch.setattr(entity_changes, "merge_edit", merge)


def conflicts_are_dropped(patch: Patch, _: Municipality) -> None:
    patch.setattr(entity_changes, "write_conflicts", lambda *_: None)


def nothing_settles_by_itself(patch: Patch, _: Municipality) -> None:
    patch.setattr(entity_changes, "find_agreements", lambda *_, **__: [])


def what_is_held_is_never_released(patch: Patch, _: Municipality) -> None:
    patch.setattr(entity_changes._Work, "_release", lambda *_: None)


def arrivals_are_not_compared(patch: Patch, _: Municipality) -> None:
    edit = entity_changes.edit_of
    patch.setattr(entity_changes, "edit_of", lambda *given: msgspec.structs.replace(edit(*given), at=None))


def what_is_read_late_is_applied_as_of_its_arrival(patch: Patch, _: Municipality) -> None:
    change = held.change_entities

    def at_their_time(session: Any, kinds: Any, declared: Any, *more: Any, at: Any) -> Any:  # noqa: ANN401 - as it is called
        del at
        return change(session, kinds, declared, *more, at=max(one.change.at for one in declared))

    patch.setattr(held, "change_entities", at_their_time)


def the_cursor_is_saved_without_its_page(patch: Patch, _: Municipality) -> None:
    fetch = Tablet._pull_page

    def torn(self: Tablet) -> dict[str, Any]:
        page = fetch(self)
        self.disk._disk = msgspec.msgpack.encode(msgspec.structs.replace(self.state, cursor=page["cursor"]))
        return page

    patch.setattr(Tablet, "_pull_page", torn)


def a_photo_is_believed_without_hashing(patch: Patch, _: Municipality) -> None:
    finish = photo_receiving._finish

    async def believe(wiring: Any, upload: Any, last: Any) -> Any:  # noqa: ANN401 - as it is called
        patch.setattr(IncomingPhoto, "sha256", property(lambda _: upload.sha256))
        return await finish(wiring, upload, last)

    patch.setattr(photo_receiving, "_finish", believe)


def what_is_refused_is_thrown_away(patch: Patch, _: Municipality) -> None:
    patch.setattr(push, "keep_refused", lambda _, refused: [Kept(uuid4(), OPEN, None, None) for _ in refused])


def a_revoked_tablet_may_pull(patch: Patch, _: Municipality) -> None:
    find = pulling.find_puller
    patch.setattr(pulling, "find_puller", lambda *given: find(*given)._replace(revoked_at=None))


def the_scope_is_too_wide(patch: Patch, municipality: Municipality) -> None:
    name = reading.name_areas
    everywhere = area_of_mahalle(municipality.fatih)
    patch.setattr(reading, "name_areas", lambda *given: [*name(*given), everywhere])


DEFECTS: tuple[tuple[Callable[[Patch, Municipality], None], walks.Steps], ...] = (
    (no_idempotency, walks.an_answer_is_lost),
    (a_page_is_off_by_one, walks.many_small_pages),
    (no_scope_in_the_cursor, walks.an_area_is_given),
    (no_scope_in_the_cursor, walks.an_area_is_taken_away),
    (no_exit_row, walks.a_target_moves_away),
    (no_exit_row, walks.an_assignment_changes_hands),
    (the_last_write_wins, walks.two_change_the_same_field),
    (the_last_write_wins, walks.collect_and_a_tablet_change_the_same_field),
    (conflicts_are_dropped, walks.two_change_the_same_field),
    (nothing_settles_by_itself, walks.the_first_comes_to_the_value_of_the_second),
    (what_is_held_is_never_released, walks.the_last_edit_comes_first),
    (arrivals_are_not_compared, walks.a_form_is_read_after_a_later_edit),
    (what_is_read_late_is_applied_as_of_its_arrival, walks.a_form_is_read_a_week_later),
    (the_cursor_is_saved_without_its_page, walks.a_tablet_dies_between_pages),
    (a_photo_is_believed_without_hashing, walks.a_photo_is_damaged),
    (what_is_refused_is_thrown_away, walks.a_refused_one_is_repeated),
    (a_revoked_tablet_may_pull, walks.a_tablet_is_revoked),
    (the_scope_is_too_wide, walks.a_target_moves_away),
)


@pytest.mark.parametrize(
    ("defect", "steps"), DEFECTS, ids=[f"{defect.__name__}-{steps.__name__}" for defect, steps in DEFECTS]
)
def test_with_a_part_of_the_protocol_taken_out_the_walk_past_it_fails(
    world: World,
    municipality: Municipality,
    monkeypatch: pytest.MonkeyPatch,
    defect: Callable[[Patch, Municipality], None],
    steps: walks.Steps,
) -> None:
    walk = walks.Walk(world)
    defect(monkeypatch, municipality)

    def to_the_end() -> None:
        steps(walk)
        walk.end()

    with pytest.raises(AssertionError):
        to_the_end()
