"""Short walks with a purpose: each leads past one place where a protocol like ours goes wrong when a part is missing.

They are golden examples by themselves; `test_seeded_defects.py` takes them with that part taken out.
"""

from collections.abc import Callable

from tests.properties.sync.collect_acts import CollectActs
from tests.properties.sync.field_acts import FieldActs
from tests.properties.sync.office_acts import OfficeActs
from tests.properties.sync.settling import settle
from tests.properties.sync.world import World


class Walk:
    """A walk's people, with the tables as the machine begins."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.begin()
        self.field, self.office, self.collect = FieldActs(world), OfficeActs(world), CollectActs(world)

    def end(self) -> None:
        """Ask what must always be true, deliver everything, and ask again."""
        self.world.check_always()
        settle(self.world, self.collect)

    def pull_everywhere(self) -> None:
        """Let every tablet pull."""
        for tablet in range(len(self.world.tablets)):
            assert self.field.pull(tablet, [], "")


Steps = Callable[[Walk], object]


def an_answer_is_lost(walk: Walk) -> None:
    """The tablet sends again what the server has already."""
    walk.office.make_target("akpinar")
    walk.pull_everywhere()
    walk.field.edit_target(0, 0, {"adres": 1})
    walk.field.add_target(0, "akpinar")
    walk.field.fill_form(0, 0, findings=2, shade=0, version="new", changes_target=True)
    assert not walk.field.push(0, ["answer lost"], "", 200)
    assert walk.field.push(0, ["sent twice"], "", 200)
    walk.field.repeat_push(0, 0)


def a_refused_one_is_repeated(walk: Walk) -> None:
    """What is refused is kept, once, and refused again in the same words."""
    walk.office.make_target("akpinar")
    walk.pull_everywhere()
    walk.field.edit_target(0, 0, {"adres": 1}, by_a_stranger=True)
    walk.field.push(0, ["answer lost"], "", 200)
    walk.field.push(0, [], "", 200)


def many_small_pages(walk: Walk) -> None:
    """A first download and an update, two items at a time."""
    for _ in range(5):
        walk.office.make_target("akpinar")
    walk.field.pull(0, [], "", limit=2)
    for which in range(5):
        walk.office.edits(which, {"not": which % 4})
    walk.field.pull(0, [], "", limit=2)


def an_area_is_given(walk: Walk) -> None:
    """A team gets a mahalle whose targets are older than the tablet's cursor."""
    walk.office.make_target("fatih")
    walk.pull_everywhere()
    walk.office.make_target("akpinar")
    walk.pull_everywhere()
    walk.office.sets_areas(0, {"akpinar", "fatih"})
    walk.pull_everywhere()


def an_area_is_taken_away(walk: Walk) -> None:
    """What lies in a mahalle that the team lost must go."""
    walk.office.make_target("akpinar")
    walk.pull_everywhere()
    walk.office.sets_areas(0, set())
    walk.pull_everywhere()


def a_target_moves_away(walk: Walk) -> None:
    """A target that leaves the mahalle leaves the tablet."""
    walk.office.make_target("akpinar")
    walk.pull_everywhere()
    walk.office.moves(0, "fatih")
    walk.pull_everywhere()


def an_assignment_changes_hands(walk: Walk) -> None:
    """An assignment goes to the other team, and its target with it."""
    walk.office.make_target("fatih")
    walk.office.assigns(0, 0, 0)
    walk.pull_everywhere()
    walk.office.reassigns(0, 1)
    walk.pull_everywhere()


def two_change_the_same_field(walk: Walk) -> None:
    """Two tablets change one field without knowing of each other."""
    walk.office.make_target("akpinar")
    walk.pull_everywhere()
    walk.field.edit_target(0, 0, {"adres": 1, "not": 1})
    walk.field.edit_target(1, 0, {"adres": 2})
    walk.field.push(0, [], "", 200)
    walk.field.push(1, [], "", 200)
    walk.pull_everywhere()
    walk.office.decides(0, takes_other=True)
    walk.office.undoes(0)
    walk.pull_everywhere()


def the_first_comes_to_the_value_of_the_second(walk: Walk) -> None:
    """Two are in conflict, and then the one whose value stands writes what the other had written."""
    walk.office.make_target("akpinar")
    walk.pull_everywhere()
    walk.field.edit_target(0, 0, {"adres": 1})
    walk.field.edit_target(1, 0, {"adres": 2})
    walk.field.push(0, [], "", 200)
    walk.field.push(1, [], "", 200)
    walk.field.edit_target(0, 0, {"adres": 2})
    walk.field.push(0, [], "", 200)


def a_name_and_a_telephone_change(walk: Walk) -> None:
    """Two change different sensitive fields of one target: a person must look."""
    walk.office.make_target("akpinar")
    walk.pull_everywhere()
    walk.field.edit_target(0, 0, {"ad": 1})
    walk.field.edit_target(1, 0, {"telefon": 2})
    walk.field.push(0, [], "", 200)
    walk.field.push(1, [], "", 200)


def the_last_edit_comes_first(walk: Walk) -> None:
    """A later edit of a branch overtakes the earlier one."""
    walk.office.make_target("akpinar")
    walk.pull_everywhere()
    walk.field.edit_target(0, 0, {"adres": 1})
    walk.field.edit_target(0, 0, {"adres": 2})
    walk.field.push_out_of_order(0)
    walk.world.check_always()
    walk.field.push(0, [], "", 200)


def a_tablet_dies_between_pages(walk: Walk) -> None:
    """The battery is empty while a page is being stored."""
    for _ in range(4):
        walk.office.make_target("akpinar")
    walk.field.pull(0, [], "", limit=2, pages=1)
    walk.field.pull(0, [], "before save", limit=1, pages=1)
    walk.field.pull(0, [], "after save", limit=1, pages=1)
    walk.field.pull(0, [], "", limit=1)


def a_photo_is_damaged(walk: Walk) -> None:
    """One byte of a photo changes on its way."""
    walk.field.fill_form(0, 0, findings=1, shade=1, version="old", changes_target=False)
    walk.field.push(0, [], "", 200)
    walk.field.send_photos(0, ["fine", "fine", "fine", "damaged"], "")
    walk.world.check_always()


def a_visit_becomes_history(walk: Walk) -> None:
    """A visit to a target that then comes into another team's mahalle is told there, too."""
    walk.field.add_target(0, "outside")
    walk.field.push(0, [], "", 200)
    walk.pull_everywhere()
    walk.field.fill_form(0, 0, findings=1, shade=None, version="new", changes_target=True)
    walk.field.push(0, [], "", 200)
    walk.office.sets_areas(1, {"fatih"})
    walk.pull_everywhere()
    walk.office.moves(0, "fatih")
    walk.pull_everywhere()


def a_tablet_is_revoked(walk: Walk) -> None:
    """Its outbox drains into quarantine, and it is given nothing."""
    walk.field.pull(2, [], "")
    walk.field.add_target(2, "fatih")
    walk.office.revokes(2)
    walk.field.push(2, [], "", 200)
    assert not walk.field.pull(2, [], "")


def collect_and_a_tablet_change_the_same_field(walk: Walk) -> None:
    """Both doors end in the same rule."""
    walk.office.make_target("akpinar")
    walk.pull_everywhere()
    walk.collect.download(0)
    walk.collect.fill(0, 0, {"adres": 1})
    walk.field.edit_target(0, 0, {"adres": 2})
    walk.field.push(0, [], "", 200)
    walk.collect.send(0, last_first=False, answer_is_lost=True)
    walk.collect.send(0, last_first=False, answer_is_lost=False)


def a_form_of_an_unknown_version_comes_before_an_edit(walk: Walk) -> None:
    """A form that nobody can read yet leaves the edit after it without its predecessor."""
    walk.office.make_target("fatih")
    walk.office.sets_areas(1, {"fatih"})
    walk.pull_everywhere()
    walk.field.fill_form(2, 0, findings=0, shade=None, version="unknown", changes_target=True)
    walk.field.edit_target(2, 0, {"adres": 3})
    walk.field.push(2, [], "", 200)


def a_form_is_read_after_a_later_edit(walk: Walk) -> None:
    """Its version is published when the same tablet has set the field anew: the later word stands."""
    walk.office.make_target("fatih")
    walk.office.sets_areas(1, {"fatih"})
    walk.pull_everywhere()
    walk.field.fill_form(2, 0, findings=1, shade=1, version="unknown", changes_target=True)
    walk.field.push(2, [], "", 200)
    walk.world.let_time_pass(1)
    walk.field.edit_target(2, 0, {"adres": 3})
    walk.field.push(2, [], "", 200)
    walk.office.publishes()


def a_form_is_read_a_week_later(walk: Walk) -> None:
    """By then the visit that brought its target to the team is over, and the target has left."""
    walk.office.make_target("fatih")
    walk.office.assigns(0, 0, 0)
    walk.pull_everywhere()
    walk.field.fill_form(0, 0, findings=1, shade=None, version="unknown", changes_target=True)
    walk.field.push(0, [], "", 200)
    for _ in range(8):
        walk.world.let_time_pass(30)
    walk.office.publishes()
    walk.pull_everywhere()


ALL: tuple[Steps, ...] = (
    an_answer_is_lost, a_refused_one_is_repeated, many_small_pages, an_area_is_given, an_area_is_taken_away,
    a_target_moves_away, an_assignment_changes_hands, two_change_the_same_field, a_name_and_a_telephone_change,
    the_first_comes_to_the_value_of_the_second,
    the_last_edit_comes_first, a_tablet_dies_between_pages, a_photo_is_damaged, a_visit_becomes_history,
    a_tablet_is_revoked, collect_and_a_tablet_change_the_same_field,
    a_form_of_an_unknown_version_comes_before_an_edit, a_form_is_read_after_a_later_edit,
    a_form_is_read_a_week_later,
)  # fmt: skip
