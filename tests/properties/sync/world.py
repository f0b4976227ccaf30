"""A municipality with two teams and three tablets, emptied for each walk; what is checked of it, and when.

Tablets 0 and 1 belong to the first team, tablet 2 to the second. Identifiers are counted, not drawn from the machine's
randomness: the same walk then makes the same ids, so that what a walk finds can be found again.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete

from api.wiring import Wiring
from migrations.every_table import every_table
from teams.tables import TeamArea
from tests.fixtures.municipality import NOON, Municipality, SetClock
from tests.fixtures.office import Office
from tests.properties.sync import checks
from tests.properties.sync.made import Made
from tests.tablet.saved_state import Crashed
from tests.tablet.tablet import Revoked, Tablet
from tests.tablet.wire import Ask, NoAnswer, UnreliableWire, over_http

# What a walk does not change.
_KEPT = {
    "alembic_version", "boundary_set", "category", "directorate", "form", "form_attachment", "form_version", "mahalle",
    "package_version", "routing_rule", "sequence_counter", "signed_in", "signing_key", "team", "user_account",
    "visit_type",
}  # fmt: skip
TEAM_OF_TABLET = (0, 0, 1)
_START = NOON + timedelta(days=1)


class World:
    """Everything a walk acts on. `begin` makes it new; a failed check leaves it as it is."""

    def __init__(self, wiring: Wiring, municipality: Municipality, office: Office, clock: SetClock) -> None:
        self.wiring = wiring
        self.municipality = municipality
        self.office = office
        self.clock = clock
        self.teams = (municipality.team, municipality.other_team)
        self.mahalle = {"akpinar": municipality.akpinar, "fatih": municipality.fatih}
        self.tablets: list[Tablet] = []
        self.wires: list[UnreliableWire] = []
        self.made = Made()
        self.revoked: set[int] = set()
        self.has_failed = False
        # A version that tablets have before the server: a new one for each walk, because versions stay published.
        self.unknown_version = ""
        self._versions = count(2_098_010_101)
        self._ids = iter(())

    def begin(self) -> None:
        """Empty the tables, give the first team Akpınar, and enrol the tablets."""
        self.clock.now = _START
        self.made, self.revoked, self.has_failed = Made(), set(), False
        self._ids = _counted_ids(self.clock)
        self.begin_version()
        with self.wiring.database.writing() as session:
            for table in reversed(every_table().sorted_tables):
                if table.name not in _KEPT:
                    session.execute(delete(table))
            session.add(TeamArea(team_id=self.teams[0], mahalle_id=self.mahalle["akpinar"]))
        self.wires = [UnreliableWire(over_http(self.office.client)) for _ in TEAM_OF_TABLET]
        self.tablets = [self._enrolled(number, wire) for number, wire in enumerate(self.wires)]

    def begin_version(self) -> None:
        """Let forms be of a version from now on that nobody has published."""
        self.unknown_version = str(next(self._versions))
        self.made.unknown_versions.add(self.unknown_version)

    def new_id(self) -> UUID:
        """Make the next id."""
        return next(self._ids)

    def team_of(self, tablet: int) -> UUID:
        """Return whose tablet it is."""
        return self.teams[TEAM_OF_TABLET[tablet]]

    def let_time_pass(self, hours: float) -> None:
        """Set the clocks forward, the tablets' and the server's, and let the server tidy up."""
        self.clock.now += timedelta(hours=hours)
        self.wiring.housekeeping.sweep_once()

    def attempt(self, tablet: int, what: Any, faults: list[str], crash: str) -> bool:  # noqa: ANN401 - a bound method
        """Let a tablet do something on a failing network; returns whether it came to its end."""
        wire, disk = self.wires[tablet], self.tablets[tablet].disk
        wire.faults, disk.crash_next = list(faults), crash
        try:
            what()
        except (NoAnswer, Crashed):
            return False
        except Revoked:
            assert tablet in self.revoked, "a tablet is sent away that nobody revoked"
            return False
        finally:
            wire.faults, disk.crash_next = [], ""
            self._note_answers(tablet)
        return True

    def repeat(self, ask: Ask) -> None:
        """Carry out a push that was carried out before: the same answer, and nothing changes."""
        with self.wiring.database.reading() as session:
            before = checks.contents(session)
        answer = over_http(self.office.client)(ask)
        assert answer.status == 200, answer
        self._compare(ask, answer.json()["results"])
        assert all(result["replayed"] for result in answer.json()["results"]), "a repeat is not called one"
        with self.wiring.database.reading() as session:
            assert checks.contents(session) == before, "a repeated push has changed something"

    def deliver_late(self, tablet: int) -> None:
        """Let a tablet's asks arrive that were given up long ago."""
        self.wires[tablet].deliver_late()
        self._note_answers(tablet)

    def check_always(self) -> None:
        """Ask what must be true after every step."""
        self.has_failed = True
        with self.wiring.database.reading() as session:
            checks.check_nothing_is_lost(session, self.made, self.tablets)
            checks.check_no_value_vanishes(session, self.made)
            checks.check_what_agrees_is_settled(session)
            checks.check_what_is_held_waits(session)
            checks.check_photos_hash_to_their_names(session, self.wiring)
        self.has_failed = False

    def check_held(self, tablet: int) -> None:
        """Ask, after a finished pull, whether the tablet holds exactly its scope."""
        self.has_failed = True
        with self.wiring.database.reading() as session:
            checks.check_tablet_holds_its_scope(session, self.tablets[tablet], self.wiring)
        self.has_failed = False

    def _enrolled(self, number: int, wire: UnreliableWire) -> Tablet:
        tablet = Tablet(wire, ids=self.new_id, clock=self.clock)
        tablet.enrol(self._code(number))
        tablet.seen_pages.append(lambda page: self._look_at(number, page))
        return tablet

    def _code(self, number: int) -> str:
        told = {"team_id": str(self.team_of(number)), "label": f"Tablet {number}"}
        answer = self.office.post("koordinator", "/v1/devices/enrolment-codes", json=told)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["url"]).partition("#")[2]

    def _look_at(self, tablet: int, page: dict[str, Any]) -> None:
        assert tablet not in self.revoked, "a revoked tablet was given something"
        with self.wiring.database.reading() as session:
            checks.check_page_is_in_scope(session, self.tablets[tablet].state.device_id, page, self.wiring)

    def _note_answers(self, tablet: int) -> None:
        wire = self.wires[tablet]
        for ask, answer in wire.carried:
            assert answer.status not in {500, 502}, (ask, answer)
            if ask.path == "/v1/sync/push" and answer.status == 200:
                self._compare(ask, msgspec.json.decode(answer.body)["results"])
        wire.pushes += [ask for ask, answer in wire.carried if ask.path == "/v1/sync/push" and answer.status == 200]
        wire.carried.clear()

    def _compare(self, ask: Ask, results: list[dict[str, Any]]) -> None:
        """What was answered once is answered for ever; of what was held, what it became."""
        operations = msgspec.json.decode(ask.body)["operations"]
        assert len(results) == len(operations)
        for operation, result in zip(operations, results, strict=True):
            if result.get("code") == "submission.not_storable":
                # No assertion, for which a defect that was put in could be praised.
                raise RuntimeError("the server failed; its log says why")
            told = {name: value for name, value in result.items() if name != "replayed"}
            before = self.made.answered.setdefault(operation["id"], told)
            if before["status"] == "held":
                self.made.answered[operation["id"]] = told
            else:
                assert told == before, "the same operation got another answer"


def _counted_ids(clock: SetClock) -> Iterator[UUID]:
    count = 0
    while True:
        count += 1
        moment = int(clock().timestamp() * 1000)
        yield UUID(int=(moment << 80) | (7 << 76) | (count & 0xFFF) << 64 | (2 << 62) | count)
