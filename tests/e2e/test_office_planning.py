"""A coordinator opens a campaign, gives a team its week, and watches how the day goes; axe-core looks at each page."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.office_visitor import PHONE, TABLET, DemoServer, a_visitor, open_page, serious_findings, settle, sign_in

pytestmark = pytest.mark.browser


def test_a_campaign_is_opened_from_the_page_and_finished(browser: Browser, demo_server: DemoServer) -> None:
    name = f"Deneme kampanyası {uuid4().hex[:6]}"
    last = (datetime.now(UTC) + timedelta(days=30)).date()
    with a_visitor(browser, demo_server, window=TABLET) as page:
        sign_in(page, demo_server, "koordinator", start="/kampanyalar")
        page.get_by_role("button", name="Kampanya aç").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Kampanyanın adı").fill(name)
        dialog.get_by_label("Kimler ziyaret edilecek").select_option("esnaf")
        dialog.get_by_label("Ziyaret türü").select_option("esnaf")
        dialog.get_by_label("Son gün", exact=True).fill(f"{last:%d.%m.%Y}")
        dialog.get_by_label("Hedef sayı").fill("6")
        dialog.get_by_role("button", name="Kaydet").click()
        # Without a team it is refused in words, and what was typed stays.
        expect(dialog.get_by_role("alert")).to_contain_text("En az bir ekip seçin")
        dialog.get_by_role("group", name="Ekipler").get_by_role("checkbox").first.check()
        assert serious_findings(page) == []
        dialog.get_by_role("button", name="Kaydet").click()
        expect(page.get_by_text("6 ziyaret planlandı.", exact=True)).to_be_visible()
        row = page.get_by_role("row").filter(has_text=name)
        expect(row).to_contain_text("0 / 6 yapıldı · 6 planlı")
        page.get_by_role("button", name=f"Bitir: {name}").click()
        page.get_by_role("dialog").get_by_role("button", name="Bitir", exact=True).click()
        expect(row).to_contain_text("Bitti")
        assert serious_findings(page) == []


def test_teams_and_their_day_are_seen_on_every_screen(browser: Browser, demo_server: DemoServer) -> None:
    with a_visitor(browser, demo_server, theme="dark", window=PHONE) as page:
        sign_in(page, demo_server, "koordinator", start="/ekipler")
        expect(page.get_by_text(re.compile("Cum 09:00-17:00")).first).to_be_visible()
        page.get_by_role("button", name=re.compile("Düzenle: 1. Ekip")).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Pazar", exact=True).check()
        dialog.get_by_label("Pazar, Başlar").fill("10:00")
        assert serious_findings(page) == []
        dialog.get_by_role("button", name="Kaydet").click()
        expect(page.get_by_text(re.compile("Paz 10:00")).first).to_be_visible()
        for path in ("/ekipler/canli", "/kampanyalar/iki-ekip"):
            open_page(page, path)
            settle(page)
            assert serious_findings(page) == []
            page.set_viewport_size({"width": 360, "height": 740})
            assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def test_a_team_rests_in_hours_of_its_own(browser: Browser, demo_server: DemoServer) -> None:
    today = datetime.now(UTC)
    thursday = (today + timedelta(days=7 * 8 - today.weekday() + 3)).date()
    desk = OfficeDesk(demo_server.url, demo_server.password)
    first = desk.read("/v1/reference")["teams"][0]["name"]
    desk.plan_visits(thursday, 2, promised=("10:00", "15:00"))
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ekipler")
        page.get_by_role("button", name=f"Düzenle: {first}").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("Saatleri boş bırakılan ekip 12.00-13.00 arasında başlar.")).to_be_visible()
        lunch = "Perşembe, Öğle arası (dakika)"
        for field, value in (
            (lunch, "30"),
            (f"{lunch}, En erken", "13:45"),
            (f"{lunch}, En geç", "14:15"),
        ):
            dialog.get_by_label(field, exact=True).fill(value)
        assert serious_findings(page) == []
        dialog.get_by_role("button", name="Kaydet").click()
        expect(dialog).to_be_hidden()
        open_page(page, f"/ziyaret-listeleri/gunun-plani?day={thursday}")
        page.get_by_role("button", name="Hiçbirini seçme").click()
        page.get_by_role("checkbox", name=first, exact=True).check()
        page.get_by_role("button", name="Planla", exact=True).click()
        expect(page.get_by_text("Öğle arası 13:45–14:15")).to_be_visible(timeout=60_000)


def test_a_day_off_that_the_governor_gave_is_noted_shown_and_cancelled(
    browser: Browser, demo_server: DemoServer
) -> None:
    today = datetime.now(UTC)
    tuesday = (today + timedelta(days=7 * 7 - today.weekday() + 1)).date()
    with a_visitor(browser, demo_server, window=TABLET) as page:
        sign_in(page, demo_server, "koordinator", start="/ekipler")
        days = page.get_by_role("region", name="Çalışılmayan günler")
        days.get_by_label("Tatilin nedeni").fill("İdari izin: kar")
        days.get_by_label("Tatilin ilk günü", exact=True).fill(f"{tuesday:%d.%m.%Y}")
        days.get_by_label("Tatilin ilk günü", exact=True).press("Tab")
        expect(days.get_by_label("Tatilin son günü", exact=True)).to_have_value(f"{tuesday:%d.%m.%Y}")
        days.get_by_label("Yarım gün").check()
        days.get_by_role("button", name="Tatil yaz").click()
        expect(days.get_by_text("Yazıldı. Bu günlere planlanmış ziyaret yok.")).to_be_visible()
        row = days.get_by_role("listitem").filter(has_text="İdari izin: kar")
        expect(row).to_contain_text("(13.00’ten sonra)")
        # Noted twice is said, and what was typed stays.
        days.get_by_label("Tatilin nedeni").fill("Yine kar")
        days.get_by_role("button", name="Tatil yaz").click()
        expect(days.get_by_role("alert")).to_contain_text("zaten bir tatil yazılmış")
        assert serious_findings(page) == []
        row.get_by_role("button", name=re.compile("İptal et: .*İdari izin: kar")).click()
        expect(row).to_have_count(0)
        page.set_viewport_size({"width": 360, "height": 740})
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
