"""The office's pages in a real browser, on the demo municipality: who sees what, filters, ways back, the keyboard."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.office_visitor import (
    NAVIGATION,
    DemoServer,
    a_visitor,
    first_row_link,
    navigation_of,
    open_page,
    settle,
    sign_in,
)

pytestmark = pytest.mark.browser


def _total(page: Page) -> int:
    """Read the count above a list."""
    said = page.get_by_text(re.compile(r"^[\d.]+ kayıt$")).inner_text()
    return int(said.removesuffix(" kayıt").replace(".", ""))


def _first_cells(page: Page) -> list[str]:
    return page.locator("table.rows a.lead").all_inner_texts()


def test_a_wrong_password_is_answered_in_turkish_and_the_right_one_opens_the_first_page(
    browser: Browser, demo_server: DemoServer
) -> None:
    with a_visitor(browser, demo_server) as page:
        page.goto("/")
        page.get_by_label("Kullanıcı adı").fill("koordinator")
        page.get_by_label("Parola", exact=True).fill("yanlış-parola-1")
        page.keyboard.press("Enter")
        expect(page.locator("#sign-in-error")).to_contain_text(re.compile("parola", re.IGNORECASE))
        page.get_by_label("Parola", exact=True).fill(demo_server.password)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/harita$"))


@pytest.mark.parametrize("username", NAVIGATION)
def test_each_role_is_shown_its_pages_and_each_of_them_opens(
    browser: Browser, demo_server: DemoServer, username: str
) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, username)
        assert sorted(navigation_of(page)) == sorted(NAVIGATION[username])
        for name in NAVIGATION[username]:
            page.locator("aside").get_by_role("link", name=name).click()
            expect(page.get_by_role("heading", level=1)).to_have_text(name)
            settle(page)
            expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(
    ("username", "path"), [("saha", "/harita"), ("mudurluk", "/ziyaretler"), ("admin", "/talepler")]
)
def test_a_page_that_is_not_theirs_leads_to_their_first_page(
    browser: Browser, demo_server: DemoServer, username: str, path: str
) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, username)
        open_page(page, path)
        assert path not in page.url
        expect(page.get_by_role("heading", level=1)).to_have_text(navigation_of(page)[0])


def test_filters_live_in_the_address_and_survive_reloading_and_going_back(
    browser: Browser, demo_server: DemoServer
) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaretler")
        everything = _total(page)
        page.get_by_label("Ziyaret türü").select_option(label="Taziye ziyareti")
        expect(page).to_have_url(re.compile("visit_type=taziye"))
        settle(page)
        narrowed = _total(page)
        assert 0 < narrowed < everything
        assert set(_first_cells(page)) == {"Taziye ziyareti"}
        page.reload()
        settle(page)
        assert _total(page) == narrowed
        expect(page.get_by_label("Ziyaret türü")).to_have_value("taziye")
        page.locator("table.rows a.lead").first.click()
        page.wait_for_url("**/ziyaretler/*")
        page.go_back()
        expect(page).to_have_url(re.compile("visit_type=taziye"))
        page.go_back()
        expect(page).not_to_have_url(re.compile("visit_type"))
        settle(page)
        assert _total(page) == everything


def test_the_next_page_shows_other_rows_and_back_shows_the_first_again(
    browser: Browser, demo_server: DemoServer
) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/talepler")
        first = first_row_link(page)
        page.get_by_role("button", name="Sonraki").click()
        expect(page).to_have_url(re.compile("cursor="))
        settle(page)
        assert first_row_link(page) != first
        page.get_by_role("button", name="Önceki").click()
        expect(page).not_to_have_url(re.compile("cursor="))
        settle(page)
        assert first_row_link(page) == first


@pytest.mark.parametrize("shown", ["/harita", "/harita?show=requests"])
def test_the_figure_of_a_mahalle_leads_to_exactly_the_rows_behind_it(
    browser: Browser, demo_server: DemoServer, shown: str
) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start=shown)
        highest = page.get_by_role("list", name="Mahalleler, sayıya göre sıralı").get_by_role("link").first
        figure = int(highest.locator(".figure").inner_text().replace(".", ""))
        highest.click()
        expect(page).to_have_url(re.compile("mahalle="))
        settle(page)
        assert _total(page) == figure > 0


def test_the_map_says_that_its_boundaries_are_a_sample(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator")
        expect(page.get_by_text("Örnek sınırlar")).to_be_visible()
        expect(page.get_by_text("Örnek veri.")).to_be_visible()


def test_a_lost_session_leads_to_signing_in_and_back_to_the_same_page(
    browser: Browser, demo_server: DemoServer
) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/talepler?status=open")
        page.context.clear_cookies()
        page.get_by_label("Kategori").select_option(index=1)
        expect(page.get_by_role("heading", level=1)).to_have_text("Oturum açın")
        page.get_by_label("Kullanıcı adı").fill("koordinator")
        page.get_by_label("Parola", exact=True).fill(demo_server.password)
        page.get_by_role("button", name="Oturum aç").click()
        expect(page).to_have_url(re.compile(r"/talepler\?status=open&category="))


def test_the_search_box_finds_a_tracking_number_and_notices_a_mistyped_digit(
    browser: Browser, demo_server: DemoServer
) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/talepler")
        number = page.locator("table.rows .mono").first.inner_text()
        wrong = number[:-3] + str((int(number[-3]) + 1) % 10) + number[-2:]
        search = page.get_by_label("Takip no ya da metin ara")
        search.fill(wrong)
        search.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        search.fill(number)
        search.press("Enter")
        page.wait_for_url("**/talepler/*")
        expect(page.get_by_text(number)).to_be_visible()


def test_a_manager_reads_no_names_and_no_sentences(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "yonetici", start="/ziyaretler")
        assert page.locator("table.rows .lead-cell .second").count() == 0
        open_page(page, first_row_link(page))
        expect(page.get_by_text("Yanıtlar kişisel bilgi içerdiği için")).to_be_visible()
        open_page(page, "/talepler")
        open_page(page, first_row_link(page))
        expect(page.get_by_text("Metin kişisel bilgi içerebileceği için")).to_be_visible()


def test_an_officer_sees_requests_on_the_map_and_no_way_to_the_visit(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "mudurluk")
        expect(page.get_by_role("button", name="Ziyaretler", exact=True)).to_have_count(0)
        open_page(page, "/talepler")
        open_page(page, first_row_link(page))
        expect(page.get_by_role("heading", name="Geçmiş")).to_be_visible()
        expect(page.get_by_role("link", name="Ziyareti aç")).to_have_count(0)


def test_the_pages_speak_english_and_wear_dark_when_asked_and_remember_it(
    browser: Browser, demo_server: DemoServer
) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator")
        page.get_by_role("button", name="English").click()
        page.get_by_role("button", name="Switch to dark theme").click()
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Map")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.evaluate("document.documentElement.lang") == "en"


def test_losing_the_network_is_said_and_coming_back_takes_it_away(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaretler")
        page.context.set_offline(True)
        expect(page.get_by_text("Ağ bağlantısı yok.")).to_be_visible()
        page.get_by_label("Ekip").select_option(index=1)
        expect(page.get_by_role("alert")).to_contain_text("Sunucuya ulaşılamıyor")
        page.context.set_offline(False)
        page.get_by_role("button", name="Yeniden dene").click()
        expect(page.get_by_text("Ağ bağlantısı yok.")).to_have_count(0)
        expect(page.locator("table.rows")).to_be_visible()
