"""What happens between doing the work and handing it over: answers that are lost, a wrong clock, a closed door.

Each time nothing is lost, and the worker is told in Turkish what it is about.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from api.wiring import Wiring
from photos.tables import Photo
from service_requests.tables import Quarantine, ServiceRequest, Submission
from teams.tables import Device, User
from tests.builders import a_photo
from tests.e2e.rough_network import lose_answers
from tests.e2e.short_visits import ShortVisit, do_visit, publish_short_form
from tests.e2e.tablet_in_the_field import (
    NAME,
    PIN,
    Field,
    open_place,
    say_not_at_home,
    set_pin,
    set_up,
    set_up_with_forms,
    sign_in,
)
from tests.e2e.test_tablet_store import count_of
from tests.fixtures.relay import Relay

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

_VISIT = ShortVisit(NAME, "Kaldırım çökmüş, yaya geçemiyor", a_photo(3, size=(320, 240)))
_OTHER = ShortVisit("Ali Veli", "Çöp alınmamış, koku yapıyor", a_photo(4, size=(320, 240)))
_LONG_AGO = datetime.now(UTC) - datetime(1970, 1, 2, tzinfo=UTC)


def _install(field: Field, page: Page, wiring: Wiring) -> None:
    """Plan two visits and install the tablet with the short form."""
    publish_short_form(wiring)
    field.plan(NAME, 1)
    field.plan("Ali Veli", 2)
    set_up_with_forms(field, page)


def _send(page: Page) -> None:
    page.get_by_role("button", name="Şimdi gönder").click()
    expect(page.get_by_role("button", name="Şimdi gönder")).to_be_enabled(timeout=60_000)


def _send_until_photos_are_gone(page: Page) -> None:
    open_place(page, "Giden kutusu")
    for _ in range(5):
        _send(page)
        if not count_of(page, "photos"):
            return
    raise AssertionError("photos stay on the tablet")


def test_three_lost_answers_in_a_row_make_one_submission_of_one_visit(
    field: Field, wiring: Wiring, relays: Callable[[str], Relay]
) -> None:
    relay = relays(field.server_url)
    publish_short_form(wiring)
    field.plan(NAME, 1)
    with field.browser_open() as page:
        page.goto(field.enrolment_address().replace(field.server_url, relay.url))
        set_pin(page, "Saha", PIN)
        page.get_by_role("link", name=NAME, exact=True).click()
        expect(page.get_by_role("link", name="Hane ziyareti")).to_be_visible()
        open_place(page, "Bugün")
        page.context.set_offline(True)
        do_visit(page, _VISIT)
        lose_answers(relay, "/v1/sync/push", 3)
        page.context.set_offline(False)
        open_place(page, "Giden kutusu")
        item = page.get_by_role("listitem").filter(has_text=NAME)
        expect(item).to_contain_text("Tablette, merkezin yanıtı bekleniyor")
        while relay.faults:
            _send(page)
        _send_until_photos_are_gone(page)
        expect(item).to_contain_text("Talep no")
    pushes = [one for one in relay.seen if one.path == "/v1/sync/push"]
    assert len(pushes) >= 4
    with wiring.database.reading() as session:
        (submission,) = session.scalars(select(Submission))
        (request,) = session.scalars(select(ServiceRequest))
        assert request.submission_id == submission.id


def test_a_clock_of_1970_loses_no_work_and_the_office_is_told(field: Field, wiring: Wiring) -> None:
    with field.browser_open() as page:
        _install(field, page, wiring)
    field.stop_server()
    with field.browser_open(behind=_LONG_AGO) as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        # The day is no earlier than when the server was last heard of: the list is not empty.
        do_visit(page, _VISIT)
        field.start_server()
        open_place(page, "Giden kutusu")
        _send(page)
        expect(page.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("Merkezde")
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        expect(page.get_by_role("link", name=NAME, exact=True)).to_have_count(0)
        page.context.set_offline(True)
        do_visit(page, _OTHER)
        page.context.set_offline(False)
        _send_until_photos_are_gone(page)
    with wiring.database.reading() as session:
        first, second = session.scalars(select(Submission).order_by(Submission.received_at))
        assert "clock.offset" in first.flags
        assert second.flags == ""
        assert first.visited_on == second.visited_on
        assert {one.sha256 for one in session.scalars(select(Photo))} == {_VISIT.sha256, _OTHER.sha256}


def test_what_was_said_by_a_clock_of_the_future_does_not_wait_for_it(field: Field) -> None:
    visit = field.plan(NAME)
    with field.browser_open() as page:
        set_up(field, page)
        expect(page.get_by_role("link", name=NAME)).to_be_visible()
    with field.browser_open(behind=timedelta(days=-3)) as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        page.context.set_offline(True)
        say_not_at_home(page, NAME)
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        open_place(page, "Giden kutusu")
        expect(page.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("Merkezde")
    assert field.status_of(visit.assignment) == ("evde_yok", 1)


def test_work_of_a_worker_whose_account_was_closed_is_kept_for_the_coordinator(field: Field, wiring: Wiring) -> None:
    with field.browser_open() as page:
        _install(field, page, wiring)
        page.context.set_offline(True)
        do_visit(page, _VISIT)
        with wiring.database.writing() as session:
            session.execute(update(User).where(User.username == "saha").values(is_active=False))
        page.context.set_offline(False)
        expect(page.get_by_role("heading", name="Kim çalışıyor?")).to_be_visible()
        expect(page.get_by_text("Yaptıklarınız güvende")).to_be_visible()
        # A round that goes well afterwards does not take the sentence away.
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(1500)
        expect(page.get_by_text("Yaptıklarınız güvende")).to_be_visible()
    _assert_kept_whole(wiring, "sync.worker_unknown")


def test_a_tablet_that_was_shut_out_still_hands_over_what_it_has(field: Field, wiring: Wiring) -> None:
    with field.browser_open() as page:
        _install(field, page, wiring)
        do_visit(page, _OTHER)
        _send_until_photos_are_gone(page)
        open_place(page, "Bugün")
        page.context.set_offline(True)
        do_visit(page, _VISIT)
        with wiring.database.writing() as session:
            session.execute(update(Device).values(revoked_at=datetime.now(UTC)))
        page.context.set_offline(False)
        open_place(page, "Giden kutusu")
        _send(page)
        item = page.get_by_role("listitem").filter(has_text=NAME)
        expect(item).to_contain_text("Alınmadı, merkezde saklandı")
        expect(page.get_by_role("listitem").filter(has_text=_OTHER.name)).to_contain_text("Merkezde")
        expect(page.locator(".tight")).to_contain_text("tablet")
    _assert_kept_whole(wiring, "device.revoked")


def _assert_kept_whole(wiring: Wiring, reason: str) -> None:
    """The form is kept with its reason, and its photo with it: a coordinator can take both in."""
    with wiring.database.reading() as session:
        (kept,) = session.scalars(select(Quarantine))
        assert kept.reason == reason
        assert _VISIT.sha256 in {one.sha256 for one in session.scalars(select(Photo))}
