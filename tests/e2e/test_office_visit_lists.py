"""A municipality's list becomes targets and planned visits; its bad rows are named and can be taken home as a file."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.office_visitor import PHONE, DemoServer, Theme, a_visitor, serious_findings, settle, sign_in

pytestmark = pytest.mark.browser

_HEADER = "no;tur;ad;telefon;adres;ekip;ziyaret_turu;gun"


def _choose(page: Page, *rows: str) -> None:
    content = "\n".join([_HEADER, *rows]).encode()
    chosen = {"name": "liste.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("Ziyaret listesi (CSV ya da XLSX)").set_input_files(chosen)  # type: ignore[arg-type]  # a dict
    page.get_by_role("button", name="Listeyi yükle").click()


def test_a_list_with_bad_rows_is_taken_as_far_as_it_is_good(browser: Browser, demo_server: DemoServer) -> None:
    word = uuid4().hex[:6]
    desk = OfficeDesk(demo_server.url, demo_server.password)
    team = desk.read("/v1/reference")["teams"][0]["name"]
    day = (datetime.now(UTC) + timedelta(days=40)).date()
    good = f"{word}-1;hane;Hatice Deneme {word};0532 111 22 33;Lale Sk. 12;{team};hane;{day}"
    bad = f"{word}-2;hane;=cmd|' /C calc'!A0;0532 11;Lale Sk. 14;{team};hane;{day}"
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaret-listeleri")
        _choose(page, good, bad)
        expect(page.get_by_role("heading", name=re.compile("1 sorun var"))).to_be_focused()
        row = page.get_by_role("table", name="Alınmayan satırlar").locator("tbody tr")
        expect(row).to_contain_text("telefon")
        expect(row).to_contain_text("0532 11")
        with page.expect_download() as downloading:
            page.get_by_role("button", name="Alınmayanları indir").click()
        written = downloading.value.path().read_text(encoding="utf-8-sig")
        assert written.splitlines()[0] == "Neden;Satır;Sütun;Yazılan"
        assert "0532 11" in written
        page.get_by_label("Gün", exact=True).fill(f"{day:%d.%m.%Y}")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(f"day={day}"))
        settle(page)
        expect(page.locator("table.rows").last).to_contain_text(f"Hatice Deneme {word}")
        progress = page.get_by_role("list", name="Ekiplere göre").get_by_role(
            "button", name=re.compile(re.escape(team))
        )
        expect(progress).to_contain_text(re.compile(r"0 / \d+ yapıldı"))
        progress.click()
        expect(page).to_have_url(re.compile("team="))


def test_a_file_that_is_no_list_is_answered_in_words(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaret-listeleri")
        chosen = {"name": "liste.csv", "mimeType": "text/csv", "buffer": b"elma;armut\n1;2\n"}
        page.get_by_label("Ziyaret listesi (CSV ya da XLSX)").set_input_files(chosen)  # type: ignore[arg-type]  # a dict
        page.get_by_role("button", name="Listeyi yükle").click()
        expect(page.get_by_role("alert")).to_contain_text("Tanınan sütun yok")


def test_a_target_is_found_by_its_name(browser: Browser, demo_server: DemoServer) -> None:
    word = uuid4().hex[:6]
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaret-listeleri")
        _choose(page, f"{word}-9;hane;İnci Iğdır {word};;Papatya Sk. 3;;;")
        expect(page.get_by_role("heading", name="Bütün satırlar alındı")).to_be_visible()
        page.get_by_role("link", name="Ziyaret hedefleri").click()
        search = page.get_by_label("Ad, telefon, adres ara")
        search.fill(f"inci ığdır {word}")
        search.press("Enter")
        expect(page).to_have_url(re.compile("q="))
        expect(page.get_by_text("1 kayıt")).to_be_visible()
        expect(page.locator("table.rows")).to_contain_text(f"İnci Iğdır {word}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_report_of_a_list_keeps_nobody_out_and_fits_a_small_phone(
    browser: Browser, demo_server: DemoServer, theme: Theme
) -> None:
    with a_visitor(browser, demo_server, theme=theme, window=PHONE) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaret-listeleri")
        _choose(page, "x;hane;Ali;05;Gül Sk. 1;;;")
        expect(page.get_by_role("heading", name=re.compile("1 sorun var"))).to_be_visible()
        assert serious_findings(page) == []
        page.set_viewport_size({"width": 360, "height": 740})
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
