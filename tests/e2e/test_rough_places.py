"""A household known by its street alone: another sign on both maps and words beside it, until the first visit."""

from datetime import UTC, datetime, time

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from api.wiring import Wiring
from foundation.clock import ISTANBUL
from teams.tables import TeamShift
from tests.builders import a_submission
from tests.e2e.office_visitor import Office, a_visitor, serious_findings
from tests.e2e.office_visitor import sign_in as sign_in_at_the_office
from tests.e2e.tablet_in_the_field import NAME, Field, open_place, send_now, set_up
from tests.fixtures.municipality import PASSWORD, version_of
from tests.integration.intake.posts import send
from tests.integration.push.test_household_history import done
from tests.planned_visits import PlannedVisit
from visits.duplicate_sweep import sweep_changed_targets
from visits.tables import VisitTarget

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

STREET, WAY = "Yaklaşık: sokak düzeyinde", "yaklaşık 300 m kuzeydoğu"


def _plan_roughly(field: Field, wiring: Wiring) -> PlannedVisit:
    """Plan a visit to somebody in a street in which one neighbour has a point."""
    visit = field.plan(NAME, 1, geometry="", adres="Lale Sk. 3")
    field.plan("Komşu Öz", 2, geometry="41.0041 29.2051 0 8", adres="Lale Sokak 7")
    with wiring.database.writing() as session:
        session.add_all(
            TeamShift(team_id=field.place.team, weekday=day, starts=time(8), ends=time(20), lunch_minutes=0)
            for day in range(7)
        )
        session.get_one(VisitTarget, visit.target).mahalle_id = field.place.akpinar
    with wiring.database.writing() as session:
        sweep_changed_targets(session, datetime.now(UTC))
    return visit


def _show_map(page: Page, way: str) -> None:
    page.get_by_role("group", name="Görünüm").get_by_role("button", name=way).click()


def test_a_tablet_says_that_a_place_is_rough_until_the_first_visit(field: Field, wiring: Wiring) -> None:
    visit = _plan_roughly(field, wiring)
    with field.browser_open() as page:
        set_up(field, page)
        card = page.get_by_role("article").filter(has_text=NAME)
        expect(card).to_contain_text(STREET)
        expect(card).to_contain_text(WAY)
        expect(page.get_by_role("article").filter(has_text="Komşu Öz")).not_to_contain_text("aklaşık")
        _show_map(page, "Harita")
        expect(page.locator(".today-map .visit-number.rough")).to_have_attribute("title", f"{NAME} · {STREET}")
        expect(page.locator(".today-map .visit-number:not(.rough)")).to_have_attribute("title", "Komşu Öz")
        expect(page.get_by_text("Kesikli işaret")).to_be_visible()
        assert serious_findings(page) == []
        page.locator(".today-map .visit-number.rough").click()
        expect(page.get_by_text(f"{STREET}. İlk ziyaretin konumu")).to_be_visible()
        assert serious_findings(page) == []
        end = datetime.now(ISTANBUL).isoformat(timespec="milliseconds")
        form = a_submission(
            version=version_of("hane"), point="41.0040 29.2049 0 9", end=end, more=done(visit.assignment)
        )
        with httpx.Client(base_url=field.server_url) as collect:
            assert send(collect, form).status_code == 201
        send_now(page)
        open_place(page, "Ara")
        page.get_by_label("Ad, telefon ya da adres").fill(NAME)
        page.get_by_role("link", name=NAME).click()
        expect(page.get_by_text("kuzeydoğu")).to_be_visible()
        expect(page.get_by_text("aklaşık")).to_have_count(0)


def test_the_plan_of_the_day_marks_a_rough_place(field: Field, wiring: Wiring, browser: Browser) -> None:
    _plan_roughly(field, wiring)
    office = Office(field.server_url, PASSWORD)
    with a_visitor(browser, office) as page:
        sign_in_at_the_office(page, office, "koordinator", start="/ziyaret-listeleri/gunun-plani")
        page.get_by_role("button", name="Planla", exact=True).click()
        expect(page.get_by_role("heading", name="Ekiplerin günü")).to_be_visible(timeout=60_000)
        expect(page.locator(".plan-map .plan-stop.rough")).to_have_count(1)
        expect(page.locator(".plan-map .plan-stop:not(.rough)")).to_have_count(1)
        expect(page.locator("li.stop").filter(has_text=NAME)).to_contain_text(STREET)
        expect(page.locator("li.stop").filter(has_text="Komşu Öz")).not_to_contain_text("aklaşık")
        expect(page.get_by_text("Kesikli işaret")).to_be_visible()
        assert serious_findings(page) == []
