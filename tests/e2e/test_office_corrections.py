"""What the office mends: a visit returned with a question and corrected, refused work repaired and replayed."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.office_visitor import DemoServer, Theme, a_visitor, open_page, serious_findings, settle, sign_in

pytestmark = pytest.mark.browser


def _return(page: Page, submission_id: str, question: str) -> None:
    open_page(page, f"/ziyaretler/{submission_id}")
    page.get_by_role("button", name="Soru ile geri gönder").click()
    page.get_by_label("Sorunuz").fill(question)
    page.get_by_role("button", name="Geri gönder", exact=True).click()
    expect(page.get_by_role("heading", name="Geri gönderildi")).to_be_focused()


def test_a_visit_is_returned_corrected_and_both_versions_are_compared(
    browser: Browser, demo_server: DemoServer
) -> None:
    desk, question = OfficeDesk(demo_server.url, demo_server.password), f"Kapı no 12 mi? {uuid4().hex[:6]}"
    tablet, version = desk.enrol("Soru sorulan"), desk.form_version()
    instance_id, submission_id = tablet.send_visit(version, {"kapi_no": "12"})
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator")
        _return(page, submission_id, question)
        expect(page.get_by_text(question)).to_be_visible()
        open_page(page, "/incelenecekler/geri-gonderilenler")
        assert page.locator(f'a.lead[href="/ziyaretler/{submission_id}"]').count() == 1
        _, corrected_id = tablet.send_visit(version, {"kapi_no": "21"}, corrects=instance_id)
        open_page(page, f"/ziyaretler/{submission_id}")
        expect(page.get_by_role("heading", name="Soruldu ve düzeltildi")).to_be_visible()
        page.get_by_role("link", name="Karşılaştır").click()
        expect(page).to_have_url(re.compile(f"/ziyaretler/{corrected_id}/karsilastir"))
        settle(page)
        rows = page.get_by_role("table", name="Sürümleri karşılaştır").locator("tbody tr")
        expect(rows).to_have_count(1)
        expect(rows.locator("del")).to_have_text("12")
        expect(rows.locator("ins")).to_have_text("21")
        expect(page.get_by_text(question)).to_be_visible()
        page.get_by_label("Yalnızca değişenler").uncheck()
        expect(page).to_have_url(re.compile("yalniz=hepsi"))
        expect(rows.filter(has_text="Menekşe Sokak")).to_have_count(1)
        open_page(page, f"/ziyaretler/{corrected_id}")
        expect(page.get_by_role("link", name="Karşılaştır")).to_be_visible()


def test_a_question_is_taken_back(browser: Browser, demo_server: DemoServer) -> None:
    desk = OfficeDesk(demo_server.url, demo_server.password)
    _, submission_id = desk.enrol("Sorusu geri alınan").send_visit(desk.form_version(), {})
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator")
        _return(page, submission_id, "Emin misiniz?")
        page.get_by_role("button", name="Soruyu geri çek").click()
        expect(page.get_by_role("button", name="Soru ile geri gönder")).to_be_visible()
        expect(page.get_by_text("Emin misiniz?")).to_have_count(0)


def _refused_change(server: DemoServer, number: int, word: str) -> OfficeDesk:
    """Have a tablet push a change of a field that does not exist."""
    desk = OfficeDesk(server.url, server.password)
    tablet = desk.enrol(f"Reddedilen {word}")
    told = tablet.change(tablet.a_target(number), {"notu": f"Zil bozuk {word}"})
    assert (told["status"], told["code"]) == ("rejected", "entity.bad_field")
    return desk


def test_a_refused_change_is_read_repaired_and_replayed(browser: Browser, demo_server: DemoServer) -> None:
    word = uuid4().hex[:6]
    desk = _refused_change(demo_server, 5, word)
    refused = desk.read("/v1/quarantine")["items"][0]["id"]
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start=f"/karantina/{refused}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Karantinadaki değişiklik")
        expect(page.get_by_role("heading", name="Ne yapılmak istendi")).to_be_visible()
        expect(page.locator("dl.facts.set")).to_contain_text(f"Zil bozuk {word}")
        page.get_by_role("button", name="Onar").click()
        editor = page.get_by_label("JSON")
        wanted = editor.input_value()
        editor.fill(wanted[:-4])
        expect(page.get_by_text("Biçimi bozuk")).to_be_visible()
        editor.fill(wanted.replace('"notu"', '"not"'))
        expect(page.get_by_text("Biçimi doğru")).to_be_visible()
        changes = page.get_by_role("region", name="Değişen satırlar")
        expect(changes.locator("del")).to_contain_text('"notu"')
        expect(changes.locator("ins")).to_contain_text('"not"')
        expect(page.get_by_role("button", name="Yeniden işle")).to_be_disabled()
        page.get_by_role("button", name="Onarımı kaydet").click()
        page.get_by_text("Gelen metni göster").click()
        expect(page.get_by_role("region", name="Gelen JSON")).to_contain_text('"notu"')
        page.get_by_role("button", name="Yeniden işle").click()
        expect(page.get_by_role("heading", name="Sonuç")).to_be_focused()
        expect(page.get_by_text("değişiklik kayda işlendi")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_repairing_and_comparing_keep_nobody_out_and_fit_a_small_phone(
    browser: Browser, demo_server: DemoServer, theme: Theme
) -> None:
    desk = _refused_change(demo_server, 6, uuid4().hex[:6])
    tablet, version = desk.enrol(f"Küçük ekran {theme}"), desk.form_version()
    instance_id, _ = tablet.send_visit(version, {"kapi_no": "1"})
    _, corrected_id = tablet.send_visit(version, {"kapi_no": "7"}, corrects=instance_id)
    with a_visitor(browser, demo_server, theme=theme, window=(360, 740)) as page:
        sign_in(page, demo_server, "koordinator", start=f"/ziyaretler/{corrected_id}/karsilastir")
        findings = serious_findings(page)
        too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        open_page(page, f"/karantina/{desk.read('/v1/quarantine')['items'][0]['id']}")
        page.get_by_role("button", name="Onar").click()
        page.get_by_label("JSON").press("Control+End")
        page.keyboard.type(" ")
        findings += serious_findings(page)
        assert not too_wide
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert findings == []
