"""What the office does meanwhile: changes, moves and plans visits, gives areas, decides conflicts, revokes a tablet."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from geo.boundaries import load_index
from service_requests.held import read_held
from sync.change_log import FeedChanges, write_feed
from sync.entity_changes import ChangeOutcome, apply_changes
from sync.field_changes import FieldChange
from sync.tables import EntityConflict
from tests.fixtures.municipality import publish_household_form
from tests.properties.sync.expected_scope import ISTANBUL
from tests.properties.sync.field_acts import POINTS, chosen
from tests.properties.sync.world import World
from visits.kinds import visit_kinds
from visits.tables import VisitAssignment, VisitTarget

# The day of a visit, in days from today; the first is out of every tablet's scope.
DAYS = (-9, -3, 0, 2)


class OfficeActs:
    """A coordinator at a desk."""

    def __init__(self, world: World) -> None:
        self.world = world

    def make_target(self, mahalle: str) -> UUID:
        """Put a household on the list."""
        entity_id = self.world.new_id()
        fields = {"tur": "hane", "ad": "Listedeki Hane", "adres": "Eski Sk. 9", "geometry": POINTS[mahalle]}
        assert self.change("target", entity_id, fields, creates=True).status == "applied"
        return entity_id

    def edits(self, which: int, values: dict[str, int]) -> None:
        """Change fields of a target."""
        if target := self._target(which):
            self.change("target", target, chosen(values))

    def moves(self, which: int, mahalle: str) -> None:
        """Correct where a target lies."""
        if target := self._target(which):
            self.change("target", target, {"geometry": POINTS[mahalle]})

    def assigns(self, which: int, team: int, day: int) -> UUID | None:
        """Plan a visit."""
        target = self._target(which)
        if target is None:
            return None
        today = self.world.clock().astimezone(ISTANBUL).date()
        fields = {
            "hedef": str(target),
            "tur": "hane",
            "gun": (today + timedelta(days=day)).isoformat(),
            "sira": "1",
            "ekip": str(self.world.teams[team]),
        }
        entity_id = self.world.new_id()
        assert self.change("assignment", entity_id, fields, creates=True).status == "applied"
        return entity_id

    def reassigns(self, which: int, team: int) -> None:
        """Give a planned visit to a team."""
        with self.world.wiring.database.reading() as session:
            known = session.scalars(select(VisitAssignment.id).order_by(VisitAssignment.id)).all()
        if known:
            self.change("assignment", known[which % len(known)], {"ekip": str(self.world.teams[team])})

    def sets_areas(self, team: int, areas: set[str]) -> None:
        """Say which mahalle a team's tablets hold."""
        self._stay_signed_in()
        answer = self.world.office.ask(
            "koordinator",
            "PUT",
            f"/v1/teams/{self.world.teams[team]}/areas",
            json={"mahalle": [str(self.world.mahalle[name]) for name in sorted(areas)]},
        )
        assert answer.status_code in {200, 204}, answer.text

    def decides(self, which: int, *, takes_other: bool) -> None:
        """Decide an open conflict."""
        if conflict := self._conflict(which, {"open"}):
            choice = "other" if takes_other else "standing"
            self._post(f"/v1/conflicts/{conflict}/decide", {"choice": choice})

    def undoes(self, which: int) -> None:
        """Take back a decision."""
        if conflict := self._conflict(which, {"kept", "taken"}):
            self._post(f"/v1/conflicts/{conflict}/undo", {})

    def revokes(self, tablet: int) -> None:
        """Shut a tablet out."""
        self._post(f"/v1/devices/{self.world.tablets[tablet].state.device_id}/revoke", {})
        self.world.revoked.add(tablet)

    def publishes(self) -> None:
        """Publish the version that was unknown, and read what was held for it."""
        world, at, version = self.world, self.world.clock(), self.world.unknown_version
        with world.wiring.database.writing() as session:
            publish_household_form(session, version, at)
            read_held(session, world.wiring.knowledge.current(session), "hane", version, at)
        world.made.unknown_versions.remove(version)
        world.begin_version()

    def change(self, kind: str, entity_id: UUID, values: dict[str, str], *, creates: bool = False) -> ChangeOutcome:
        """Change an entity as an import does, on what stands now."""
        at = self.world.clock()
        change = FieldChange(
            kind=kind, entity_id=entity_id, values=values, user_id=self.world.municipality.users["koordinator"],
            team_id=None, device_id="", source="import", source_id=self.world.new_id(), at=at, creates=creates,
        )  # fmt: skip
        with self.world.wiring.database.writing() as session:
            feed = FeedChanges()
            [outcome] = apply_changes(session, visit_kinds(load_index(session)), [change], feed, at)
            write_feed(session, feed, at)
        return outcome

    def _target(self, which: int) -> UUID | None:
        with self.world.wiring.database.reading() as session:
            known = session.scalars(select(VisitTarget.id).order_by(VisitTarget.id)).all()
        return known[which % len(known)] if known else None

    def _conflict(self, which: int, states: set[str]) -> UUID | None:
        with self.world.wiring.database.reading() as session:
            known = session.scalars(
                select(EntityConflict.id).where(EntityConflict.state.in_(states)).order_by(EntityConflict.id)
            ).all()
        return known[which % len(known)] if known else None

    def _post(self, path: str, told: dict[str, str]) -> None:
        self._stay_signed_in()
        answer = self.world.office.post("koordinator", path, json=told)
        assert answer.status_code < 300, answer.text

    def _stay_signed_in(self) -> None:
        """Sign in again where the clock went on by more than a session lasts."""
        if self.world.office.get("koordinator", "/v1/me").status_code == 401:
            assert self.world.office.sign_in("koordinator").status_code == 200
