"""Somebody else changes a day while a coordinator plans it: what changed is shown, and merged team by team."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.office_visitor import DemoServer, a_visitor, serious_findings, sign_in

pytestmark = pytest.mark.browser


def test_a_plan_is_merged_with_what_changed_meanwhile(browser: Browser, demo_server: DemoServer) -> None:
    today = datetime.now(UTC)
    monday = (today + timedelta(days=7 * 11 - today.weekday())).date()
    desk = OfficeDesk(demo_server.url, demo_server.password)
    first, second = desk.read("/v1/reference")["teams"][:2]
    names = desk.plan_visits(monday, 3)
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start=f"/ziyaret-listeleri/gunun-plani?day={monday}")
        page.get_by_role("button", name="Hiçbirini seçme").click()
        for team in (first, second):
            page.get_by_role("checkbox", name=team["name"], exact=True).check()
        page.get_by_role("button", name="Planla", exact=True).click()
        expect(page.get_by_text("3 ziyaret yerleşti")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("yol katsayısı")).not_to_have_count(0)

        desk.move_visit(names[0], monday, second["id"])
        page.get_by_role("button", name="Planı uygula").click()
        page.get_by_role("button", name="Değişiklikleri gör ve birleştir").click()
        dialog = page.get_by_role("dialog", name="İki planı birleştir")
        changed = dialog.get_by_role("listitem").filter(has_text=names[0])
        expect(changed).to_contain_text("Yeri değişti")
        expect(changed).to_contain_text(second["name"])
        assert serious_findings(page) == []
        dialog.get_by_role("group", name=f"{second['name']} için").get_by_label("Şimdiki sıra kalsın").check()
        dialog.get_by_role("button", name="Birleştir ve planla").click()
        stops = page.get_by_role("region", name=second["name"]).locator("li.stop")
        expect(stops.filter(has_text=names[0])).to_be_visible(timeout=60_000)
        page.get_by_role("button", name="Planı uygula").click()
        expect(page.get_by_text("Plan uygulandı: 3 ziyaret güncellendi.")).to_be_visible()
