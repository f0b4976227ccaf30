"""Which team a household wants: written down in the office, kept by the day's plan, seen on the tablet."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.office_visitor import PHONE, DemoServer, a_visitor, open_page, serious_findings, sign_in
from tests.e2e.tablet_in_the_field import NAME, Field, open_place, set_up

WISH = "**/preferred-team"

pytestmark = pytest.mark.browser


def _wish_by_keyboard(page: Page, dialog: Locator, third: str) -> None:
    """Choose the third team, be refused once, and save."""
    chosen, save = dialog.get_by_label("Her ziyaret için istenen ekip"), dialog.get_by_role("button", name="Kaydet")
    expect(save).to_be_disabled()
    # By keyboard: going through the list saves nothing.
    chosen.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(chosen).to_be_focused()
    expect(chosen.locator("option:checked")).to_have_text(third)
    page.route(WISH, lambda route: route.abort())
    save.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("Kaydedilmedi; olduğu gibi duruyor: Fark etmez")
    expect(chosen).to_have_value("")
    expect(chosen).to_be_focused()
    page.unroute(WISH)
    chosen.select_option(label=third)
    save.press("Enter")
    expect(dialog.get_by_text("Kaydedildi.")).to_be_visible()
    expect(chosen).to_be_focused()


def _take_own_wish_back(page: Page, dialog: Locator, own: str) -> None:
    wish = dialog.get_by_label("İstenen ekip (yalnız bu ziyaret)")
    expect(wish.locator("option:checked")).to_have_text(own)
    wish.select_option(label="Hane ne istiyorsa")
    assert serious_findings(page) == []
    dialog.get_by_role("button", name="Taşı", exact=True).click()


def test_a_household_and_a_visit_ask_for_a_team_and_the_plan_says_what_became_of_it(
    browser: Browser, demo_server: DemoServer
) -> None:
    today = datetime.now(UTC)
    monday = (today + timedelta(days=7 * 11 - today.weekday())).date()
    desk = OfficeDesk(demo_server.url, demo_server.password)
    first, second, third = (team["name"] for team in desk.read("/v1/reference")["teams"][:3])
    name = desk.read("/v1/visit-targets?kind=esnaf&limit=1")["items"][0]["name"]
    with a_visitor(browser, demo_server, window=PHONE) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaret-listeleri/hedefler?kind=esnaf")
        page.get_by_role("button", name=f"Ziyaret planla: {name}", exact=True).first.click()
        dialog = page.get_by_role("dialog")
        _wish_by_keyboard(page, dialog, third)
        wish = dialog.get_by_label("İstenen ekip (yalnız bu ziyaret)")
        expect(wish.locator("option:checked")).to_have_text(f"Her ziyaret için istenen: {third}")
        assert serious_findings(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        dialog.get_by_label("Ekip", exact=True).select_option(label=first)
        dialog.get_by_label("Gün", exact=True).fill(f"{monday:%d.%m.%Y}")
        wish.select_option(label=second)
        dialog.get_by_role("button", name="Ziyaret planla").click()
        expect(page.get_by_text(f"Planlandı: {name}")).to_be_visible()
        expect(page.get_by_text(f"İstenen ekip: {third}").first).to_be_visible()

        # The visit's own wish counts; with a plan of the first team alone another one goes, and it is said why.
        page.goto(f"{demo_server.url}/ziyaret-listeleri/gunun-plani?day={monday}")
        page.get_by_role("button", name="Hiçbirini seçme").click()
        page.get_by_role("checkbox", name=first, exact=True).check()
        page.get_by_role("button", name="Planla", exact=True).click()
        stop = page.locator("li.stop").filter(has_text=name)
        expect(stop).to_contain_text(f"İstenen ekip {second} gidemiyor: bu planda yok", timeout=60_000)
        page.get_by_role("checkbox", name=second, exact=True).check()
        page.get_by_role("button", name="Planla", exact=True).click()
        kept = page.get_by_role("region", name=second).locator("li.stop").filter(has_text=name)
        expect(kept).to_contain_text(f"İstenen ekip: {second}", timeout=60_000)
        expect(kept).not_to_contain_text("gidemiyor")
        page.get_by_role("button", name=f"{name} ziyaretini taşı").click()
        expect(page.get_by_role("dialog").get_by_text(f"İstenen ekip: {second}")).to_be_visible()
        page.get_by_role("button", name="Kapat").click()

        # What a visit asks for is taken back where it is moved: the household's wish holds again.
        open_page(page, f"/ziyaret-listeleri?day={monday}")
        page.get_by_role("button", name=f"Taşı ya da iptal et: {name}").click()
        _take_own_wish_back(page, dialog, second)
        expect(page.get_by_role("row").filter(has_text=name)).to_contain_text(f"İstenen ekip: {third}")
        assert serious_findings(page) == []


def test_a_wish_that_is_saved_after_its_dialog_was_closed_stands_in_the_row_and_a_failure_is_told(
    browser: Browser, demo_server: DemoServer
) -> None:
    desk = OfficeDesk(demo_server.url, demo_server.password)
    team = desk.read("/v1/reference")["teams"][0]["name"]
    name = desk.read("/v1/visit-targets?kind=hane&limit=1")["items"][0]["name"]
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaret-listeleri/hedefler?kind=hane")
        held: list[Route] = []
        page.route(WISH, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
        row = page.get_by_role("row").filter(has_text=name).first
        _wish_and_close(row, page.get_by_role("dialog"), team)
        held[0].continue_()
        expect(row).to_contain_text(f"İstenen ekip: {team}")
        _wish_and_close(row, page.get_by_role("dialog"), "Fark etmez")
        held[1].abort()
        expect(page.get_by_role("alert")).to_contain_text(f"{name} için istenen ekip kaydedilmedi")
        expect(row).to_contain_text(f"İstenen ekip: {team}")


def _wish_and_close(row: Locator, dialog: Locator, wanted: str) -> None:
    row.get_by_role("button", name="Ziyaret planla").click()
    dialog.get_by_label("Her ziyaret için istenen ekip").select_option(label=wanted)
    dialog.get_by_role("button", name="Kaydet").click()
    dialog.get_by_role("button", name="Kapat").click()
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_tablet_names_the_team_that_was_asked_for(field: Field) -> None:
    other = str(field.place.other_team)
    field.plan(NAME, 1, istenen_ekip=other)
    field.plan("Kimseyi istemeyen", 2)
    with field.browser_open() as page:
        set_up(field, page)
        open_place(page, "Bugün")
        card = page.get_by_role("article").filter(has_text=NAME)
        expect(card).to_contain_text("istenen ekip: 2. Ekip")
        expect(page.get_by_role("article").filter(has_text="Kimseyi istemeyen")).not_to_contain_text("istenen ekip")
        page.context.set_offline(True)
        card.get_by_role("link", name=NAME).first.click()
        expect(page.get_by_text("hane her ziyarette 2. Ekip ister")).to_be_visible()
        expect(page.get_by_role("article").filter(has_text=NAME)).to_contain_text("istenen ekip: 2. Ekip")
