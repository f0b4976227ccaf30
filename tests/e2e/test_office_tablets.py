"""The office brings a tablet in, gives its team an area, moves it and shuts it out."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.field_tablet import FieldTablet
from tests.e2e.office_visitor import PHONE, DemoServer, a_visitor, open_page, serious_findings, settle, sign_in

pytestmark = pytest.mark.browser


def _show_code(page: Page, label: str) -> str:
    """Have the page show a code for a tablet of the first team, and return the address in it."""
    page.get_by_role("button", name="Tablet tanıt").click()
    page.get_by_role("dialog").get_by_label("Ekip").select_option(index=1)
    page.get_by_label("Tablet adı").fill(label)
    page.get_by_role("button", name="Kare kodu oluştur").click()
    expect(page.get_by_role("img", name="Tablet tanıtma karekodu")).to_be_visible()
    page.get_by_text("Kamera okumuyorsa").click()
    return page.locator("dialog code").inner_text()


def test_a_tablet_is_enrolled_by_its_code_moved_and_shut_out(browser: Browser, demo_server: DemoServer) -> None:
    label = f"Deneme tableti {uuid4().hex[:6]}"
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/tabletler")
        address = _show_code(page, label)
        expect(page.get_by_role("timer")).to_have_text(re.compile(r"^1[45]:\d\d$"))
        tablet = FieldTablet(demo_server.url, address)
        expect(page.get_by_role("heading", name="Tablet tanıtıldı")).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Kapat").last.click()
        row = page.get_by_role("row", name=re.compile(label))
        expect(row).to_contain_text("Etkin")
        team = row.locator(".second").first.inner_text()
        row.get_by_role("button", name=re.compile("^Taşı")).click()
        page.get_by_label("Yeni ekip").select_option(index=1)
        page.get_by_role("dialog").get_by_role("button", name="Taşı").click()
        expect(row.locator(".second").first).not_to_have_text(team)
        row.get_by_role("button", name=re.compile("^İptal et")).click()
        expect(page.get_by_role("dialog")).to_contain_text("karantinaya düşer")
        page.get_by_role("dialog").get_by_role("button", name="Tableti iptal et").click()
        expect(row).to_contain_text("İptal, kalanı alınıyor")
        told = tablet.push("update", {"kind": "target", "entity_id": str(uuid4()), "base_version": 1, "fields": {}})
        assert (told["status"], told["code"]) == ("rejected", "device.revoked")


def test_the_filters_of_tablets_stand_in_the_address(browser: Browser, demo_server: DemoServer) -> None:
    label = f"Deneme tableti {uuid4().hex[:6]}"
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/tabletler")
        FieldTablet(demo_server.url, _show_code(page, label))
        page.keyboard.press("Escape")
        open_page(page, "/tabletler?state=revoked")
        expect(page.get_by_text(label)).to_have_count(0)
        page.get_by_label("Durum").select_option("active")
        expect(page).to_have_url(re.compile("state=active"))
        expect(page.get_by_text(label)).to_be_visible()


def test_a_team_is_given_a_mahalle_in_the_list_and_one_on_the_map(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/tabletler/bolgeler")
        page.get_by_label("Ekip", exact=True).select_option(index=2)
        expect(page).to_have_url(re.compile("ekip="))
        settle(page)
        in_list = page.get_by_role("group", name="Mahalleler").get_by_role("checkbox")
        chosen = in_list.last.is_checked()
        in_list.last.set_checked(not chosen)
        on_map = page.locator("path.mahalle[tabindex='0']")
        was = on_map.get_attribute("aria-checked")
        on_map.focus()
        page.keyboard.press("Enter")
        expect(on_map).to_have_attribute("aria-checked", "false" if was == "true" else "true")
        page.get_by_role("button", name="Kaydet").click()
        expect(page.get_by_text("Kaydedildi.")).to_be_visible()
        page.reload()
        settle(page)
        assert in_list.last.is_checked() is not chosen


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dialogs_of_tablets_keep_nobody_out(browser: Browser, demo_server: DemoServer, theme: str) -> None:
    with a_visitor(browser, demo_server, theme="dark" if theme == "dark" else "light", window=PHONE) as page:
        sign_in(page, demo_server, "koordinator", start="/tabletler")
        FieldTablet(demo_server.url, _show_code(page, f"Deneme {uuid4().hex[:6]}"))
        findings = serious_findings(page)
        page.keyboard.press("Escape")
        page.reload()
        settle(page)
        page.get_by_role("button", name=re.compile("^İptal et")).first.click()
        findings += serious_findings(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name=re.compile("^Taşı")).first.click()
        assert [*findings, *serious_findings(page)] == []
