"""Who asked not to be visited again: said at the door, shown at once, decided by the rules for conflicts."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import Submission
from sync.tables import EntityConflict
from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.form_worker import FormWorker
from tests.e2e.office_visitor import serious_findings
from tests.e2e.short_visits import publish_form_of_results
from tests.e2e.tablet_in_the_field import NAME, Field, open_place, set_up
from tests.e2e.test_tablet_new_households import search, send_all, wait_for_forms
from tests.fixtures.municipality import PASSWORD
from visits.tables import VisitAssignment, VisitTarget

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def say_never_again(page: Page, name: str) -> None:
    open_place(page, "Bugün")
    group = page.get_by_role("group", name=f"{name}: ziyaret yapılamadıysa")
    group.get_by_role("button", name="Görüşmek istemedi").click()
    page.get_by_role("dialog").get_by_role("button", name="Bir daha gelinmesini istemedi").click()
    expect(page.get_by_role("button", name="Geri al")).to_be_visible()


def test_who_asked_not_to_be_visited_is_visited_only_after_asking_again(field: Field, wiring: Wiring) -> None:
    visit = field.plan(NAME, tur="hane")
    with field.browser_open() as page:
        set_up(field, page)
        wait_for_forms(page)
        page.context.set_offline(True)
        say_never_again(page, NAME)
        page.get_by_role("button", name="Geri al").click()
        expect(page.get_by_role("link", name=NAME)).to_be_visible()
        expect(page.get_by_text("Ziyaret edilmesin")).to_have_count(0)
        open_place(page, "Giden kutusu")
        expect(page.locator("main").get_by_role("listitem")).to_have_count(0)
        say_never_again(page, NAME)
        search(page, NAME)
        page.get_by_role("link", name=NAME).click()
        expect(page.get_by_text("Ziyaret edilmesin", exact=True)).to_be_visible()
        page.get_by_role("button", name="Ziyaret başlat").click()
        page.get_by_role("dialog").get_by_role("button", name="Vazgeç").click()
        expect(page.get_by_role("heading", name=NAME)).to_be_visible()
        page.get_by_role("button", name="Hane ziyareti").click()
        page.get_by_role("dialog").get_by_role("button", name="Yine de forma başla").click()
        expect(page.locator(".screen")).to_contain_text("Ziyaret edilmek istemediğini bildirmiş")
        page.get_by_role("button", name="Kapat").click()
        page.context.set_offline(False)
        send_all(page)
    with wiring.database.reading() as session:
        target, assignment = (
            session.get_one(VisitTarget, visit.target),
            session.get_one(VisitAssignment, visit.assignment),
        )
    assert (target.fields["ziyaret_edilmesin"], target.version) == ("evet", 2)
    assert (assignment.status, assignment.fields["neden"]) == ("istemedi", "Bir daha gelinmesini istemedi")


def test_a_form_about_who_declined_asks_whether_anybody_may_come_again(field: Field, wiring: Wiring) -> None:
    publish_form_of_results(wiring)
    asked, kept = field.plan(NAME, 1, tur="hane"), field.plan("Ali Veli", 2, tur="hane")
    with field.browser_open() as page:
        set_up(field, page)
        wait_for_forms(page)
        open_place(page, "Bugün")
        page.context.set_offline(True)
        for name, answer in ((NAME, "Evet, bir daha gelinmesin"), ("Ali Veli", "Hayır, başka gün gelinebilir")):
            open_place(page, "Bugün")
            page.get_by_role("article").filter(has_text=name).get_by_role("link", name="Forma başla").click()
            worker = FormWorker(page)
            worker.choose("sonuc", "İstemedi")
            worker.go_on()
            page.get_by_role("button", name="Formu bitir").click()
            assert serious_findings(page) == []
            page.get_by_role("dialog").get_by_role("button", name="Kapat").click()
            page.get_by_role("button", name="Formu bitir").click()
            page.get_by_role("dialog").filter(has_text=name).get_by_role("button", name=answer).click()
            expect(page.get_by_role("heading", name="Giden kutusu")).to_be_visible()
        expect(page.get_by_role("listitem").filter(has_text="Ziyaret edilmesin")).to_have_count(1)
        page.context.set_offline(False)
        send_all(page)
    with wiring.database.reading() as session:
        assert session.get_one(VisitTarget, asked.target).fields.get("ziyaret_edilmesin") == "evet"
        assert "ziyaret_edilmesin" not in session.get_one(VisitTarget, kept.target).fields
        assert session.get_one(VisitAssignment, asked.assignment).status == "istemedi"
        assert len(session.scalars(select(Submission)).all()) == 2


def test_a_household_that_others_changed_meanwhile_is_left_to_a_coordinator(field: Field, wiring: Wiring) -> None:
    visit = field.plan(NAME, tur="hane")
    with field.browser_open() as page:
        set_up(field, page)
        expect(page.get_by_role("link", name=NAME)).to_be_visible()
        page.context.set_offline(True)
        say_never_again(page, NAME)
        other = OfficeDesk(field.url.removesuffix("/tablet/"), PASSWORD).enrol("Öteki", str(field.place.team))
        assert other.change(other.a_target(), {"adres": "Lale Sk. 5"})["status"] == "applied"
        page.context.set_offline(False)
        send_all(page)
        expect(page.get_by_text("hangisinin doğru olduğunu koordinatör seçecek")).to_be_visible()
    with wiring.database.reading() as session:
        target = session.get_one(VisitTarget, visit.target)
        [conflict] = session.scalars(select(EntityConflict))
    assert (conflict.field, conflict.other_value, "ziyaret_edilmesin" in target.fields) == (
        "ziyaret_edilmesin",
        "evet",
        False,
    )
