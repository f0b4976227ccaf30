"""Two tablets change one record unknown to each other; the coordinator decides on the page, and takes it back."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.office_visitor import PHONE, DemoServer, Theme, a_visitor, open_page, serious_findings, settle, sign_in

pytestmark = pytest.mark.browser


def _conflict(server: DemoServer, number: int) -> tuple[OfficeDesk, str, str]:
    """Make a conflict about the note of a target; returns the desk and both values."""
    desk, word = OfficeDesk(server.url, server.password), uuid4().hex[:6]
    first, second = desk.enrol(f"Birinci {word}"), desk.enrol(f"İkinci {word}")
    target = first.a_target(number)
    standing, other = f"Zil bozuk {word}", f"Arka kapıdan girilir {word}"
    assert first.change(target, {"not": standing})["status"] == "applied"
    assert second.change(target, {"not": other})["status"] == "conflict"
    return desk, standing, other


def test_a_conflict_is_decided_on_the_keyboard_and_taken_back(browser: Browser, demo_server: DemoServer) -> None:
    desk, standing, other = _conflict(demo_server, 0)
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/cakismalar")
        menu = page.locator("aside").get_by_role("link", name=re.compile("Çakışmalar"))
        expect(menu).to_contain_text(str(desk.read("/v1/conflicts?limit=1")["total"]))
        first = page.get_by_role("button", name=re.compile(re.escape(standing)))
        second = page.get_by_role("button", name=re.compile(re.escape(other)))
        expect(first).to_have_attribute("aria-pressed", "false")
        first.focus()
        page.keyboard.press("ArrowRight")
        expect(second).to_be_focused()
        page.keyboard.press("2")
        expect(second).to_have_attribute("aria-pressed", "true")
        expect(second).to_be_focused()
        settle(page)
        open_page(page, "/cakismalar/kararlar")
        decided = page.get_by_role("button", name=re.compile(re.escape(other)))
        expect(decided).to_have_attribute("aria-pressed", "true")
        decided.focus()
        page.keyboard.press("g")
        expect(decided).to_have_attribute("aria-pressed", "false")
        settle(page)
        open_page(page, "/cakismalar")
        expect(page.get_by_role("button", name=re.compile(re.escape(standing)))).to_be_visible()


def test_a_conflict_says_when_each_side_was_entered_and_came_and_by_which_way(
    browser: Browser, demo_server: DemoServer
) -> None:
    desk, word = OfficeDesk(demo_server.url, demo_server.password), uuid4().hex[:6]
    first, second = desk.enrol(f"Birinci {word}"), desk.enrol(f"İkinci {word}")
    target, now = first.a_target(5), datetime.now(UTC)
    standing, other = f"Zil bozuk {word}", f"Kapı arkada {word}"
    # Entered first and sent last: which is right, nobody can tell by when they came.
    first.change(target, {"not": standing}, at=now - timedelta(days=2))
    assert second.change(target, {"not": other}, at=now - timedelta(days=4))["status"] == "conflict"
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start=f"/cakismalar?entity={target['id']}")
        for tablet, value, days in ((f"Birinci {word}", standing, 2), (f"İkinci {word}", other, 4)):
            side = page.locator(".value").filter(has_text=value)
            expect(side).to_contain_text(f"Tablet · {tablet}")
            entered, arrived = (
                side.locator("span", has_text=re.compile(f"^{what}")).locator("time") for what in ("Girildi", "Geldi")
            )
            told = datetime.fromisoformat(str(entered.get_attribute("datetime")))
            assert abs(told - (now - timedelta(days=days))) < timedelta(minutes=1)
            assert datetime.fromisoformat(str(arrived.get_attribute("datetime"))) - told > timedelta(days=days - 1)
        assert "Mahalle: " in page.locator("article header").first.inner_text()


def test_a_conflict_that_settled_by_itself_says_so_and_cannot_be_taken_back(
    browser: Browser, demo_server: DemoServer
) -> None:
    desk, word = OfficeDesk(demo_server.url, demo_server.password), uuid4().hex[:6]
    first, second = desk.enrol(f"Birinci {word}"), desk.enrol(f"İkinci {word}")
    target = first.a_target(4)
    standing, other = f"Zil bozuk {word}", f"Kapı arkada {word}"
    first.change(target, {"not": standing})
    assert second.change(target, {"not": other})["status"] == "conflict"
    assert first.change(target, {"not": other})["status"] in {"applied", "merged"}
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/cakismalar/kararlar")
        row = page.get_by_role("group").filter(has_text=standing)
        expect(row).to_contain_text("Kendiliğinden kapandı: sonra gelen değer geçerli oldu")
        expect(row.get_by_role("button", name=re.compile("kararı geri al"))).to_have_count(0)
        assert serious_findings(page) == []


def test_a_conflict_decided_by_somebody_else_meanwhile_says_so_and_changes_nothing(
    browser: Browser, demo_server: DemoServer
) -> None:
    desk, standing, other = _conflict(demo_server, 1)
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/cakismalar")
        conflict = next(one for one in desk.read("/v1/conflicts")["items"] if one["other"]["value"] == other)
        page.context.request.post(
            f"/v1/conflicts/{conflict['id']}/decide", data={"choice": "standing"}, headers={"X-Saha": "1"}
        )
        page.get_by_role("button", name=re.compile(re.escape(other))).click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert desk.read(f"/v1/conflicts/{conflict['id']}")["standing"]["value"] == standing


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_conflicts_keep_nobody_out_and_fit_a_small_phone(
    browser: Browser, demo_server: DemoServer, theme: Theme
) -> None:
    _conflict(demo_server, 2 if theme == "light" else 3)
    with a_visitor(browser, demo_server, theme=theme, window=PHONE) as page:
        sign_in(page, demo_server, "koordinator", start="/cakismalar")
        expect(page.locator("button.pick").first).to_be_visible()
        findings = serious_findings(page)
        page.set_viewport_size({"width": 360, "height": 740})
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        page.locator("button.pick").first.click()
        page.get_by_role("button", name=re.compile("kararı geri al")).first.wait_for()
        assert [*findings, *serious_findings(page)] == []
