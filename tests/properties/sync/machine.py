"""The machine that walks at random: tablets, Collect and the office at work on a network that fails in every way.

Each rule is something people or the network do. After every step the invariants are asked (`checks.py`); at the end
everything is delivered, and every tablet must hold exactly its scope, and a further round must transfer nothing.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.properties.sync.collect_acts import CollectActs
from tests.properties.sync.field_acts import PHOTO_SHADES, VALUES, FieldActs
from tests.properties.sync.office_acts import DAYS, OfficeActs
from tests.properties.sync.settling import settle
from tests.properties.sync.world import World
from tests.tablet.wire import FAULTS

TABLETS = st.integers(0, 2)
ANY = st.integers(0, 999)
MAHALLE = st.sampled_from(["akpinar", "fatih", "outside"])
TEAMS = st.sampled_from([0, 1])
# Of a push or pull: what happens to its first requests.
FAULTS_DRAWN = st.lists(st.sampled_from(["fine", *FAULTS]), max_size=3)
CRASHES = st.sampled_from(["", "", "", "", "before save", "after save"])
VALUES_DRAWN = st.dictionaries(st.sampled_from(sorted(VALUES)), st.integers(0, 3), min_size=1, max_size=2)


class SyncMachine(RuleBasedStateMachine):
    """Walks on a world that `make_world` gives, emptied for each walk."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        world.begin()
        self.field, self.office, self.collect = FieldActs(world), OfficeActs(world), CollectActs(world)
        # Something to begin with, for each team.
        for mahalle, team in (("akpinar", 0), ("fatih", 1)):
            self.office.make_target(mahalle)
            self.office.assigns(team, team, 0)

    @rule(tablet=TABLETS, which=ANY, values=VALUES_DRAWN)
    def a_worker_changes_a_target(self, tablet: int, which: int, values: dict[str, int]) -> None:
        self.field.edit_target(tablet, which, values)

    @rule(tablet=TABLETS, which=ANY, status=st.sampled_from(["yapildi", "evde_yok", "ertelendi", "planli"]))
    def a_worker_taps_the_result_of_an_assignment(self, tablet: int, which: int, status: str) -> None:
        self.field.tap_result(tablet, which, status)

    @rule(tablet=TABLETS, mahalle=MAHALLE)
    def a_worker_adds_a_target(self, tablet: int, mahalle: str) -> None:
        self.field.add_target(tablet, mahalle)

    @rule(tablet=TABLETS, which=ANY)
    def a_worker_of_nobody_changes_a_target(self, tablet: int, which: int) -> None:
        self.field.edit_target(tablet, which, {"not": 0}, by_a_stranger=True)

    @rule(
        tablet=TABLETS,
        which=ANY,
        findings=st.integers(0, 2),
        shade=st.none() | st.integers(0, PHOTO_SHADES - 1),
        version=st.sampled_from(["old", "new", "new", "unknown"]),
        changes=st.booleans(),
    )
    def a_worker_fills_a_form(
        self, tablet: int, which: int, findings: int, shade: int | None, version: str, *, changes: bool
    ) -> None:
        self.field.fill_form(tablet, which, findings=findings, shade=shade, version=version, changes_target=changes)

    @rule(tablet=TABLETS, faults=FAULTS_DRAWN, crash=CRASHES, batch_size=st.sampled_from([1, 2, 200]))
    def a_tablet_pushes(self, tablet: int, faults: list[str], crash: str, batch_size: int) -> None:
        self.field.push(tablet, faults, crash, batch_size)

    @rule(tablet=TABLETS)
    def a_tablet_pushes_its_last_operation_first(self, tablet: int) -> None:
        self.field.push_out_of_order(tablet)

    @rule(
        tablet=TABLETS, faults=FAULTS_DRAWN, crash=CRASHES,
        limit=st.sampled_from([1, 2, 3, 200]), pages=st.sampled_from([1, 2, 10_000]),
    )  # fmt: skip
    def a_tablet_pulls(self, tablet: int, faults: list[str], crash: str, limit: int, pages: int) -> None:
        self.field.pull(tablet, faults, crash, limit=limit, pages=pages)

    @rule(tablet=TABLETS, faults=st.lists(st.sampled_from(["fine", "damaged", *FAULTS]), max_size=5), crash=CRASHES)
    def a_tablet_sends_photos(self, tablet: int, faults: list[str], crash: str) -> None:
        self.field.send_photos(tablet, faults, crash)

    @rule(tablet=TABLETS)
    def what_was_under_way_arrives(self, tablet: int) -> None:
        self.world.deliver_late(tablet)

    @rule(tablet=TABLETS, which=ANY)
    def a_push_is_repeated(self, tablet: int, which: int) -> None:
        self.field.repeat_push(tablet, which)

    @rule(team=TEAMS)
    def collect_downloads_its_list(self, team: int) -> None:
        self.collect.download(team)

    @rule(team=TEAMS, which=ANY, values=VALUES_DRAWN)
    def collect_fills_a_form_that_changes_a_target(self, team: int, which: int, values: dict[str, int]) -> None:
        self.collect.fill(team, which, values)

    @rule(team=TEAMS, last_first=st.booleans(), answer_is_lost=st.booleans())
    def collect_sends_a_form(self, team: int, *, last_first: bool, answer_is_lost: bool) -> None:
        self.collect.send(team, last_first=last_first, answer_is_lost=answer_is_lost)

    @rule(which=ANY, values=VALUES_DRAWN)
    def the_office_changes_a_target(self, which: int, values: dict[str, int]) -> None:
        self.office.edits(which, values)

    @rule(which=ANY, mahalle=MAHALLE)
    def the_office_moves_a_target(self, which: int, mahalle: str) -> None:
        self.office.moves(which, mahalle)

    @rule(which=ANY, team=TEAMS, day=st.sampled_from(DAYS))
    def the_office_assigns_a_visit(self, which: int, team: int, day: int) -> None:
        self.office.assigns(which, team, day)

    @rule(which=ANY, team=TEAMS)
    def the_office_gives_an_assignment_to_another_team(self, which: int, team: int) -> None:
        self.office.reassigns(which, team)

    @rule(team=TEAMS, areas=st.sets(st.sampled_from(["akpinar", "fatih"])))
    def the_office_changes_the_areas_of_a_team(self, team: int, areas: set[str]) -> None:
        self.office.sets_areas(team, areas)

    @rule(which=ANY, takes_other=st.booleans())
    def the_office_decides_a_conflict(self, which: int, *, takes_other: bool) -> None:
        self.office.decides(which, takes_other=takes_other)

    @rule(which=ANY)
    def the_office_undoes_a_decision(self, which: int) -> None:
        self.office.undoes(which)

    @rule()
    def the_office_publishes_the_version_that_was_unknown(self) -> None:
        self.office.publishes()

    @precondition(lambda self: not self.world.revoked)
    @rule(really=st.integers(0, 9))
    def the_office_revokes_a_tablet(self, really: int) -> None:
        if really == 9:
            self.office.revokes(2)

    @rule(hours=st.sampled_from([1, 30]))
    def time_passes(self, hours: int) -> None:
        self.world.let_time_pass(hours)

    @invariant()
    def what_must_always_be_true_is_true(self) -> None:
        self.world.check_always()

    def teardown(self) -> None:
        """Deliver everything and look whether all are of one mind."""
        if self.world.has_failed:
            return
        settle(self.world, self.collect)
