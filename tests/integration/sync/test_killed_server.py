"""Sixteen clients push, upload and post at once while the server is killed ten times: what was acknowledged is there.

On PostgreSQL with two processes, on SQLite with one. Not one acknowledged id may be missing or doubled, whatever
moment the power fails at; what was not acknowledged is there once and whole, or not at all, and is taken when it is
sent again.
"""

import hashlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from api.wiring import Wiring
from foundation.clock import utc_now
from foundation.identifiers import uuid7
from foundation.settings import Settings
from photos.tables import Photo
from service_requests.tables import ServiceRequest, Submission
from sync.tables import EntityChange, Operation
from teams.enrolment import NewEnrolmentCode, make_enrolment_code
from teams.permissions import Actor, Role
from teams.tables import TeamArea
from tests.builders import AFinding, a_photo, an_instance_id
from tests.fixtures.killed_servers import KilledServers
from tests.fixtures.municipality import PASSWORD, Municipality, SetClock, version_of
from tests.integration.intake.posts import hane
from tests.properties.sync import checks
from tests.properties.sync.made import Made, MadeEdit, MadeForm
from tests.tablet.tablet import Tablet
from tests.tablet.wire import NoAnswer

TABLETS, TELEPHONES, KILLS = 10, 6, 10
# How many acknowledgements there are between two power cuts, and how much a client does at most.
BETWEEN_KILLS, MOST_ROUNDS = 16, 40
_SHADES = count(1000)


class Town:
    """The clients, what they made, and how many acknowledgements there were."""

    def __init__(self, wiring: Wiring, municipality: Municipality, servers: KilledServers) -> None:
        self.wiring = wiring
        self.municipality = municipality
        self.servers = servers
        self.made = Made()
        self.tablets: list[Tablet] = []
        self.acknowledged = count()
        self.seen = 0
        self.is_over = threading.Event()

    def acknowledge(self) -> None:
        """Count an acknowledgement."""
        self.seen = next(self.acknowledged)

    def enrol(self, number: int, http: httpx.Client) -> Tablet:
        """Enrol a tablet of one of the two teams, by turns."""
        team = (self.municipality.team, self.municipality.other_team)[number % 2]
        coordinator = Actor(self.municipality.users["koordinator"], "koordinator", "koordinator", Role.COORDINATOR)
        with self.wiring.database.writing() as session:
            code, _ = make_enrolment_code(session, coordinator, NewEnrolmentCode(team, f"Tablet {number}"), utc_now())
        tablet = Tablet(self.servers.wire(number, http), ids=uuid7, clock=utc_now)
        tablet.piece_bytes = 400
        tablet.pull_limit = 20
        again(lambda: tablet.enrol(code))
        return tablet


def again(what: Callable[[], object]) -> None:
    """Do something until the server answers."""
    while True:
        try:
            what()
        except NoAnswer:
            time.sleep(random.uniform(0.05, 0.2))
        else:
            return


def a_filled_form() -> tuple[bytes, MadeForm, dict[str, bytes]]:
    """Fill a household form with two findings and a photo that nobody else has."""
    instance_id, findings, photo = an_instance_id(), (uuid4(), uuid4()), a_photo(next(_SHADES))
    name = f"{findings[0]}.jpg"
    xml = hane(
        instance_id=instance_id,
        findings=[AFinding(id=str(findings[0]), photo=name), AFinding(id=str(findings[1]), category="cop_temizlik")],
    )
    told = {name: hashlib.sha256(photo).hexdigest()}
    return xml, MadeForm(instance_id, xml, version_of("hane"), frozenset(findings), told), {name: photo}


def work_on_a_tablet(town: Town, number: int) -> None:
    """Fill forms, make and change targets, and sync whenever the server is there."""
    tablet, author = town.tablets[number], f"tablet {number}"

    def remember(operation_id: str, edit: MadeEdit) -> None:
        town.made.edits[operation_id] = edit
        town.made.on_tablet[operation_id] = number

    def sync() -> None:
        before = len(tablet.state.outbox)
        tablet.push()
        for _ in range(before):
            town.acknowledge()
        tablet.send_photos()
        tablet.pull()

    for turn in range(MOST_ROUNDS):
        xml, form, photos = a_filled_form()
        operation_id = tablet.fill_form(xml, photos)
        town.made.forms[operation_id] = form
        town.made.on_tablet[operation_id] = number
        fields = {"tur": "hane", "ad": f"Hane {number}-{turn}", "adres": "Yeni Sk. 1"}
        target = tablet.add_target(fields)
        remember(tablet.state.outbox[-1]["id"], MadeEdit(target, fields, {}, author))
        shown = sorted(tablet.held("target"))
        if shown:
            changed = random.choice(shown)
            seen, fields = tablet.fields("target", changed), {"adres": f"Sokak {number}-{turn}"}
            remember(tablet.edit("target", changed, fields), MadeEdit(changed, fields, seen, author))
        again(sync)
        if town.is_over.is_set():
            return


def post_from_a_telephone(town: Town, number: int, http: httpx.Client) -> None:
    """Post forms by OpenRosa, each until it is taken."""
    worker = ("saha", "saha2")[number % 2]
    for _ in range(MOST_ROUNDS * 2):
        xml, form, photos = a_filled_form()
        files = [("xml_submission_file", ("form.xml", xml, "text/xml"))]
        files += [(name, (name, content, "image/jpeg")) for name, content in photos.items()]

        def post(files: list = files) -> None:
            try:
                answer = http.post(
                    f"{town.servers.url(number)}/openrosa/submission", files=files,
                    auth=httpx.BasicAuth(worker, PASSWORD), timeout=30,
                )  # fmt: skip
            except httpx.TransportError as error:
                raise NoAnswer from error
            if answer.status_code >= 500:
                raise NoAnswer
            assert answer.status_code == 201, answer.text

        town.made.forms[form.instance_id] = form
        again(post)
        town.made.taken_from_collect.add(form.instance_id)
        town.acknowledge()
        if town.is_over.is_set():
            return


def cut_the_power(town: Town) -> None:
    """Kill and start the servers, each time in the middle of work."""
    for _ in range(KILLS):
        begun, deadline = town.seen, time.monotonic() + 20
        while town.seen - begun < BETWEEN_KILLS and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.2))
        town.servers.kill()
        town.servers.start()
    town.is_over.set()


@pytest.fixture
def servers(settings: Settings, municipality: Municipality, tmp_path: Path) -> Iterator[KilledServers]:
    """Run two processes on PostgreSQL, one on SQLite."""
    del municipality
    many = KilledServers(settings, tmp_path, 1 if settings.resolved_database_url.startswith("sqlite") else 2)
    many.start()
    yield many
    many.stop()


def test_what_was_acknowledged_is_there_once_however_often_the_server_is_killed(
    wiring: Wiring, municipality: Municipality, servers: KilledServers, clock: SetClock
) -> None:
    with wiring.database.writing() as session:
        session.add(TeamArea(team_id=municipality.team, mahalle_id=municipality.akpinar))
    town = Town(wiring, municipality, servers)
    with ExitStack() as stack:
        clients = [stack.enter_context(httpx.Client()) for _ in range(TABLETS + TELEPHONES)]
        town.tablets = [town.enrol(number, clients[number]) for number in range(TABLETS)]
        with ThreadPoolExecutor(TABLETS + TELEPHONES) as pool:
            running = [pool.submit(work_on_a_tablet, town, number) for number in range(TABLETS)]
            running += [
                pool.submit(post_from_a_telephone, town, number, clients[number])
                for number in range(TABLETS, TABLETS + TELEPHONES)
            ]
            try:
                cut_the_power(town)
            finally:
                town.is_over.set()
            for one in running:
                one.result()
        clock.now = utc_now()
        check_all_of_it(town)
        for tablet in town.tablets:
            again(tablet.sync)
            assert tablet.state.photos == {}
        check_all_of_it(town)
        fresh = [town.enrol(number, clients[number]) for number in range(2)]
        for tablet in [*fresh, *town.tablets]:
            again(tablet.pull)
            with wiring.database.reading() as session:
                checks.check_tablet_holds_its_scope(session, tablet, wiring)


def check_all_of_it(town: Town) -> None:
    """Look at everything that was made, acknowledged or not, and at everything that is there."""
    with town.wiring.database.reading() as session:
        checks.check_nothing_is_lost(session, town.made, town.tablets)
        checks.check_no_value_vanishes(session, town.made)
        checks.check_photos_hash_to_their_names(session, town.wiring)
        there = set(session.scalars(select(Submission.instance_id)))
        forms = {form.instance_id: form for form in town.made.forms.values()}
        assert there <= set(forms)
        for instance_id in there:
            checks.check_form_is_whole(session, town.made, forms[instance_id])
        numbers = Counter(session.scalars(select(ServiceRequest.tracking_no)))
        assert set(numbers.values()) == {1}
        assert sum(numbers.values()) == sum(len(forms[instance_id].findings) for instance_id in there)
        operations = session.scalar(select(func.count()).select_from(Operation)) or 0
        assert operations <= len(town.made.on_tablet)
        sources = Counter(session.scalars(select(EntityChange.source_id)))
        assert set(sources.values()) == {1}
        for sha256 in session.scalars(select(Photo.sha256)):
            assert hashlib.sha256(checks.stored_bytes(town.wiring, sha256)).hexdigest() == sha256
