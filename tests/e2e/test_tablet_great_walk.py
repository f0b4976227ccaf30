"""Three days without a network on two tablets, a third device at Collect's door, and a bad network on the way back.

What was filled arrives once, whoever changed the same field is shown to a coordinator, the photos are the photos, and
at the end both tablets hold what the server holds.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from api.wiring import Wiring
from foundation.clock import ISTANBUL
from photos.tables import Photo
from service_requests.tables import ExpectedPhoto, Quarantine, ServiceRequest, Submission
from tests.builders import a_photo
from tests.e2e.field_tablet import FieldTablet, OfficeDesk
from tests.e2e.rough_network import make_rough
from tests.e2e.short_visits import ShortVisit, do_visit, publish_short_form
from tests.e2e.tablet_in_the_field import PIN, Field, open_place, set_pin, sign_in
from tests.e2e.test_tablet_store import count_of, open_store
from tests.fixtures.left_out import leave_out
from tests.fixtures.municipality import PASSWORD
from tests.fixtures.relay import Relay
from tests.foreign_clients.filled_forms import FilledForm, FillOptions, ForeignClientMissing
from tests.foreign_clients.javarosa_client import fill_and_post
from tests.planned_visits import PlannedVisit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.foreign_client,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

DAYS = 3
# Of the day's 29 households the first tablet visits these, the second those: one is visited by both.
FIRST, SECOND = range(1, 16), range(15, 30)
CORRECTED_BY_FIRST, CORRECTED_BY_SECOND, AT_COLLECTS_DOOR = (3, 9, 15), (15, 20), (3, 5, 20)
_MOST_ROUNDS = 150


class Worker(NamedTuple):
    """Somebody with a tablet of their own."""

    name: str
    profile: Path
    numbers: range
    corrects: tuple[int, ...]


class Walk:
    """Three days of visits, the two tablets and the network between them and the server."""

    def __init__(self, field: Field, relay: Relay, folder: Path) -> None:
        self.field, self.relay = field, relay
        self.workers = (
            Worker("Saha", folder / "birinci", FIRST, CORRECTED_BY_FIRST),
            Worker("Deniz", folder / "ikinci", SECOND, CORRECTED_BY_SECOND),
        )
        self.planned: dict[tuple[int, int], PlannedVisit] = {}

    def plan(self) -> None:
        """Plan the visits of all days beforehand."""
        today = datetime.now(UTC).astimezone(ISTANBUL).date()
        for day in range(DAYS):
            for number in range(1, 30):
                on = today - timedelta(days=DAYS - 1 - day)
                self.planned[day, number] = self.field.plan(_name(day, number), number, day=on)

    def open_browser(self, worker: Worker, day: int) -> Any:  # noqa: ANN401 - a context manager of a page
        """Open a tablet's browser on a day."""
        return self.field.browser_open(profile=worker.profile, behind=timedelta(days=DAYS - 1 - day))

    def install(self, worker: Worker) -> None:
        """Enrol on the morning of the first day, until forms and households are there."""
        with self.open_browser(worker, 0) as page:
            page.goto(self.field.enrolment_address().replace(self.field.server_url, self.relay.url))
            set_pin(page, worker.name, PIN)
            page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            page.get_by_role("link", name=_name(0, worker.numbers[0]), exact=True).click()
            expect(page.get_by_role("link", name="Hane ziyareti")).to_be_visible()

    def spend_day(self, worker: Worker, day: int) -> None:
        """Do a worker's visits of a day without a network, from opening the browser to closing it."""
        with self.open_browser(worker, day) as page:
            self.sign_in(worker, page)
            for number in worker.numbers:
                do_visit(page, self.visit(worker, day, number))

    def visit(self, worker: Worker, day: int, number: int) -> ShortVisit:
        """Say what this worker finds at this household."""
        shade = 1_000 * (worker.name == "Deniz") + 100 * day + number
        photo = a_photo(shade, size=(320, 240))
        address = _address(worker.name, day, number) if number in worker.corrects else ""
        return ShortVisit(_name(day, number), f"{worker.name} {day}-{number}: kaldırım çökmüş", photo, address)

    def sign_in(self, worker: Worker, page: Page) -> None:
        """Start the application and sign in."""
        page.goto(f"{self.relay.url}/tablet/")
        sign_in(page, worker.name, PIN)
        expect(page.get_by_role("heading", name="Bugün")).to_be_visible()


def _name(day: int, number: int) -> str:
    return f"Hane {day + 1}.{number:02}"


def _address(who: str, day: int, number: int) -> str:
    return f"{who} Sokağı {day + 1}/{number}"


def _fill_at_collects_door(walk: Walk, photo: Path) -> list[FilledForm]:
    """Have JavaRosa visit some of the same households and post at once."""
    visited = [(day, number) for day in range(DAYS) for number in AT_COLLECTS_DOOR]
    hints = {
        "konum": "41.005 29.205 100 4.5",
        "sonuc": "gorusuldu",
        "secilen_ziyaret": [str(walk.planned[one].assignment) for one in visited],
        "yeni_adres": [_address("Collect", *one) for one in visited],
    }
    options = FillOptions(form="hane", repeat=len(visited), hints=hints)
    try:
        return fill_and_post(f"{walk.field.server_url}/openrosa", "saha", PASSWORD, photo, options)
    except ForeignClientMissing as missing:
        leave_out("javarosa", str(missing))


def _send_until_all_is_there(page: Page) -> None:
    """Press the button until neither a form nor a photo waits any more."""
    open_place(page, "Giden kutusu")
    for _ in range(_MOST_ROUNDS):
        page.get_by_role("button", name="Şimdi gönder").click()
        expect(page.get_by_role("button", name="Şimdi gönder")).to_be_enabled(timeout=60_000)
        if page.get_by_text("Bekleyen kayıt yok").count() and not count_of(page, "photos"):
            return
    raise AssertionError("the outbox does not become empty")


def _held_by(page: Page, script: str, worker: UUID) -> tuple[list[dict[str, Any]], set[str]]:
    """Return what the tablet holds of its team, and the instance ids of its own forms; read from its disk."""
    open_store(page, script, worker, PIN)
    page.evaluate("async () => await kept.allRead()")
    reading = """() => ['assignment', 'history', 'target'].flatMap((kind) => [...kept.held[kind].values()])"""
    held = sorted(page.evaluate(reading), key=lambda one: (one["kind"], one["id"]))
    own = page.evaluate("async () => (await kept.store.outbox.own()).map(({ instanceId }) => instanceId)")
    return held, set(own)


def _assert_all_came_once(wiring: Wiring, own: list[set[str]], at_collects_door: set[str]) -> None:
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Quarantine)) == 0
        visits = session.scalars(select(Submission)).all()
        assert len(visits) == sum(map(len, own)) + len(at_collects_door)
        assert {one.instance_id for one in visits} == at_collects_door.union(*own)
        asked = session.execute(select(ServiceRequest.submission_id, ServiceRequest.description)).all()
        assert {submission for submission, _ in asked} == {one.id for one in visits}
        assert len(asked) == len(visits)


def _assert_photos_are_whole(wiring: Wiring) -> None:
    with wiring.database.reading() as session:
        expected = session.execute(select(ExpectedPhoto.state, ExpectedPhoto.sha256)).all()
        kept = set(session.scalars(select(Photo.sha256)))
    assert {state for state, _ in expected} == {"received"}
    assert {sha256 for _, sha256 in expected} == kept
    for sha256 in kept:
        with wiring.photo_storage.open_binary(sha256) as photo:
            assert hashlib.sha256(photo.read()).hexdigest() == sha256


def _assert_conflicts_are_listed(desk: OfficeDesk) -> None:
    page = desk.read("/v1/conflicts?limit=200")
    found = {(one["entity"]["name"], one["standing"]["value"], one["other"]["value"]) for one in page["items"]}
    decided_by_order, by_both = set(), []
    for day in range(DAYS):
        for number, who in ((3, "Saha"), (20, "Deniz")):
            decided_by_order.add((_name(day, number), _address("Collect", day, number), _address(who, day, number)))
        by_both.append((_name(day, 15), {_address("Saha", day, 15), _address("Deniz", day, 15)}))
    assert found >= decided_by_order
    # Of two tablets the one that came through first stands.
    assert sorted((name, set(values)) for name, *values in found - decided_by_order) == by_both


def test_three_days_of_two_tablets_arrive_once_through_a_bad_network(
    field: Field, wiring: Wiring, relays: Callable[[str], Relay], tablet_store: str, tmp_path: Path
) -> None:
    field.add_colleague("Deniz")
    publish_short_form(wiring)
    photo = tmp_path / "collect.jpg"
    photo.write_bytes(a_photo(77, size=(320, 240)))
    walk = Walk(field, relays(field.server_url), tmp_path)
    walk.plan()
    field.stop_server()
    field.start_server(behind=timedelta(days=DAYS - 1))
    for worker in walk.workers:
        walk.install(worker)
    field.stop_server()
    walk.relay.close()
    for day in range(DAYS):
        for worker in walk.workers:
            walk.spend_day(worker, day)
    field.start_server()
    at_collects_door = _fill_at_collects_door(walk, photo)
    assert {one["status"] for one in at_collects_door} == {201}
    walk.relay.listen()
    happened = make_rough(walk.relay, seed=11, share=0.2)
    own, held = [], []
    for worker in walk.workers:
        with walk.open_browser(worker, DAYS - 1) as page:
            walk.sign_in(worker, page)
            _send_until_all_is_there(page)
    walk.relay.heal()
    assert min(happened[what] for what in ("answer lost", "request cut", "carried out twice", "late")) > 0
    for worker in walk.workers:
        with walk.open_browser(worker, DAYS - 1) as page:
            walk.sign_in(worker, page)
            _send_until_all_is_there(page)
            rows, instance_ids = _held_by(page, tablet_store, field.worker_id(worker.name))
            held.append(rows)
            own.append(instance_ids)
    assert [len(one) for one in own] == [DAYS * len(FIRST), DAYS * len(SECOND)]
    _assert_all_came_once(wiring, own, {one["instance_id"] for one in at_collects_door})
    _assert_photos_are_whole(wiring)
    _assert_conflicts_are_listed(OfficeDesk(field.server_url, PASSWORD))
    scope = FieldTablet(field.server_url, field.enrolment_address()).scope()
    assert held == [scope, scope]
