"""A tablet as a worker holds it: a browser with a profile on disk, and a server that ends.

The browser is closed and opened again. The server keeps its port over a restart, as an address in the field does.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from api.wiring import Wiring
from foundation.settings import Settings
from sync.tables import Operation
from teams.enrolment import move_device
from teams.permissions import Role
from teams.tables import Device, User
from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.office_visitor import Theme, wait_until
from tests.fixtures.live_server import LiveServer
from tests.fixtures.municipality import PASSWORD, PASSWORD_HASH, Municipality
from tests.planned_visits import PlannedVisit, plan_visit
from visits.tables import VisitAssignment

PIN, OTHER_PIN = "274913", "860257"
LABEL = "Tablet Çağlayan"
_LONGEST_WAIT_S = 20
# Letters of two bytes in UTF-8, and a name nobody else has.
NAME = "Şükriye Iğdırlıoğlu Çüğöşi"
_HAS_PULLED = """(async () => {
  const opening = indexedDB.open('saha')
  const db = await new Promise((done) => { opening.onsuccess = () => done(opening.result) })
  const reading = db.transaction('facts').objectStore('facts').get('pull')
  return await new Promise((done) => { reading.onsuccess = () => { db.close(); done(reading.result?.shownUpTo > 0) } })
})()"""


class Field:
    """The server, what is planned, and the browser profile of one tablet."""

    def __init__(
        self, settings: Settings, wiring: Wiring, place: Municipality, browser: tuple[Browser, Path], folder: Path
    ) -> None:
        self.place, self.wiring = place, wiring
        self.profile = folder / "profile"
        self._settings, self._folder = settings, folder
        # A running browser does not tell which program it is.
        self._browser, self._chromium = browser
        self._server: LiveServer | None = None
        self._port = 0
        self._pages: Path | None = None
        self.complaints: list[str] = []

    def start_server(self, *, behind: timedelta = timedelta(0)) -> None:
        """Start the server, where it was; `behind` in whole days, for a story that takes several."""
        self._server = LiveServer(
            self._settings, self._folder / "server.log", port=self._port, behind=behind, pages=self._pages
        )
        self._port = self._server.port
        self._server.wait_until_it_answers()

    def stop_server(self) -> None:
        """End the server; nothing answers at its address any more."""
        if self._server:
            self._server.stop()
        self._server = None

    def serve_map(self, map_file: Path) -> None:
        """Offer tablets this map of streets from now on."""
        self.stop_server()
        self._settings = msgspec.structs.replace(self._settings, map_file=map_file)
        self.start_server()

    def serve_release(self, pages: Path | None) -> None:
        """Serve another release of the application from now on; None: the one that was built."""
        self.stop_server()
        self._pages = pages
        self.start_server()

    def demand_app(self, version: str) -> None:
        """Give applications older than this nothing new from now on."""
        self.stop_server()
        self._settings = msgspec.structs.replace(self._settings, oldest_app=version)
        self.start_server()

    @property
    def url(self) -> str:
        """The address of the tablet's application, as its icon opens it."""
        return f"{self.server_url}/tablet/"

    @property
    def server_url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self._port}"

    def worker_id(self, name: str) -> UUID:
        """Return who is shown by this name."""
        with self.wiring.database.reading() as session:
            return session.scalars(select(User.id).where(User.display_name == name)).one()

    def office(self) -> OfficeDesk:
        """Return the coordinator's desk."""
        assert self._server
        return OfficeDesk(self._server.url, PASSWORD)

    def enrolment_address(self) -> str:
        """Return what a coordinator's QR says."""
        return self.office().enrolment_address(LABEL, str(self.place.team))

    def plan(self, name: str, position: int = 0, **more: Any) -> PlannedVisit:  # noqa: ANN401 - as plan_visit
        """Plan a visit of the team for today."""
        return plan_visit(self.wiring, self.place.team, datetime.now(UTC), position=position, ad=name, **more)

    def add_colleague(self, name: str) -> None:
        """Put a second worker into the team."""
        with self.wiring.database.writing() as session:
            session.add(
                User(
                    id=uuid4(), username=name, username_key=name.lower(), display_name=name,
                    role=Role.FIELD_WORKER.value, team_id=self.place.team, password_hash=PASSWORD_HASH,
                    created_at=datetime.now(UTC),
                )
            )  # fmt: skip

    def move_tablet(self, team: UUID) -> None:
        """Give the tablet to another team."""
        with self.wiring.database.writing() as session:
            move_device(session, session.scalars(select(Device.id)).one(), team)

    def status_of(self, assignment: UUID) -> tuple[str, int]:
        """Return an assignment's status, and how many operations have arrived in all."""
        with self.wiring.database.reading() as session:
            status = session.get_one(VisitAssignment, assignment).status
            return status, len(session.scalars(select(Operation.id)).all())

    def wait_for_status(self, assignment: UUID, expected: tuple[str, int]) -> None:
        """Wait until an assignment has a status and so many operations have arrived."""
        end = time.monotonic() + _LONGEST_WAIT_S
        while (found := self.status_of(assignment)) != expected:
            assert time.monotonic() < end, found
            time.sleep(0.1)

    @contextmanager
    def browser_open(
        self, *, theme: Theme = "light", window: tuple[int, int] = (800, 1280), profile: Path | None = None,
        behind: timedelta = timedelta(0),
    ) -> Iterator[Page]:  # fmt: skip
        """Open the browser with the tablet's profile, or another's; closing it leaves only what lies on the disk.

        `behind`: how long ago it is by the tablet's clock.
        """
        context = self._browser.browser_type.launch_persistent_context(
            profile or self.profile, executable_path=self._chromium,
            args=["--no-sandbox", "--disable-background-networking"],
            locale="tr-TR", timezone_id="Europe/Istanbul", color_scheme=theme, reduced_motion="reduce",
            viewport={"width": window[0], "height": window[1]}, has_touch=True,
            geolocation={"latitude": 41.002, "longitude": 29.203}, permissions=["geolocation"],
        )  # fmt: skip
        if behind:
            context.clock.install(time=datetime.now(UTC) - behind)
        try:
            yield self._page_of(context)
        finally:
            context.close()
        assert not self.complaints, self.complaints

    def _page_of(self, context: BrowserContext) -> Page:
        page = context.pages[0] if context.pages else context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if "Security Policy" in said.text else None)
        return page


def set_up(field: Field, page: Page, worker: str = "Saha") -> None:
    """Enrol with the coordinator's QR, be vouched for, set a PIN, until it would start without a network."""
    page.goto(field.enrolment_address())
    set_pin(page, worker, PIN)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wait_until(page, _HAS_PULLED)
    expect(page.get_by_text("Bağlı", exact=True)).to_be_visible()


def set_up_with_forms(field: Field, page: Page) -> None:
    """The same until the forms have come, too; leaves the page at the day's list."""
    set_up(field, page)
    open_place(page, "Ara")
    expect(page.get_by_role("link", name="Hane ziyareti")).to_be_visible()
    open_place(page, "Bugün")


def set_pin(page: Page, worker: str, pin: str) -> None:
    """Be vouched for by password, and set a PIN."""
    page.get_by_role("button", name=worker, exact=True).click()
    type_new_pin(page, pin)


def type_new_pin(page: Page, pin: str) -> None:
    """Fill in the form of the first sign-in."""
    page.get_by_label("Saha parolanız").fill(PASSWORD)
    page.get_by_label("Yeni PIN", exact=True).fill(pin)
    page.get_by_label("Yeni PIN (yeniden)").fill(pin)
    page.get_by_role("button", name="Başla").click()
    expect(page.get_by_role("heading", name="Bugün")).to_be_visible()


def sign_in(page: Page, worker: str, pin: str) -> None:
    """Sign in by PIN."""
    page.get_by_role("button", name=worker, exact=True).click()
    page.get_by_label("PIN", exact=True).fill(pin)
    page.get_by_role("button", name="Aç", exact=True).click()


def say_not_at_home(page: Page, name: str) -> None:
    """Say of a planned visit that nobody was at home, with a reason."""
    page.get_by_role("group", name=f"{name}: ziyaret yapılamadıysa").get_by_role("button", name="Evde yok").click()
    page.get_by_role("dialog").get_by_role("button", name="Kapı açılmadı").click()
    expect(page.get_by_role("link", name=name)).to_have_count(0)


def send_now(page: Page) -> None:
    """Have everything sent and fetched now, and wait until it is through."""
    open_place(page, "Giden kutusu")
    page.get_by_role("button", name="Şimdi gönder").click()
    expect(page.get_by_role("button", name="Şimdi gönder")).to_be_enabled()


def open_place(page: Page, name: str) -> None:
    """Go to one of the three places at the bottom."""
    page.get_by_role("navigation", name="Sayfalar").get_by_role("link", name=name).click()
