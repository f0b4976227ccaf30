"""Every page of every role, light and dark: no serious finding of axe-core, and nothing wider than a small phone."""

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.office_visitor import (
    DESKTOP,
    PHONE,
    SMALL_PHONE,
    DemoServer,
    Theme,
    a_visitor,
    first_row_link,
    open_page,
    serious_findings,
    sign_in,
)

pytestmark = pytest.mark.browser

_PATHS = {
    "saha": ["/ziyaretler", "/parola"],
    "koordinator": [
        "/harita",
        "/harita?show=requests",
        "/ziyaretler",
        "/talepler",
        "/incelenecekler",
        "/karantina",
        "/formlar",
        "/formlar/hane",
        "/formlar/yayimla",
        "/formlar/turler",
        "/tabletler",
        "/tabletler/collect",
        "/tabletler/bolgeler",
        "/incelenecekler/geri-gonderilenler",
        "/cakismalar",
        "/cakismalar/kararlar",
        "/ziyaret-listeleri",
        "/ziyaret-listeleri/hedefler",
        "/boyle-bir-sayfa-yok",
    ],
    "mudurluk": ["/harita", "/talepler"],
    "yonetici": ["/harita", "/ziyaretler", "/talepler"],
    "admin": ["/kullanicilar", "/sinirlar"],
}
_LISTS_WITH_DETAIL = {"/ziyaretler", "/talepler", "/incelenecekler", "/karantina"}


def _every_page(page: Page, username: str) -> list[str]:
    """List the pages of a role, with the first row of each list."""
    details = []
    for path in _PATHS[username]:
        if path in _LISTS_WITH_DETAIL:
            open_page(page, path)
            details.append(first_row_link(page))
    return [*_PATHS[username], *details]


@pytest.mark.parametrize("username", _PATHS)
def test_no_page_keeps_anybody_out_or_is_wider_than_a_small_phone(
    browser: Browser, demo_server: DemoServer, username: str
) -> None:
    with a_visitor(browser, demo_server) as page:
        page.goto("/giris")
        page.get_by_label("Kullanıcı adı").wait_for()
        findings = _look(page)
        sign_in(page, demo_server, username)
        for path in _every_page(page, username):
            open_page(page, path)
            findings += _look(page)
        assert findings == []


def _look(page: Page) -> list[str]:
    """Look at a page by day, by night (nothing but its colours is other then), and as narrow as a small phone."""
    findings = serious_findings(page)
    page.emulate_media(color_scheme="dark")
    findings += serious_findings(page, rules=["color-contrast"])
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": SMALL_PHONE[0], "height": SMALL_PHONE[1]})
    # Two frames, so that what measures the window has done so.
    page.evaluate("new Promise(seen => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        findings.append(f"{page.url} is wider than a small phone")
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    return findings


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_dialogs_and_the_phone_menu_keep_nobody_out(browser: Browser, demo_server: DemoServer, theme: Theme) -> None:
    with a_visitor(browser, demo_server, theme=theme, window=PHONE) as page:
        sign_in(page, demo_server, "koordinator", start="/tabletler/collect")
        page.get_by_role("button", name="Tablet ekle").click()
        page.get_by_label("Tablet adı").wait_for()
        findings = serious_findings(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Menü").click()
        page.get_by_role("dialog").get_by_role("link", name="Karantina").wait_for()
        assert [*findings, *serious_findings(page)] == []
