"""The form desk from upload to version: checked, tried out on a tablet, compared, published; and a new visit type."""

from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.form_worker import FormWorker
from tests.e2e.office_visitor import TABLET, a_visitor, serious_findings, sign_in
from tests.fixtures.live_server import LiveServer
from tests.fixtures.municipality import PASSWORD, Municipality
from tests.integration.office.test_form_desk import source

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


class Desk(NamedTuple):
    """Where the office is, as its visitors take it."""

    url: str
    password: str = PASSWORD


def upload(page: Page, content: bytes) -> None:
    page.goto("/formlar/yayimla")
    page.get_by_label("Form dosyası").set_input_files(
        {"name": "kisa.md", "mimeType": "text/markdown", "buffer": content}
    )
    page.get_by_role("button", name="Denetle").click()
    page.get_by_role("button", name="Taslak olarak yükle").click()
    expect(page.get_by_role("heading", name="Kısa form")).to_be_visible()


def test_a_form_is_tried_out_on_a_tablet_before_it_is_published(
    browser: Browser, live_server: LiveServer, municipality: Municipality
) -> None:
    del municipality
    desk = Desk(live_server.url)
    with a_visitor(browser, desk) as page, a_visitor(browser, desk, window=TABLET) as tablet:
        sign_in(page, desk, "koordinator")
        upload(page, source("1"))
        expect(page.get_by_role("img", name="Taslağı tarayıcıda açan karekod")).to_be_visible()
        expect(page.get_by_role("img", name="Taslağı ODK Collect'e tanıtan karekod")).to_be_visible()
        assert serious_findings(page) == []
        tablet.goto(page.get_by_role("link", name="Bu bilgisayarda aç").get_attribute("href") or "")
        expect(tablet.get_by_text("sayılmaz, talep açmaz")).to_be_visible()
        worker = FormWorker(tablet)
        worker.write("ad_soyad", "Deneme Kişisi")
        worker.choose("renk", "Mavi")
        worker.go_to_end()
        tablet.get_by_role("button", name="Formu bitir").click()
        expect(tablet.get_by_text("Deneme merkeze ulaştı.")).to_be_visible()
        page.get_by_role("button", name="Yenile").click()
        page.get_by_text("Yanıtlar", exact=True).click()
        expect(page.get_by_text("Deneme Kişisi")).to_be_visible()
        page.get_by_role("button", name="Yayımla").click()
        expect(page.get_by_text("Güncel")).to_be_visible()
        # Without blue: what old answers do not fit must be accepted.
        upload(page, source("2", choice=""))
        expect(page.get_by_text("Seçenek kaldırıldı: Mavi")).to_be_visible()
        assert serious_findings(page) == []
        expect(page.get_by_role("button", name="Yayımla")).to_be_disabled()
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Yayımla").click()
        expect(page.get_by_role("heading", name="Sürümler arasında ne değişti?")).to_be_visible()
        expect(page.get_by_text("Seçenek kaldırıldı: Mavi")).to_be_visible()


def test_a_visit_type_is_added_and_changed_without_a_programmer(
    browser: Browser, live_server: LiveServer, municipality: Municipality
) -> None:
    del municipality
    desk = Desk(live_server.url)
    with a_visitor(browser, desk) as page:
        sign_in(page, desk, "admin", start="/formlar/turler")
        page.get_by_role("button", name="Tür ekle").click()
        page.get_by_label("Adı", exact=True).fill("Okul ziyareti")
        page.get_by_label("Kodu").fill("okul_ziyareti")
        page.get_by_label("Süre kuralı").select_option("after_event")
        page.get_by_label("Gün", exact=True).fill("10")
        assert serious_findings(page) == []
        page.get_by_role("button", name="Kaydet").click()
        row = page.get_by_role("row").filter(has_text="okul_ziyareti")
        expect(row).to_contain_text("Olaydan sonra 10 gün içinde")
        expect(row).to_contain_text("Form yok")
        row.get_by_role("button", name="Okul ziyareti: düzenle").click()
        page.get_by_label("Kullanımda").uncheck()
        page.get_by_role("button", name="Kaydet").click()
        expect(row).to_contain_text("Kullanım dışı")
        assert serious_findings(page) == []
