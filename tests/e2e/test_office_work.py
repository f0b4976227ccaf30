"""What the office does on its pages: forms, tablets, accounts, quarantine, review; and all of it by keyboard."""

import re
from base64 import b64encode
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.office_visitor import DemoServer, a_visitor, first_row_link, open_page, settle, sign_in, wait_until

pytestmark = pytest.mark.browser

_BROKEN_FORM = b"""| survey |
| | type | name | label |
| | text | ad | Ad\xc4\xb1 |
| | select_on olmayan_liste | tur | T\xc3\xbcr\xc3\xbc |
| settings |
| | form_id | form_title | version |
| | kirik | K\xc4\xb1r\xc4\xb1k form | 1 |
"""


def _send_with_unknown_form(page: Page, server: DemoServer) -> str:
    """Send, as a tablet would, a submission of a form nobody has published; return what is in it."""
    word = f"deneme-{uuid4().hex[:8]}"
    xml = (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="yok_boyle_form" version="1"><ad>{word}</ad>'
        f"<orx:meta><orx:instanceID>uuid:{uuid4()}</orx:instanceID></orx:meta></data>"
    )
    basic = b64encode(f"saha:{server.password}".encode()).decode()
    answer = page.context.request.post(
        "/openrosa/submission",
        headers={"Authorization": f"Basic {basic}", "X-OpenRosa-Version": "1.0"},
        multipart={"xml_submission_file": {"name": "s.xml", "mimeType": "text/xml", "buffer": xml.encode()}},
    )
    assert 400 <= answer.status < 500
    return word


def test_what_was_refused_is_shown_as_text_stays_refused_with_a_reason_and_is_closed_with_one(
    browser: Browser, demo_server: DemoServer
) -> None:
    with a_visitor(browser, demo_server) as page:
        word = _send_with_unknown_form(page, demo_server)
        sign_in(page, demo_server, "koordinator", start="/karantina")
        open_page(page, first_row_link(page))
        expect(page.get_by_role("region", name="Gelen XML")).to_contain_text(f"<ad>{word}</ad>")
        page.get_by_role("button", name="Yeniden işle").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("Kapatma nedeni").fill("Deneme gönderimi")
        page.get_by_role("button", name="İşlemeden kapat").click()
        expect(page.get_by_role("heading", name="Sonuç")).to_be_visible()
        expect(page.get_by_text("Deneme gönderimi")).to_be_visible()


def test_a_form_with_errors_is_answered_with_a_table_of_rows_and_columns(
    browser: Browser, demo_server: DemoServer
) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/formlar/yayimla")
        upload = {"name": "kirik.md", "mimeType": "text/markdown", "buffer": _BROKEN_FORM}
        page.get_by_label("Form dosyası").set_input_files(upload)  # type: ignore[arg-type]  # Playwright's own dict
        page.get_by_role("button", name="Denetle").click()
        errors = page.get_by_role("table", name="Formdaki hatalar")
        expect(errors.get_by_role("columnheader", name="Satır")).to_be_visible()
        expect(errors.locator("tbody td").first).not_to_be_empty()
        expect(page.get_by_role("button", name="Yayımla", exact=True)).to_have_count(0)


def test_a_tablet_gets_a_code_shown_once_and_loses_its_access(browser: Browser, demo_server: DemoServer) -> None:
    label = f"Deneme tableti {uuid4().hex[:6]}"
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/tabletler/collect")
        page.get_by_role("button", name="Tablet ekle").click()
        page.get_by_label("Saha personeli").select_option(index=1)
        page.get_by_label("Tablet adı").fill(label)
        page.get_by_role("button", name="Kare kodu oluştur").click()
        code = page.get_by_role("img", name="ODK Collect ayar karekodu")
        expect(code).to_be_visible()
        wait_until(page, "document.querySelector('dialog img').naturalWidth > 0")
        assert (code.get_attribute("src") or "").startswith("blob:")
        page.keyboard.press("Escape")
        expect(code).to_have_count(0)
        page.get_by_role("button", name=re.compile(re.escape(label))).click()
        page.get_by_role("dialog").get_by_role("button", name="İptal et").click()
        expect(page.get_by_role("row", name=re.compile(re.escape(label)))).to_contain_text("İptal edildi")


def test_an_account_is_made_changed_and_shut(browser: Browser, demo_server: DemoServer) -> None:
    name = f"Deneme {uuid4().hex[:6]}"
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "admin", start="/kullanicilar")
        page.get_by_role("button", name="Kullanıcı ekle").click()
        page.get_by_label("Kullanıcı adı").fill(name.replace(" ", "").lower())
        page.get_by_label("Ad soyad").fill(name)
        page.get_by_label("Ekip", exact=True).select_option(index=1)
        page.get_by_label("İlk parola").fill("uzun-bir-ilk-parola")
        page.get_by_role("button", name="Kaydet").click()
        page.get_by_role("button", name=f"{name}: düzenle").click()
        page.get_by_label("Görev").select_option("manager")
        page.get_by_label("Oturum açabilir").uncheck()
        page.get_by_role("button", name="Kaydet").click()
        row = page.get_by_role("row", name=re.compile(name))
        expect(row).to_contain_text("Yönetici")
        expect(row).to_contain_text("Kapalı")


def test_a_flagged_visit_is_marked_as_looked_at_and_leaves_the_list(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/incelenecekler")
        address = first_row_link(page)
        open_page(page, address)
        expect(page.get_by_role("heading", name="Dikkat edilecekler")).to_be_visible()
        page.get_by_label("Not (isteğe bağlı)").fill("Telefonla doğrulandı")
        page.get_by_role("button", name="İncelendi").click()
        expect(page.get_by_text("Telefonla doğrulandı")).to_be_visible()
        open_page(page, "/incelenecekler")
        assert page.locator(f'a.lead[href="{address}"]').count() == 0


def test_photos_open_large_turn_by_arrow_and_give_the_focus_back(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator")
        listed = page.context.request.get("/v1/submissions?visit_type=mahalle_tespit&limit=200").json()["items"]
        with_photo = next(row["id"] for row in listed if row["photos"]["received"])
        open_page(page, f"/ziyaretler/{with_photo}")
        thumbnail = page.get_by_role("button", name=re.compile("fotoğrafı büyüt")).last
        thumbnail.focus()
        page.keyboard.press("Enter")
        shown = page.get_by_role("dialog").get_by_role("img")
        expect(shown).to_be_visible()
        wait_until(page, "document.querySelector('dialog img').naturalWidth > 0")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(thumbnail).to_be_focused()


def test_the_whole_way_from_signing_in_to_a_visit_needs_no_mouse(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server) as page:
        page.goto("/")
        expect(page.get_by_label("Kullanıcı adı")).to_be_focused()
        page.keyboard.type("koordinator")
        page.keyboard.press("Tab")
        page.keyboard.type(demo_server.password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/harita")
        settle(page)
        page.locator("path.mahalle[tabindex='0']").focus()
        first = page.evaluate("document.activeElement.dataset.mahalle")
        for key in ("ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"):
            page.keyboard.press(key)
            if page.evaluate("document.activeElement.dataset.mahalle") != first:
                break
        second = page.evaluate("document.activeElement.dataset.mahalle")
        assert second not in (None, first)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(f"/ziyaretler.*mahalle={second}"))
        settle(page)
        links = page.locator("table.rows a.lead")
        links.first.focus()
        page.keyboard.press("ArrowDown")
        expect(links.nth(1)).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url("**/ziyaretler/*")
        settle(page)
        expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_the_skip_link_comes_first_and_leads_past_the_navigation(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaretler")
        page.reload()
        settle(page)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="İçeriğe geç")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
