"""What *Tabletler* shows of a real tablet's outbox is what lies on it, also after a push that took everything."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.office_visitor import a_visitor
from tests.e2e.office_visitor import sign_in as sign_in_to_office
from tests.e2e.tablet_in_the_field import LABEL, NAME, PIN, Field, say_not_at_home, send_now, set_up, sign_in
from tests.fixtures.municipality import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


class Office:
    """Where the coordinator looks."""

    def __init__(self, url: str) -> None:
        self.url, self.password = url, PASSWORD


def shown_unsent(field: Field) -> int:
    (device,) = field.office().read("/v1/devices")["items"]
    return int(device["unsent_count"])


def expect_unsent(page: Page, field: Field, expected: int) -> None:
    for _ in range(60):
        if shown_unsent(field) == expected:
            return
        page.wait_for_timeout(200)
    assert shown_unsent(field) == expected


def test_after_everything_was_sent_the_page_says_that_nothing_lies_on_the_tablet(
    field: Field, browser: Browser
) -> None:
    names = [NAME, "Ali Veli"]
    for position, name in enumerate(names):
        field.plan(name, position)
    with field.browser_open() as page:
        set_up(field, page)
        page.context.set_offline(True)
        for name in names:
            say_not_at_home(page, name)
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        send_now(page)
        expect(page.get_by_text("Merkezde", exact=True)).to_have_count(2)
        assert shown_unsent(field) == 0
        with a_visitor(browser, Office(field.server_url)) as desk:
            sign_in_to_office(desk, Office(field.server_url), "koordinator", start="/tabletler")
            expect(desk.get_by_role("row").filter(has_text=LABEL)).to_contain_text("Yok")


def test_what_is_held_back_for_undoing_is_told_and_so_is_that_it_was_taken_back(field: Field) -> None:
    field.plan(NAME)
    with field.browser_open() as page:
        set_up(field, page)
        expect(page.get_by_role("link", name=NAME)).to_be_visible()
        page.clock.install()
        say_not_at_home(page, NAME)
        # A round that comes meanwhile: it may not take along what can still be undone.
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect_unsent(page, field, 1)
        page.get_by_role("button", name="Geri al").click()
        expect(page.get_by_role("link", name=NAME)).to_be_visible()
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect_unsent(page, field, 0)
