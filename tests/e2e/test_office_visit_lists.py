"""A list of another office is dropped, looked at, corrected and imported; its bad rows come home as a file."""

import io
import re
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from tests.e2e.office_visitor import PHONE, DemoServer, a_visitor, serious_findings, settle, sign_in

pytestmark = pytest.mark.browser


def _drop(page: Page, name: str, *rows: str) -> None:
    chosen = {"name": name, "mimeType": "text/csv", "buffer": "\n".join(rows).encode("windows-1254")}
    page.get_by_label("Liste dosyası").set_input_files(chosen)  # type: ignore[arg-type]  # a dict


def test_a_list_is_shown_corrected_and_imported_as_far_as_it_is_good(browser: Browser, demo_server: DemoServer) -> None:
    word = uuid4().hex[:6]
    rows = ("Vefat listesi;;;;", "Merhum;Rumuz;Cep Tel;Adresi;Ölüm Tarihi",
            f"İnci Iğdır {word};Can Öz;0532 111 22 33;Lale Sk. 12;20.11.2026",
            f"Hasan {word};=cmd|' /C calc'!A0;0532 11;Gül Sk. 1;31.02.2026")  # fmt: skip
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaret-listeleri/aktar")
        _drop(page, "kasim.csv", *rows)
        expect(page.get_by_role("heading", name="Bu liste ne getirecek?")).to_be_visible()
        expect(page.get_by_label("Bu ne listesi?")).to_have_value("vefat")
        expect(page.get_by_label("Başlık satırı")).to_have_value("2")
        cell = page.get_by_role("region", name="Listenin ilk satırları").locator("td.bad").first
        expect(cell).to_contain_text("0532 11")
        expect(cell).to_contain_text("Telefon numarası değil")
        page.get_by_label("«Rumuz» sütunu").select_option("yetkili")
        page.get_by_role("button", name="Denetle").first.click()
        expect(page.get_by_text("siz seçtiniz")).to_be_visible()
        with page.expect_download() as downloading:
            page.get_by_role("link", name="Alınamayanları indir").click()
        given = load_workbook(io.BytesIO(downloading.value.path().read_bytes())).worksheets[0]
        assert [given["A2"].value, given["B2"].value] == [f"Hasan {word}", "=cmd|' /C calc'!A0"]
        page.get_by_role("button", name="Kalan 1 satırı aktar").click()
        expect(page.get_by_role("heading", name="Liste aktarıldı")).to_be_visible()
        page.get_by_role("link", name="Ziyaret hedeflerini gör").click()
        search = page.get_by_label("Ad, telefon, adres ara")
        search.fill(f"inci ığdır {word}")
        search.press("Enter")
        expect(page.get_by_text("1 kayıt")).to_be_visible()
        settle(page)
        expect(page.locator("table.rows")).to_contain_text("Can Öz")


def test_the_import_page_keeps_nobody_out_fits_a_small_phone_and_says_what_a_file_is_not(
    browser: Browser, demo_server: DemoServer
) -> None:
    with a_visitor(browser, demo_server, theme="dark", window=PHONE) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaret-listeleri/aktar")
        assert serious_findings(page) == []
        _drop(page, "liste.csv", "Ad;Telefon", "Ali;05")
        expect(page.get_by_role("heading", name="Bu liste ne getirecek?")).to_be_visible()
        assert serious_findings(page) == []
        page.set_viewport_size({"width": 360, "height": 740})
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        page.goto("/ziyaret-listeleri/aktar")
        _drop(page, "liste.xlsx", " ")
        expect(page).to_have_url(re.compile("/aktar/.+"))
        expect(page.get_by_role("alert")).to_contain_text("Dosyada hiç kayıt yok")
