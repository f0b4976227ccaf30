"""What people asked for on second sight: Turkish dates, names that fit the map, a worker's answer, replaying, paper."""

import re

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.office_visitor import DESKTOP, PHONE, DemoServer, a_visitor, first_row_link, open_page, settle, sign_in

pytestmark = pytest.mark.browser

_OUTSIDE_THEIR_MAHALLE = """() => {
  const names = [...document.querySelectorAll('.mahalle-name:not(.too-small)')].map(e => e.getBoundingClientRect())
  const touching = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2
  return {shown: names.length, touching: names.filter((a, i) => names.some((b, j) => i !== j && touching(a, b))).length}
}"""


def test_a_day_is_typed_as_in_turkey_and_a_day_that_is_none_is_said_so(
    browser: Browser, demo_server: DemoServer
) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaretler")
        first_day = page.get_by_label("Başlangıç", exact=True)
        first_day.fill("1.11.2026")
        first_day.press("Enter")
        expect(page).to_have_url(re.compile("from=2026-11-01"))
        expect(first_day).to_have_value("01.11.2026")
        first_day.fill("31.02.2026")
        first_day.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("gün.ay.yıl")
        expect(page).to_have_url(re.compile("from=2026-11-01"))


@pytest.mark.parametrize("window", [(1280, 800), (800, 1280), PHONE])
def test_no_two_names_on_the_map_touch(browser: Browser, demo_server: DemoServer, window: tuple[int, int]) -> None:
    with a_visitor(browser, demo_server, window=window) as page:
        sign_in(page, demo_server, "koordinator")
        page.evaluate("document.fonts.ready.then(() => true)")
        names = page.evaluate(_OUTSIDE_THEIR_MAHALLE)
        assert names["shown"] >= 3
        assert names["touching"] == 0


def test_what_lies_in_no_mahalle_leads_from_the_map_to_its_rows(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator")
        nowhere = page.get_by_role("link", name=re.compile("İlçe dışı ya da konumsuz"))
        figure = int(nowhere.locator(".figure").inner_text().replace(".", ""))
        nowhere.click()
        expect(page).to_have_url(re.compile("mahalle=none"))
        settle(page)
        expect(page.get_by_text(f"{figure} kayıt")).to_be_visible()


def test_a_worker_sees_on_the_phone_what_became_of_the_teams_visits(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server, window=PHONE) as page:
        sign_in(page, demo_server, "saha", start="/ziyaretler?has_findings=yes")
        row = page.locator("table.rows tbody tr").first
        expect(row).to_contain_text("Merkeze ulaştı")
        expect(row).to_contain_text(re.compile(r"Talep\s*\d\d-\d{7}-\d"))
        number = row.locator(".became .mono").first.inner_text()
        open_page(page, first_row_link(page))
        expect(page.get_by_role("list", name="Takip no")).to_contain_text(number)
        expect(page.get_by_role("link", name=number)).to_have_count(0)


def test_a_request_says_why_it_is_where_it_is_and_its_tab_says_which_it_is(
    browser: Browser, demo_server: DemoServer
) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/talepler")
        expect(page).to_have_title("Talepler · Saha")
        open_page(page, first_row_link(page))
        category = page.get_by_role("heading", level=1).inner_text()
        expect(page.get_by_text(f"“{category}” kategori")).to_be_visible()
        expect(page).to_have_title(re.compile(rf"^\d\d-\d{{7}}-\d · {re.escape(category)} · Saha$"))


def test_filters_fold_on_a_phone_and_their_button_counts_them(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server, window=PHONE) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaretler?visit_type=hane&place=inside")
        expect(page.get_by_label("Ziyaret türü")).to_be_hidden()
        page.get_by_role("button", name="Filtreler (2)").click()
        expect(page.get_by_label("Ziyaret türü")).to_be_visible()


def test_what_is_typed_into_the_search_stays_while_the_page_goes_on_loading(
    browser: Browser, demo_server: DemoServer
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with a_visitor(browser, demo_server, window=DESKTOP) as page:
        sign_in(page, demo_server, "koordinator", start="/harita")
        page.route("**/v1/reference*", hold)
        page.goto("/ziyaret-listeleri/hedefler")
        search = page.get_by_label("Ad, telefon, adres ara")
        search.press_sequentially("menekşe")
        while not held:
            page.wait_for_timeout(50)
        for route in held:
            route.continue_()
        expect(page.get_by_label("Mahalle").get_by_role("option", name="Akpınar")).to_be_attached()
        expect(search).to_have_value("menekşe")
        search.press("Enter")
        expect(page).to_have_url(re.compile("q=menek"))


def test_every_list_gives_its_csv(browser: Browser, demo_server: DemoServer) -> None:
    paths = {
        "koordinator": [
            "/ziyaretler",
            "/talepler",
            "/cakismalar",
            "/karantina",
            "/ziyaret-listeleri",
            "/ziyaret-listeleri/hedefler",
            "/tabletler",
            "/tabletler/collect",
        ],
        "admin": ["/kullanicilar"],
    }
    for username, lists in paths.items():
        with a_visitor(browser, demo_server) as page:
            sign_in(page, demo_server, username)
            for path in lists:
                open_page(page, path)
                address = page.get_by_role("link", name="CSV indir").get_attribute("href")
                assert address
                assert page.context.request.get(address).body().startswith(b"\xef\xbb\xbf")


def test_a_page_in_dark_is_printed_dark_on_white_without_navigation(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaretler")
        page.get_by_role("button", name="Koyu temaya geç").click()
        heading = page.get_by_role("heading", level=1)
        expect(heading).not_to_have_css("color", "rgb(0, 0, 0)")
        page.emulate_media(media="print")
        expect(heading).to_have_css("color", "rgb(0, 0, 0)")
        expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
        expect(page.locator("aside")).to_be_hidden()
        expect(page.get_by_role("search")).to_be_hidden()
        expect(page.locator("table.rows")).to_be_visible()


def test_a_page_that_cannot_be_fetched_is_said_and_opens_once_the_server_is_back(
    browser: Browser, demo_server: DemoServer
) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaretler")
        page.context.set_offline(True)
        page.locator("aside").get_by_role("link", name="Tabletler").click()
        notice = page.get_by_role("alert").filter(has_text="Sayfa açılamadı")
        expect(notice).to_be_visible()
        page.context.set_offline(False)
        notice.get_by_role("link", name="Yeniden dene").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tabletler")
        expect(notice).to_have_count(0)
