"""The tablet's pages: found by Turkish words, usable by everybody, on every size, by day and by night."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.form_worker import FormWorker
from tests.e2e.office_visitor import Theme, serious_findings
from tests.e2e.tablet_in_the_field import NAME, PIN, Field, open_place, set_pin, set_up, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def test_a_visit_that_was_not_planned_begins_with_a_search_as_people_type(field: Field) -> None:
    target = field.plan(NAME, yetkili="İsmail Işık", telefon="+905321112233").target
    field.plan("Ali Veli")
    with field.browser_open() as page:
        set_up(field, page)
        open_place(page, "Ara")
        search = page.get_by_label("Ad, telefon ya da adres")
        for typed in ("sukriye igdir", "ŞÜKRİYE", "ismail isik", "IĞDIRLI", "5321112233", "gul sk"):
            search.fill(typed)
            expect(page.get_by_role("link", name=NAME)).to_be_visible()
        search.fill("yok boyle biri")
        expect(page.get_by_text("0 kayıt bulundu")).to_be_visible()
        search.fill("sukriye")
        page.get_by_role("link", name=NAME).click()
        expect(page).to_have_url(re.compile(f"/hedef/{target}"))
        expect(page.get_by_text("İsmail Işık")).to_be_visible()
        expect(page.get_by_text("Hane ziyareti").first).to_be_visible()


def walk(field: Field, page: Page) -> Iterator[str]:
    """Go through every page and what opens on it; yields the name of each as it stands."""
    yield from _come_in(field, page)
    yield from _go_through_the_day(page)
    yield from _fill_a_form(page)


def _come_in(field: Field, page: Page) -> Iterator[str]:
    page.goto(f"{field.url}kurulum")
    expect(page.get_by_role("heading", name="Tablet kurulumu")).to_be_visible()
    yield "kurulum"
    page.goto(field.enrolment_address())
    expect(page.get_by_role("heading", name="Kim çalışıyor?")).to_be_visible()
    yield "kim"
    page.get_by_role("button", name="Saha", exact=True).click()
    yield "yeni-pin"
    page.get_by_role("button", name="Ben değilim").click()
    set_pin(page, "Saha", PIN)
    page.get_by_role("button", name="Çık", exact=True).click()
    page.get_by_role("button", name="Saha", exact=True).click()
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    yield "pin-giris"
    page.get_by_role("button", name="Ben değilim").click()
    sign_in(page, "Saha", PIN)


def _go_through_the_day(page: Page) -> Iterator[str]:
    expect(page.get_by_role("link", name=f"{NAME} 3")).to_be_visible()
    yield "bugun"
    page.get_by_role("button", name="Tekrar gelinecek").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "neden"
    page.get_by_role("button", name="Başka bir gün uygun").click()
    expect(page.get_by_role("button", name="Geri al")).to_be_visible()
    yield "geri-al"
    page.get_by_role("button", name="Harita").click()
    expect(page.locator(".visit-number")).to_have_count(3)
    yield "harita"
    open_place(page, "Ara")
    page.get_by_label("Ad, telefon ya da adres").fill("sukriye")
    yield "ara"
    page.get_by_role("link", name="Yeni hane ekle").click()
    page.get_by_role("button", name="Kaydet").click()
    yield "yeni"
    page.go_back()
    page.get_by_label("Ad, telefon ya da adres").fill("sukriye")
    page.get_by_role("link", name=f"{NAME} 3").click()
    expect(page.get_by_role("heading", name="Formlar")).to_be_visible()
    yield "hedef"
    page.get_by_role("button", name="Forma başla").click()
    expect(page.get_by_role("button", name="Yine de forma başla")).to_be_visible()
    yield "edilmesin"
    page.get_by_role("button", name="Vazgeç").click()
    open_place(page, "Giden kutusu")
    expect(page.get_by_role("listitem").filter(has_text=NAME)).to_be_visible()
    yield "giden"
    page.get_by_role("link", name="PIN değiştir").click()
    expect(page.get_by_role("heading", name="PIN değiştir")).to_be_visible()
    yield "pin"


def _fill_a_form(page: Page) -> Iterator[str]:
    open_place(page, "Bugün")
    page.get_by_role("link", name="Forma başla").first.click()
    worker = FormWorker(page)
    expect(page.locator(".screen")).to_be_visible()
    yield "form"
    while worker.question("sonuc").count() == 0:
        worker.go_on()
    worker.choose("sonuc", "Evde kimse yok")
    worker.go_to_end()
    yield "form-sonu"
    page.get_by_role("button", name="Kapat, taslak kalsın").click()
    expect(page.get_by_role("region", name="Yarım kalan formlar")).to_be_visible()
    yield "taslak"


@pytest.mark.parametrize(
    ("window", "theme"), [((800, 1280), "light"), ((360, 740), "light"), ((1280, 800), "dark"), ((360, 740), "dark")]
)
def test_the_pages_keep_nobody_out_and_fit(field: Field, window: tuple[int, int], theme: Theme) -> None:
    for number in range(4):
        unwanted = {"ziyaret_edilmesin": "evet"} if number == 3 else {}
        field.plan(f"{NAME} {number}", number, geometry=f"41.00{number + 3} 29.20{number + 2} 0 8", **unwanted)
    with field.browser_open(window=window, theme=theme) as page:
        found = [one for name in walk(field, page) for one in look(page, name, window, theme)]
    assert found == []


def look(page: Page, name: str, window: tuple[int, int], theme: str) -> list[str]:
    """Look for what keeps people out: axe's findings, a page wider than the screen, targets too small for a glove."""
    pictures = os.environ.get("TABLET_PICTURES")
    if pictures:
        page.screenshot(path=Path(pictures) / f"{name}-{window[0]}-{theme}.png")
    found = serious_findings(page)
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"{name}: wider than {window[0]}")
    return found + [f"{name}: small {one}" for one in page.evaluate(_SMALL_TARGETS)]


_SMALL_TARGETS = """() => [...document.querySelectorAll('button, a[href], input')]
  .filter((one) => one.checkVisibility() && !one.closest('.leaflet-control, [aria-hidden]'))
  // A box to tick is hit by all of its label.
  .map((one) => (one.type === 'checkbox' && one.closest('label')) || one)
  .filter((one) => { const box = one.getBoundingClientRect(); return box.height < 48 || box.width < 48 })
  .map((one) => one.outerHTML.slice(0, 120))"""
