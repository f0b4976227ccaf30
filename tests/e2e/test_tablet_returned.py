"""A form that a coordinator sends back: on top of its author's day, opened as sent, answered without a network."""

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import ExpectedPhoto, ServiceRequest, Submission
from tests.e2e.form_worker import FormWorker
from tests.e2e.office_visitor import serious_findings
from tests.e2e.tablet_in_the_field import (
    NAME,
    OTHER_PIN,
    PIN,
    Field,
    open_place,
    send_now,
    set_pin,
    set_up_with_forms,
    sign_in,
)
from tests.e2e.test_tablet_offline import files_with
from tests.fixtures.municipality import NOON, publish_household_form

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

QUESTION = "Kaldırımın neresi bozuk?"
_ANSWERS = {"kategori": "Yol ve kaldırım", "talep_var": "evet", "sonuc": "gorusuldu", "duzeltme_var": "hayir"}
_SENTENCE = "Kaldırım çökmüş, yaya geçemiyor"


def asked(page: Page) -> Locator:
    return page.get_by_role("region", name="Size soruluyor")


def send_visit(page: Page, wiring: Wiring) -> Submission:
    """Fill and send the form of the planned visit, until its photos have come."""
    page.get_by_role("article").filter(has_text=NAME).get_by_role("link", name="Forma başla").click()
    worker = FormWorker(page)
    expect(page.locator(".screen")).to_be_visible()
    worker.fill_all(_ANSWERS | {"secilen_ziyaret": NAME})
    page.get_by_role("button", name="Formu bitir").click()
    expect(page.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("Merkezde", timeout=60_000)
    send_now(page)
    with wiring.database.reading() as session:
        assert set(session.scalars(select(ExpectedPhoto.state))) == {"received"}
        return session.scalars(select(Submission)).one()


def correct(page: Page) -> None:
    """Open what came back, see what was sent, say something else, finish."""
    asked(page).get_by_role("link", name="Aç ve düzelt").click()
    worker = FormWorker(page)
    expect(worker.question("secilen_ziyaret")).to_contain_text(NAME)
    while worker.question("aciklama").count() == 0:
        worker.go_on()
    expect(worker.question("aciklama").locator("input, textarea")).to_have_value(_SENTENCE)
    expect(worker.question("foto").locator("img")).to_be_visible()
    worker.write("aciklama", "Okulun önündeki kaldırım")
    worker.go_to_end()
    page.get_by_role("button", name="Formu bitir").click()
    expect(page.get_by_role("heading", name="Giden kutusu")).to_be_visible()


def assert_corrected(wiring: Wiring, first: UUID) -> None:
    """There is one visit in its second version, with all photos, and one request that goes on."""
    with wiring.database.reading() as session:
        [old, new] = session.scalars(select(Submission).order_by(Submission.received_at))
        [request] = session.scalars(select(ServiceRequest))
        photos = session.scalars(select(ExpectedPhoto).where(ExpectedPhoto.submission_id == new.id)).all()
    assert (old.id, old.superseded_by_id, new.amends_id) == (first, new.id, first)
    assert (new.flags, new.assignment_id, new.form_version) == ("", old.assignment_id, old.form_version)
    assert request.submission_id == new.id
    assert new.photos_received == len(photos) > 0
    assert {photo.state for photo in photos} == {"received"}


def test_a_returned_form_is_answered_without_a_network_and_takes_the_first_ones_place(
    field: Field, wiring: Wiring
) -> None:
    field.plan(NAME, 1, tur="hane")
    with field.browser_open() as page:
        set_up_with_forms(field, page)
        first = send_visit(page, wiring)
        # A newer version of the form: what was sent is opened with its own.
        with wiring.database.writing() as session:
            publish_household_form(session, "2027010101", NOON + timedelta(days=1))
        field.office().return_to_author(first.id, QUESTION)
        send_now(page)
        open_place(page, "Bugün")
        expect(asked(page)).to_contain_text(QUESTION)
        expect(asked(page)).to_contain_text(NAME)
        assert serious_findings(page) == []
    for word in (*NAME.split(), _SENTENCE):
        assert files_with(field.profile, word) == []
    field.stop_server()
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        correct(page)
        open_place(page, "Bugün")
        expect(page.get_by_role("heading", name="Bugün")).to_be_visible()
        expect(asked(page)).to_have_count(0)
        field.start_server()
        send_now(page)
        expect(page.get_by_role("listitem").filter(has_text="Talep no")).to_have_count(1)
        open_place(page, "Bugün")
        expect(asked(page)).to_have_count(0)
    assert_corrected(wiring, first.id)


def test_only_its_author_is_asked_even_where_a_colleague_fetched_it(field: Field, wiring: Wiring) -> None:
    field.plan(NAME, 1, tur="hane")
    field.add_colleague("Deniz")
    with field.browser_open() as page:
        set_up_with_forms(field, page)
        first = send_visit(page, wiring)
        page.get_by_role("button", name="Çık", exact=True).click()
        field.office().return_to_author(first.id, QUESTION)
        set_pin(page, "Deniz", OTHER_PIN)
        send_now(page)
        open_place(page, "Bugün")
        expect(page.get_by_text("Bugünün ziyaretleri bitti")).to_be_visible()
        expect(asked(page)).to_have_count(0)
        page.get_by_role("button", name="Çık", exact=True).click()
        page.context.set_offline(True)
        sign_in(page, "Saha", PIN)
        correct(page)
        page.context.set_offline(False)
        send_now(page)
    assert_corrected(wiring, first.id)
