"""A visit from the list to its request: filled without a network, cut off in the middle, finished, sent once."""

import signal
import subprocess
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from api.wiring import Wiring
from foundation.clock import ISTANBUL
from service_requests.tables import ExpectedPhoto, ServiceRequest, Submission
from tests.e2e.form_worker import FormWorker
from tests.e2e.tablet_in_the_field import NAME, PIN, Field, open_place, set_up, sign_in
from visits.tables import VisitAssignment

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

_ANSWERS = {"kategori": "Yol ve kaldırım", "talep_var": "evet", "sonuc": "gorusuldu", "duzeltme_var": "hayir"}


def _open_form(page: Page) -> FormWorker:
    page.get_by_role("article").filter(has_text=NAME).get_by_role("link", name="Forma başla").click()
    worker = FormWorker(page)
    expect(page.locator(".screen")).to_be_visible()
    return worker


def _kill_browser(field: Field, page: Page) -> None:
    """End the browser as an empty battery does, and wait until this is known here, too."""
    with page.context.expect_event("close"):
        subprocess.run(["pkill", f"-{signal.SIGKILL.value}", "-f", str(field.profile)], check=True)


def _assert_the_household_shows_it(page: Page) -> None:
    """The visit and its request stand on the household's page, in words and not in codes."""
    open_place(page, "Ara")
    page.get_by_label("Ad, telefon ya da adres").fill(NAME)
    page.get_by_role("link", name=NAME).click()
    for words in ("Yol ve kaldırım", "Havale edildi", "Hane ziyareti · Görüşüldü"):
        expect(page.locator("main")).to_contain_text(words)
    request = page.get_by_role("listitem").filter(has_text="Havale edildi")
    expect(request).to_contain_text(str(datetime.now(ISTANBUL).year))


def test_a_visit_survives_a_killed_browser_and_becomes_one_request(field: Field, wiring: Wiring) -> None:
    visit = field.plan(NAME, 1, tur="hane")
    with field.browser_open() as page:
        set_up(field, page)
        page.get_by_role("link", name=NAME, exact=True).click()
        expect(page.get_by_role("link", name="Hane ziyareti")).to_be_visible()  # the forms have come, too
    field.stop_server()
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        worker = _open_form(page)
        # The visit that the form was opened for is chosen already.
        expect(worker.question("secilen_ziyaret")).to_contain_text(NAME)
        worker.go_on()
        worker.take_point("konum")
        worker.go_on()
        worker.choose("sonuc", "Görüşüldü")
        page.wait_for_timeout(1_500)
        _kill_browser(field, page)
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        expect(page.get_by_role("region", name="Yarım kalan formlar")).to_contain_text(NAME)
        # Begun again from the list it is the same form: one visit is never sent as two.
        worker = _open_form(page)
        worker.go_on()
        expect(worker.question("konum").locator(".taken")).to_be_visible()
        while worker.question("sonuc").count() == 0:
            worker.go_on()
        expect(worker.question("sonuc").get_by_label("Görüşüldü", exact=True)).to_be_checked()
        worker.fill_all(_ANSWERS | {"secilen_ziyaret": NAME})
        page.get_by_role("button", name="Formu bitir").click()
        expect(page.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("Tablette")
        open_place(page, "Bugün")
        expect(page.get_by_role("link", name=NAME)).to_have_count(0)
        expect(page.get_by_role("region", name="Yarım kalan formlar")).to_have_count(0)
        field.start_server()
        open_place(page, "Giden kutusu")
        page.get_by_role("button", name="Şimdi gönder").click()
        expect(page.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("Talep no", timeout=60_000)
        page.get_by_role("button", name="Şimdi gönder").click()
        expect(page.get_by_role("button", name="Şimdi gönder")).to_be_enabled()
        _assert_the_household_shows_it(page)
    with wiring.database.reading() as session:
        [submission] = session.scalars(select(Submission))
        [request] = session.scalars(select(ServiceRequest))
        assert (submission.target_id, submission.assignment_id) == (visit.target, visit.assignment)
        assert (submission.flags, request.submission_id) == ("", submission.id)
        assert session.get_one(VisitAssignment, visit.assignment).status == "yapildi"
        states = list(session.scalars(select(ExpectedPhoto.state)))
        assert states
        assert set(states) == {"received"}
