"""The rules of a form on the tablet: relevance, constraints, repeats, calculations, languages, and who can use it."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.form_worker import a_form, a_worker
from tests.e2e.office_visitor import PHONE, serious_findings
from tests.e2e.test_tablet_form_controls import EVERY_KIND

pytestmark = pytest.mark.browser

_YES_NO = "| choices | list_name | name | label |\n| | eh | evet | Evet |\n| | eh | hayir | Hayır |\n"
_TARGETS = ".filled-form button, .filled-form label.button, .choices label, .filled-form input[type=text]"
_IS_SMALL = "one => one.checkVisibility() && one.getBoundingClientRect().height < 48"
_SHOWN = "one => one.outerHTML"


def test_a_question_comes_and_goes_by_its_relevance_and_leaves_no_answer(browser: Browser, form_bench: str) -> None:
    survey = """
| survey | type | name | label | relevant |
| | select_one eh | var | Talep var mı? |  |
| | text | talep | Ne isteniyor? | ${var} = 'evet' |
| | begin_group | ek | Ek bilgi | ${var} = 'evet' |
| | text | ayrinti | Ayrıntı |  |
| | end_group | | | |
"""
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(survey, _YES_NO))
        expect(worker.question("talep")).to_have_count(0)
        expect(worker.page.get_by_role("button", name="Sona git")).to_be_visible()
        worker.choose("var", "Evet")
        worker.write("talep", "Kaldırım")
        expect(worker.page.get_by_role("button", name="İleri")).to_be_visible()
        worker.choose("var", "Hayır")
        expect(worker.question("talep")).to_have_count(0)
        assert "<talep" not in worker.finish()


def test_what_is_wrong_is_said_beside_the_question_and_listed_at_the_end(browser: Browser, form_bench: str) -> None:
    survey = """
| survey | type | name | label | required | required_message | constraint | constraint_message |
| | begin_group | bir | Birinci | | | | |
| | text | ad | Ad | yes | Adı yazın. | | |
| | text | soyad | Soyad | yes | | | |
| | end_group | | | | | | |
| | begin_group | iki | İkinci | | | | |
| | integer | yas | Yaş | | | . < 120 | 120'den küçük olmalı. |
| | integer | kat | Kat | | | . < 60 | |
| | end_group | | | | | | |
"""
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(survey))
        expect(worker.page.locator(".mistake")).to_have_count(0)
        worker.go_on()
        worker.write("yas", "130")
        expect(worker.question("yas")).to_contain_text("120'den küçük olmalı.")
        field = worker.page.get_by_label("Yaş")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description("120'den küçük olmalı.")
        worker.write("kat", "on")
        expect(worker.question("kat")).to_contain_text("Yalnız rakamla bir tam sayı yazın.")
        worker.go_on()
        expect(worker.page.get_by_role("listitem")).to_have_text(
            [
                "AdAdı yazın.",
                "SoyadBu soru yanıtlanmadan form tamamlanamaz.",
                "Yaş120'den küçük olmalı.",
                "KatYalnız rakamla bir tam sayı yazın.",
            ]
        )
        expect(worker.page.get_by_role("button", name="Formu bitir")).to_be_disabled()
        worker.page.get_by_role("button", name="Soyad").click()
        expect(worker.page.get_by_label("Soyad")).to_be_focused()
        expect(worker.question("ad")).to_contain_text("Adı yazın.")
        worker.write("ad", "Ayşe")
        worker.write("soyad", "Yılmaz")
        worker.go_on()
        worker.write("yas", "30")
        worker.write("kat", "99")
        expect(worker.question("kat")).to_contain_text("Bu yanıt kabul edilmiyor.")
        worker.write("kat", "3")
        assert "<yas>30</yas><kat>3</kat>" in worker.finish()


def test_a_mistake_that_is_said_does_not_move_the_next_question_from_under_the_finger(
    browser: Browser, form_bench: str
) -> None:
    survey = """
| survey | type | name | label | constraint | constraint_message |
| | text | ad | Ad | string-length(.) > 5 | Uzun bir ad yazın, kısaltma kullanmayın ve soyadını da ekleyin. |
| | select_one eh | var | Var mı? | | |
"""
    with a_worker(browser, form_bench, window=PHONE) as worker:
        worker.open(a_form(survey, _YES_NO))
        worker.question("ad").locator("input").fill("Ay")
        # A slow tap: the field is left when the finger comes down, the choice is made when it goes.
        worker.question("var").get_by_role("radio").first.click(delay=300)
        expect(worker.question("var").get_by_role("radio").first).to_be_checked()
        expect(worker.question("ad")).to_contain_text("Uzun bir ad yazın")
        worker.write("ad", "Ayşe Yılmaz")
        assert "<var>evet</var>" in worker.finish()


def test_a_repeat_is_added_to_and_taken_from(browser: Browser, form_bench: str) -> None:
    survey = """
| survey | type | name | label |
| | begin_repeat | kisi | Kişi |
| | text | ad | Ad |
| | end_repeat | | |
"""
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(survey))
        worker.write("ad", "Bir")
        for number, name in enumerate(("İki", "Üç"), start=1):
            worker.page.get_by_role("button", name="Kişi ekle").click()
            expect(worker.page.get_by_role("heading", name=f"Kişi {number + 1}")).to_be_focused()
            worker.write("ad", name, number=number)
        worker.page.once("dialog", lambda asked: asked.accept())
        worker.page.get_by_role("button", name="Çıkar: Kişi 2").click()
        expect(worker.page.locator('[data-name="ad"]')).to_have_count(2)
        xml = worker.finish()
        assert "<kisi><ad>Bir</ad></kisi><kisi><ad>Üç</ad></kisi>" in xml


def test_calculations_are_shown_and_their_notes_cannot_inject_anything(browser: Browser, form_bench: str) -> None:
    survey = """
| survey | type | name | label | calculation |
| | text | ad | Ad | |
| | integer | kisi | Kişi | |
| | calculate | iki_kat | | ${kisi} * 2 |
| | note | bilgi | **${ad}** <img src=x onerror=alert(1)> [bağ](javascript:alert) sayı: ${iki_kat} | |
"""
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(survey))
        worker.write("ad", "<b onclick='alert(1)'>Şükrü</b>")
        worker.write("kisi", "21")
        note = worker.page.locator(".note")
        expect(note).to_contain_text("sayı: 42")
        expect(note).to_contain_text("Şükrü")
        expect(note.locator("strong").first).to_have_text("Şükrü")
        expect(note.locator("img, a, b, [onclick], [onerror]")).to_have_count(0)
        assert "<iki_kat>42</iki_kat>" in worker.finish()


def test_the_language_of_the_form_is_switched(browser: Browser, form_bench: str) -> None:
    survey = """
| survey | type | name | label::English (en) | label::Türkçe (tr) |
| | text | ad | Name | Ad |
"""
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(survey))
        expect(worker.question("ad").locator("label")).to_have_text("Ad")
        worker.page.get_by_role("button", name="Bölümler").click()
        worker.page.get_by_label("Formun dili").select_option("English (en)")
        worker.page.keyboard.press("Escape")
        expect(worker.question("ad").locator("label")).to_have_text("Name")


def test_the_list_of_sections_leads_anywhere(browser: Browser, form_bench: str) -> None:
    groups = "".join(
        f"| | begin_group | g{n} | Bölüm {n} |\n| | text | t{n} | Soru {n} |\n| | end_group | | |\n" for n in range(4)
    )
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(f"| survey | type | name | label |\n{groups}"))
        worker.page.get_by_role("button", name="Bölümler").click()
        worker.page.get_by_role("dialog").get_by_role("button", name="Bölüm 2").click()
        expect(worker.page.get_by_role("heading", name="Bölüm 2")).to_be_focused()
        expect(worker.page.get_by_role("progressbar")).to_have_attribute("value", "2")
        worker.page.get_by_role("button", name="Geri").click()
        expect(worker.question("t1")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_control_can_be_used_by_everybody(browser: Browser, form_bench: str, theme: str) -> None:
    with a_worker(browser, form_bench, theme="dark" if theme == "dark" else "light", window=PHONE) as worker:
        worker.open(EVERY_KIND)
        worker.go_to_end()
        findings = serious_findings(worker.page)
        worker.page.get_by_role("listitem").first.get_by_role("button").click()
        findings += serious_findings(worker.page)
        worker.question("uzun").locator(".picker").click()
        assert [*findings, *serious_findings(worker.page)] == []
        worker.page.keyboard.press("Escape")
        small = worker.page.evaluate(f"[...document.querySelectorAll('{_TARGETS}')].filter({_IS_SMALL}).map({_SHOWN})")
        assert small == []
        assert worker.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth") is True
