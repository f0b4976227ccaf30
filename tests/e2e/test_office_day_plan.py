"""The plan of a day at the coordinator's page: worked out, visits moved with and without a mouse, printed, adopted."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.office_visitor import PHONE, DemoServer, a_visitor, serious_findings, sign_in

pytestmark = pytest.mark.browser


def _moved(page: Page, team: str, name: str) -> Locator:
    stops = page.get_by_role("region", name=team).locator("li.stop")
    return stops.filter(has_text=name).filter(has_text="Elle taşındı")


def test_a_day_is_planned_corrected_and_adopted(browser: Browser, demo_server: DemoServer) -> None:
    today = datetime.now(UTC)
    monday = (today + timedelta(days=7 * 9 - today.weekday())).date()
    desk = OfficeDesk(demo_server.url, demo_server.password)
    first, second = (team["name"] for team in desk.read("/v1/reference")["teams"][:2])
    names = desk.plan_visits(monday, 4)
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start=f"/ziyaret-listeleri/gunun-plani?day={monday}")
        page.get_by_role("button", name="Hiçbirini seçme").click()
        page.get_by_role("button", name="Planla", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("en az bir ekip")
        page.get_by_role("checkbox", name=first, exact=True).check()
        page.get_by_role("checkbox", name=second, exact=True).check()
        page.get_by_role("checkbox", name="İşi ekiplere dengeli paylaştır").uncheck()
        page.get_by_role("button", name="Planla", exact=True).click()
        expect(page.get_by_role("heading", name="Ekiplerin günü")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("4 ziyaret yerleşti")).to_be_visible()
        expect(page.locator(".plan-map .plan-stop")).to_have_count(4)
        assert serious_findings(page) == []

        # Without a mouse: a stop's button opens a dialog that the keyboard alone walks through.
        for team in (second, first):
            page.get_by_role("button", name=f"{names[0]} ziyaretini taşı").press("Enter")
            page.get_by_role("dialog").get_by_label("Ekip").select_option(label=team)
            page.get_by_role("button", name="Taşı ve yeniden planla").press("Enter")
            expect(_moved(page, team, names[0])).to_be_visible(timeout=60_000)
        # And with one: a stop dragged behind that one.
        target = _moved(page, first, names[0])
        page.locator("li.stop").filter(has_text=names[1]).drag_to(target)
        expect(_moved(page, first, names[1])).to_be_visible(timeout=60_000)

        with page.expect_download() as downloading:
            page.get_by_role("region", name=first).get_by_role("link", name="Yazdır (PDF)").click()
        assert downloading.value.path().read_bytes().startswith(b"%PDF-")
        page.get_by_role("button", name="Planı uygula").click()
        expect(page.get_by_text("Plan uygulandı: 4 ziyaret güncellendi.")).to_be_visible()
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
