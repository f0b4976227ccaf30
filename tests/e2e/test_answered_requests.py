"""A request from the door to its answer and back: found on a tablet, answered in the office, asked about by a team."""

from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect
from sqlalchemy import select

from api.wiring import Wiring
from foundation.clock import ISTANBUL
from service_requests.answered_visits import plan_answered_visits
from service_requests.tables import ServiceRequest
from sync.change_log import FeedChanges, write_feed
from tests.builders import AFinding, a_photo, a_submission
from tests.e2e.office_visitor import Office, Theme, a_visitor, open_page, serious_findings, settle
from tests.e2e.office_visitor import sign_in as sign_in_at_the_office
from tests.e2e.short_visits import ShortVisit, do_visit, publish_short_form
from tests.e2e.tablet_in_the_field import NAME, Field, open_place, send_now, set_up_with_forms
from tests.fixtures.municipality import PASSWORD, version_of
from tests.integration.intake.posts import send
from tests.planned_visits import PlannedVisit
from visits.tables import VisitAssignment

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

FIELD = "Vatandaşa verilecek cevap"
WORDS = "Kaldırımınız pazartesi günü onarılacak.\nİyi günler dileriz."

LONG = WORDS + "\nSokağınızdaki kaldırımların hepsi sırayla elden geçiyor." * 4


def _request(wiring: Wiring) -> ServiceRequest:
    with wiring.database.reading() as session:
        return session.scalars(select(ServiceRequest)).one()


def _follow_up(wiring: Wiring, field: Field, visit: PlannedVisit) -> UUID:
    """Do what the server does every minute, and bring the visit that follows forward to today."""
    with wiring.database.writing() as session:
        feed, now = FeedChanges(), datetime.now(UTC)
        # The server may have been quicker.
        assert plan_answered_visits(session, feed, now) <= 1
        write_feed(session, feed, now)
    wanted = select(VisitAssignment.id).where(
        VisitAssignment.target_id == visit.target, VisitAssignment.id != visit.assignment
    )
    with wiring.database.reading() as session:
        follow_up = session.scalars(wanted).one()
    field.office().bring_forward(follow_up, datetime.now(ISTANBUL).date())
    return follow_up


def _write(page: Page, words: str) -> None:
    page.get_by_label(FIELD).fill(words)


def _save(page: Page, name: str = "Cevabı kaydet") -> None:
    page.get_by_role("button", name=name).click()


def test_what_a_directorate_answers_goes_back_to_the_household_with_its_team(
    field: Field, wiring: Wiring, browser: Browser
) -> None:
    publish_short_form(wiring)
    visit, office = field.plan(NAME, 1), Office(field.server_url, PASSWORD)
    with field.browser_open() as tablet:
        set_up_with_forms(field, tablet)
        do_visit(tablet, ShortVisit(NAME, "Kaldırım çökmüş", a_photo()))
        send_now(tablet)
        number = _request(wiring).tracking_no
        expect(tablet.get_by_role("listitem").filter(has_text=NAME)).to_contain_text(number)
        with a_visitor(browser, office) as page:
            sign_in_at_the_office(page, office, "mudurluk", start="/talepler")
            page.get_by_role("link", name="Yol ve kaldırım").click()
            page.get_by_role("button", name="Yanıtla").press("Enter")
            expect(page.get_by_label(FIELD)).to_be_focused()
            expect(page.get_by_role("button", name="Cevabı kaydet")).to_be_disabled()
            expect(page.get_by_text("ekip uğrayıp sonucu sorar")).to_be_visible()
            page.keyboard.type(LONG)
            _save(page)
            expect(page.get_by_role("heading", name="Cevap", exact=True)).to_be_focused()
            expect(page.get_by_text("Mudurluk ·")).to_be_visible()
            open_page(page, "/talepler?status=answered")
            expect(page.locator("table.rows tbody tr")).to_have_count(1)
        _follow_up(wiring, field, visit)
        with a_visitor(browser, office) as page:
            sign_in_at_the_office(page, office, "koordinator", start=f"/talepler/{_request(wiring).id}")
            expect(page.locator("blockquote")).to_have_text(LONG)
            page.get_by_role("link", name="1. Ekip").click()
            expect(page.get_by_role("row").filter(has_text=NAME).filter(has_text="Planlı")).to_have_count(1)
        send_now(tablet)
        expect(tablet.get_by_role("listitem").filter(has_text=NAME)).to_contain_text(f"{number} · Cevaplandı")
        assert serious_findings(tablet) == []
        open_place(tablet, "Bugün")
        expect(tablet.get_by_role("article").filter(has_text=NAME)).to_contain_text(f"{number} numaralı talep")
        tablet.get_by_role("link", name=NAME).click()
        expect(tablet.get_by_role("heading", name="Cevaplanan talepler")).to_be_visible()
        # What is long is opened by whoever wants to read it.
        expect(tablet.locator("blockquote")).not_to_be_visible()
        tablet.get_by_text("Cevabı oku").click()
        expect(tablet.locator("blockquote")).to_be_visible()
        expect(tablet.locator("blockquote")).to_have_text(LONG)
        expect(tablet.get_by_text("Açık talep yok.")).to_be_visible()
        assert serious_findings(tablet) == []


def _open_request(field: Field, wiring: Wiring) -> UUID:
    """Have a household's finding opened as a request."""
    with httpx.Client(base_url=field.server_url) as collect:
        sent = send(collect, a_submission(version=version_of("hane"), findings=[AFinding()]))
    assert sent.status_code == 201
    return _request(wiring).id


def test_whoever_is_overtaken_sees_the_other_answer_and_no_error_takes_the_typed_one_away(
    field: Field, wiring: Wiring, browser: Browser
) -> None:
    request, office = _open_request(field, wiring), Office(field.server_url, PASSWORD)
    with a_visitor(browser, office) as page:
        sign_in_at_the_office(page, office, "mudurluk", start=f"/talepler/{request}")
        page.get_by_role("button", name="Yanıtla").click()
        _write(page, WORDS)
        field.office().answer_request(request, "Ekip yarın bakacak.")
        _save(page)
        expect(page.get_by_role("alert")).to_contain_text("başkası tarafından cevaplandı")
        expect(page.get_by_role("alert").locator("blockquote")).to_have_text("Ekip yarın bakacak.")
        expect(page.locator("blockquote")).to_have_count(1)
        expect(page.get_by_label(FIELD)).to_be_focused()
        field.stop_server()
        _save(page, "Yukarıdakinin yerine kaydet")
        expect(page.get_by_role("alert")).to_contain_text("Sunucuya ulaşılamıyor")
        expect(page.get_by_label(FIELD)).to_have_value(WORDS)
        field.start_server()
        _save(page, "Yukarıdakinin yerine kaydet")
        expect(page.get_by_role("heading", name="Cevap", exact=True)).to_be_focused()
        expect(page.locator("blockquote")).to_have_text(WORDS)
        expect(page.locator("ol li").filter(has_text="Ekip yarın bakacak.")).to_contain_text("Cevaplandı")
        expect(page.locator("ol li").filter(has_text="pazartesi")).to_contain_text("Cevap düzeltildi")
        # Who gives up has lost nothing of what stands.
        page.get_by_role("button", name="Cevabı düzelt").click()
        expect(page.get_by_label(FIELD)).to_have_value(WORDS)
        page.get_by_role("button", name="Vazgeç").click()
        expect(page.locator("blockquote")).to_have_text(WORDS)
        expect(page.get_by_role("button", name="Cevabı düzelt")).to_be_focused()


def test_what_is_being_saved_is_neither_changed_nor_given_up_and_what_is_too_long_is_said(
    field: Field, wiring: Wiring, browser: Browser
) -> None:
    request, office = _open_request(field, wiring), Office(field.server_url, PASSWORD)
    with a_visitor(browser, office) as page:
        sign_in_at_the_office(page, office, "mudurluk", start=f"/talepler/{request}")
        page.get_by_role("button", name="Yanıtla").click()
        expect(page.get_by_text("Bu talep kayıtlı bir haneye bağlı değil")).to_be_visible()
        _write(page, f" {'ş' * 2003}\n")
        expect(page.get_by_text("3 karakter fazla")).to_be_visible()
        expect(page.get_by_role("button", name="Cevabı kaydet")).to_be_disabled()
        _write(page, "ş" * 2000)
        expect(page.get_by_text("karakter fazla")).to_have_count(0)
        held: list[Route] = []
        page.route("**/answers", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
        _save(page)
        expect(page.get_by_label(FIELD)).not_to_be_editable()
        expect(page.get_by_role("button", name="Vazgeç")).to_be_disabled()
        held[0].continue_()
        expect(page.locator("blockquote")).to_have_text("ş" * 2000)
        expect(page.get_by_label(FIELD)).to_have_count(0)


def test_a_lost_session_and_another_page_leave_what_was_typed_to_its_writer_alone(
    field: Field, wiring: Wiring, browser: Browser
) -> None:
    request, office = _open_request(field, wiring), Office(field.server_url, PASSWORD)
    with a_visitor(browser, office) as page:
        sign_in_at_the_office(page, office, "mudurluk", start=f"/talepler/{request}")
        page.get_by_role("button", name="Yanıtla").click()
        _write(page, WORDS)
        page.get_by_role("navigation", name="Sayfalar").get_by_role("link", name="Talepler").first.click()
        page.get_by_role("link", name="Yol ve kaldırım").click()
        expect(page.get_by_label(FIELD)).to_have_value(WORDS)
        _lose_the_session_and_sign_in(page, "mudurluk")
        expect(page.get_by_label(FIELD)).to_have_value(WORDS)
        # Another person meets nothing of it, and ends it.
        for another in ("koordinator", "mudurluk"):
            _lose_the_session_and_sign_in(page, another)
            expect(page.get_by_role("button", name="Yanıtla")).to_be_visible()
            expect(page.get_by_label(FIELD)).to_have_count(0)
            page.get_by_role("button", name="Yanıtla").click()
            _write(page, "Bir başkasının cevabı.")


def _lose_the_session_and_sign_in(page: Page, username: str) -> None:
    page.context.clear_cookies()
    _save(page)
    page.get_by_label("Kullanıcı adı").fill(username)
    page.get_by_label("Parola", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Oturum aç").click()


def test_a_late_or_failed_load_of_the_page_takes_neither_the_saved_answer_nor_the_page_away(
    field: Field, wiring: Wiring, browser: Browser
) -> None:
    request, office = _open_request(field, wiring), Office(field.server_url, PASSWORD)
    with a_visitor(browser, office) as page:
        sign_in_at_the_office(page, office, "mudurluk", start=f"/talepler/{request}")
        page.get_by_role("button", name="Yanıtla").click()
        _write(page, WORDS)
        field.office().answer_request(request, "Ekip yarın bakacak.")
        # Whoever was overtaken has the page loaded anew; that fails first, and is late the second time.
        address = f"**/v1/service-requests/{request}"
        page.route(address, lambda route: route.abort())
        _save(page)
        expect(page.get_by_text("Aşağıda son okunan hâli duruyor.")).to_be_visible()
        expect(page.get_by_label(FIELD)).to_have_value(WORDS)
        page.unroute(address)
        late: list[tuple[Route, APIResponse]] = []
        page.route(address, lambda route: late.append((route, route.fetch())))
        page.get_by_role("button", name="Yeniden dene").click()
        while not late:
            page.wait_for_timeout(50)
        _save(page, "Yukarıdakinin yerine kaydet")
        expect(page.locator("blockquote")).to_have_text(WORDS)
        late[0][0].fulfill(response=late[0][1])
        settle(page)
        expect(page.locator("blockquote")).to_have_text(WORDS)
        expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_answering_keeps_nobody_out_and_fits_a_small_phone(
    field: Field, wiring: Wiring, browser: Browser, theme: Theme
) -> None:
    request, office = _open_request(field, wiring), Office(field.server_url, PASSWORD)
    with a_visitor(browser, office, theme=theme, window=(360, 740)) as page:
        sign_in_at_the_office(page, office, "mudurluk", start=f"/talepler/{request}")
        page.get_by_role("button", name="Yanıtla").click()
        findings = serious_findings(page)
        _write(page, "Uzun" * 60)
        field.office().answer_request(request, "Ekip yarın bakacak.")
        _save(page)
        expect(page.get_by_role("alert")).to_be_visible()
        findings += serious_findings(page)
        _save(page, "Yukarıdakinin yerine kaydet")
        expect(page.get_by_role("button", name="Cevabı düzelt")).to_be_visible()
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert [*findings, *serious_findings(page)] == []


def test_a_manager_is_told_that_it_was_answered_and_not_what(field: Field, wiring: Wiring, browser: Browser) -> None:
    request, office = _open_request(field, wiring), Office(field.server_url, PASSWORD)
    field.office().answer_request(request, "Şükrü Bey'e söylendi.")
    with a_visitor(browser, office) as page:
        sign_in_at_the_office(page, office, "yonetici", start=f"/talepler/{request}")
        expect(page.get_by_text("Cevaplandı").first).to_be_visible()
        expect(page.get_by_text("Şükrü Bey")).to_have_count(0)
        expect(page.get_by_role("button", name="Cevabı düzelt")).to_have_count(0)
