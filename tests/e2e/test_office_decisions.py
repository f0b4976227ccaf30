"""A coordinator settles two teams at one address, decides who goes again, and moves what a leave strands."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from foundation.clock import ISTANBUL
from sync.change_log import FeedChanges, write_feed
from tests.e2e.office_visitor import DESKTOP, TABLET, Office, a_visitor, serious_findings, settle, sign_in
from tests.e2e.tablet_in_the_field import Field
from tests.fixtures.municipality import PASSWORD
from tests.planned_visits import PlannedVisit, plan_visit
from visits.assignment_changes import change_assignments
from visits.following_up import follow_up_visits
from visits.recording import NewAssignment, Recording, record_assignments
from visits.tables import VisitAssignment

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def _office(field: Field) -> Office:
    return Office(field.server_url, PASSWORD)


def _today() -> date:
    return datetime.now(ISTANBUL).date()


def _plan(field: Field, name: str, day: date, **fields: str) -> PlannedVisit:
    at = datetime.now(ISTANBUL)
    return plan_visit(field.wiring, field.place.team, at, day=day, fields=fields, ad=name)


def _plan_twice(field: Field, name: str) -> None:
    """Plan a visit of both teams at one place, tomorrow."""
    visit, at = _plan(field, name, _today() + timedelta(days=1)), datetime.now(ISTANBUL)
    with field.wiring.database.writing() as session:
        feed = FeedChanges()
        double = NewAssignment(visit.target, field.place.other_team, "hane", _today() + timedelta(days=1))
        record_assignments(session, [double], feed, Recording(at, None, uuid4()))
        write_feed(session, feed, at)


def _promise(field: Field, visit: PlannedVisit) -> None:
    """Make a planned visit one that was promised."""
    at = datetime.now(ISTANBUL)
    with field.wiring.database.writing() as session:
        feed = FeedChanges()
        change_assignments(session, {visit.assignment: {"sabit": "evet"}}, feed, Recording(at, None, uuid4()))
        write_feed(session, feed, at)


def test_two_teams_at_one_address_are_settled_on_the_page(field: Field, browser: Browser) -> None:
    for name in ("Birinci Hane", "İkinci Hane"):
        _plan_twice(field, name)
    with a_visitor(browser, _office(field), theme="dark", window=DESKTOP) as page:
        sign_in(page, _office(field), "koordinator", start="/kampanyalar/iki-ekip")
        settle(page)
        for window in (DESKTOP, TABLET):
            page.set_viewport_size({"width": window[0], "height": window[1]})
            assert serious_findings(page) == []
        row = page.get_by_role("listitem").filter(has_text="Birinci Hane")
        row.get_by_role("button", name="Bu kalsın, öbürünü iptal et: 2. Ekip, Birinci Hane").click()
        expect(row).to_have_count(0)
        page.get_by_role("button", name="İkisi de kalsın: İkinci Hane").click()
        expect(page.get_by_text("Bir adrese iki ekip gönderilmiyor.")).to_be_visible()


def _see_to_visits(field: Field) -> None:
    """Do what the server does every minute, where it was not quicker."""
    at = datetime.now(ISTANBUL)
    with field.wiring.database.writing() as session:
        feed = FeedChanges()
        follow_up_visits(session, feed, at)
        write_feed(session, feed, at)


def test_what_wants_a_decision_is_listed_and_decided(field: Field, browser: Browser) -> None:
    overdue = (_today() + timedelta(days=1)).isoformat()
    _plan(field, "Geç Kalan", _today() + timedelta(days=2), son_gun=overdue)
    _plan(field, "Günsüz Hane", _today(), durum="ertelendi")
    _see_to_visits(field)
    with a_visitor(browser, _office(field), window=TABLET) as page:
        sign_in(page, _office(field), "koordinator", start="/ziyaret-listeleri/karar-bekleyenler")
        expect(page.get_by_role("row").filter(has_text="Geç Kalan")).to_contain_text("Son gününden sonraya planlı")
        expect(page.get_by_role("row").filter(has_text="Günsüz Hane")).to_contain_text("Ertelendi, günü söylenmedi")
        assert serious_findings(page) == []
        page.get_by_role("button", name="Karar ver: Günsüz Hane").click()
        dialog = page.get_by_role("dialog")
        assert serious_findings(page) == []
        dialog.get_by_role("button", name="Yeniden gidilsin").click()
        expect(page.get_by_role("row").filter(has_text="Günsüz Hane")).to_have_count(0)
        expect(page.get_by_role("row").filter(has_text="Geç Kalan")).to_be_visible()


def test_what_a_leave_strands_is_moved_with_one_button_and_taken_back_with_another(
    field: Field, browser: Browser
) -> None:
    # The next Monday to Friday, so that the other team works.
    day = _today() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    visit, other = _plan(field, "Ekipsiz Hane", day), _plan(field, "Sözlü Hane", day)
    with a_visitor(browser, _office(field), window=DESKTOP) as page:
        sign_in(page, _office(field), "koordinator", start="/ekipler")
        page.get_by_label("Kim").select_option(label="Bütün ekip: 1. Ekip")
        for label in ("İlk gün", "Son gün"):
            page.get_by_label(label, exact=True).fill(f"{day:%d.%m.%Y}")
        page.get_by_role("button", name="İzin yaz").click()
        expect(page.get_by_text("2 ziyaretin ekibi yok")).to_be_visible()
        page.get_by_role("button", name="O gün çalışan ekiplere dağıt").click()
        expect(page.get_by_role("listitem").filter(has_text="Ekipsiz Hane")).to_contain_text("2. Ekip")
        assert serious_findings(page) == []
        # Meanwhile somebody makes the other team's visit a promise.
        _promise(field, other)
        page.get_by_role("button", name="Taşımayı geri al").click()
        expect(page.get_by_text("1 ziyaret eski gününe ve ekibine döndü")).to_be_visible()
        expect(page.get_by_role("listitem").filter(has_text="Sözlü Hane")).to_contain_text("önce aileyle konuşun")
        assert serious_findings(page) == []
    with field.wiring.database.reading() as session:
        assert session.get_one(VisitAssignment, visit.assignment).team_id == field.place.team
