"""What a bad network or a sick server does to the tablet, made on the wire: too large, damaged, cut off, long away."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import ExpectedPhoto, Submission
from tests.builders import AFinding, a_submission, an_instance_id
from tests.e2e.tablet_in_the_field import NAME, PIN, Field, open_place, send_now, set_pin, sign_in
from tests.e2e.test_tablet_store import _PHOTOS, encoded, open_store
from tests.fixtures.municipality import NOON, publish_household_form, version_of
from tests.fixtures.relay import Fault, Relay
from tests.integration.uploads.requests import a_large_photo

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

_TOO_LARGE = json.dumps({"code": "sync.batch_too_large", "title": "", "detail": ""}).encode()


@pytest.fixture
def relay(field: Field) -> Iterator[Relay]:
    """Return a relay before the field's server."""
    made = Relay(field.url.removesuffix("/tablet/"))
    yield made
    made.close()


def set_up_behind(relay: Relay, field: Field, page: Page) -> None:
    """Enrol the tablet through the relay, until the forms have come."""
    page.goto(f"{relay.url}/tablet/#{field.enrolment_address().partition('#')[2]}")
    set_pin(page, "Saha", PIN)
    page.get_by_role("link", name=NAME, exact=True).click()
    expect(page.get_by_role("link", name="Hane ziyareti")).to_be_visible()


def add_form(page: Page, photos: dict[str, bytes] | None = None, sentence: str = "") -> None:
    """Have a form wait in the outbox."""
    findings = [AFinding(photo=name) for name in photos or {}] or [AFinding(sentence=sentence)]
    xml = a_submission(version=version_of("hane"), instance_id=an_instance_id(), findings=findings)
    finished = {"xml": xml.decode(), "formId": "hane", "title": NAME}
    page.evaluate(
        f"async ([finished, photos]) => await kept.store.outbox.addSubmission({{...finished, photos: {_PHOTOS}}})",
        [finished, encoded(photos or {})],
    )


def pushes(relay: Relay) -> int:
    return sum(1 for one in relay.seen if one.path == "/v1/sync/push")


def forms_received(wiring: Wiring) -> int:
    with wiring.database.reading() as session:
        return len(session.scalars(select(Submission.id)).all())


def set_up_offline(relay: Relay, field: Field, page: Page, tablet_store: str) -> None:
    """Set the tablet up behind the relay, open its store for the test, and take the network away."""
    set_up_behind(relay, field, page)
    open_store(page, tablet_store, field.place.users["saha"], PIN)
    page.context.set_offline(True)


def test_a_batch_that_is_too_large_is_halved_until_it_is_taken(
    field: Field, relay: Relay, tablet_store: str, wiring: Wiring
) -> None:
    field.plan(NAME)
    with field.browser_open() as page:
        set_up_offline(relay, field, page, tablet_store)
        for _ in range(4):
            add_form(page)
        relay.order(Fault(lambda line: "/v1/sync/push" in line, times=2, status=413, body=_TOO_LARGE))
        before = pushes(relay)
        page.context.set_offline(False)
        send_now(page)
        expect(page.get_by_text("Bekleyen kayıt yok")).to_be_visible()
        # Four together and two together were refused; then one by one.
        assert pushes(relay) - before == 6
    assert forms_received(wiring) == 4


def test_what_is_too_large_by_itself_is_kept_and_told_and_blocks_nothing(
    field: Field, relay: Relay, tablet_store: str, wiring: Wiring
) -> None:
    field.plan(NAME)
    with field.browser_open() as page:
        set_up_offline(relay, field, page, tablet_store)
        add_form(page, sentence="x" * 1_100_000)
        add_form(page)
        page.context.set_offline(False)
        send_now(page)
        expect(page.get_by_text("Kayıt gönderilemeyecek kadar büyük")).to_be_visible()
        expect(page.get_by_text("Merkezde", exact=True)).to_have_count(1)
    assert forms_received(wiring) == 1


def test_a_package_whose_signature_does_not_hold_is_refused_and_the_forms_stay(
    field: Field, relay: Relay, wiring: Wiring
) -> None:
    field.plan(NAME)
    with field.browser_open() as page:
        set_up_behind(relay, field, page)
        with wiring.database.writing() as session:
            publish_household_form(session, "2027010101", NOON + timedelta(days=1))
        # The server looks for news every other second.
        page.wait_for_timeout(2_500)
        relay.order(Fault(lambda line: "/v1/sync/package" in line, damage=True))
        send_now(page)
        expect(page.get_by_text("Merkezden gelen formlar doğrulanamadı")).to_be_visible()
        open_place(page, "Bugün")
        page.get_by_role("link", name=NAME, exact=True).click()
        expect(page.get_by_role("link", name="Hane ziyareti")).to_be_visible()
        send_now(page)
        expect(page.get_by_text("Merkezden gelen formlar doğrulanamadı")).to_have_count(0)


def _is_piece(line: str) -> bool:
    return line.startswith("PATCH")


def test_a_photo_that_was_cut_off_goes_on_where_it_broke(
    field: Field, relay: Relay, tablet_store: str, wiring: Wiring
) -> None:
    field.plan(NAME)
    # Sent in pieces of 1 MiB; of the third a break may cost what had arrived, of the others nothing.
    photo = a_large_photo(2_500_000)
    with field.browser_open() as page:
        set_up_offline(relay, field, page, tablet_store)
        add_form(page, {"a.jpg": photo})
        relay.order(Fault(_is_piece, times=2))
        relay.order(Fault(_is_piece, cut_after=200_000))
        page.context.set_offline(False)
        send_now(page)
        expect(page.get_by_text("Bağlı", exact=True)).to_be_visible()
        with wiring.database.reading() as session:
            assert session.scalars(select(ExpectedPhoto.state)).all() == ["received"]
    first, second, *others = sorted(int(one.headers["upload-offset"]) for one in relay.seen if one.method == "PATCH")
    assert (first, second) == (0, 1 << 20)
    # The browser itself may have sent the piece again that broke, before the tablet asked where to go on.
    assert len(others) >= 2
    assert all(2 << 20 <= offset < len(photo) for offset in others)


def test_after_two_weeks_without_the_server_the_tablet_stays_shut_until_it_is_heard_again(
    field: Field, relay: Relay
) -> None:
    field.plan(NAME)
    now = datetime.now(UTC)

    def two_weeks_later(head: bytes) -> bytes:
        told = format_datetime(now + timedelta(days=15), usegmt=True).encode()
        return re.sub(rb"(?im)^date: [^\r]*", b"date: " + told, head)

    with field.browser_open() as page:
        set_up_behind(relay, field, page)
        page.get_by_role("button", name="Çık", exact=True).click()
        page.context.set_offline(True)
        page.clock.set_system_time(now + timedelta(days=13))
        sign_in(page, "Saha", PIN)
        expect(page.get_by_role("heading", name="Bugün")).to_be_visible()
        page.get_by_role("button", name="Çık", exact=True).click()
        page.clock.set_system_time(now + timedelta(days=15))
        sign_in(page, "Saha", PIN)
        expect(page.get_by_role("alert")).to_contain_text("uzun süredir merkeze bağlanmadı")
        relay.order(Fault(lambda line: "/v1/sync/profile" in line, retell=two_weeks_later))
        page.context.set_offline(False)
        page.get_by_label("PIN", exact=True).fill(PIN)
        page.get_by_role("button", name="Aç", exact=True).click()
        expect(page.get_by_role("heading", name="Bugün")).to_be_visible()
        expect(page.get_by_role("link", name=NAME, exact=True)).to_be_visible()
