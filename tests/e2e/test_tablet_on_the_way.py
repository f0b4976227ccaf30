"""One tap says that a team is on its way; where it is it tells only while the worker agrees."""

from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from api.wiring import Wiring
from foundation.clock import ISTANBUL
from teams.days_off import is_half_day, is_holiday
from teams.tables import TeamPosition, TeamShift, User
from tests.e2e.office_visitor import serious_findings
from tests.e2e.tablet_in_the_field import NAME, PIN, Field, open_place, send_now, set_up, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def _shares(wiring: Wiring) -> tuple[bool, int]:
    with wiring.database.reading() as session:
        agreed = session.scalars(select(User.position_consent_at).where(User.username == "saha")).one()
        return agreed is not None, session.scalar(select(func.count()).select_from(TeamPosition)) or 0


def _switch(page: Page, *, on: bool) -> None:
    page.get_by_role("link", name="Saha").click()
    page.get_by_label("Vardiyamda konumum görülsün").set_checked(on)
    expect(page.get_by_text(f"Konumunuz {'paylaşılıyor' if on else 'paylaşılmıyor'}", exact=True).last).to_be_visible()
    send_now(page)


def test_a_tap_says_on_the_way_and_a_switch_says_where(field: Field, wiring: Wiring) -> None:
    visit = field.plan(NAME, 1, fields={"saatler": "17:00-19:00", "aciklama": "Zil çalışmıyor", "oncelik": "1"})
    _work_around_the_clock(wiring, field)
    with field.browser_open() as page:
        set_up(field, page)
        card = page.get_by_role("article").filter(has_text=NAME)
        for words in ("Acil", "uygun: 17:00-19:00", "Zil çalışmıyor"):
            expect(card).to_contain_text(words)
        card.get_by_role("button", name="Yola çıktım").click()
        # It stays in the list, as the one that is under way.
        expect(card.get_by_text("Yolda", exact=True)).to_be_visible()
        send_now(page)
        field.wait_for_status(visit.assignment, ("yolda", 1))
        assert _shares(wiring) == (False, 0)
        _switch(page, on=True)
        assert _shares(wiring)[0]
        # The first position may come a moment after the switch; it goes with the next round.
        for _ in range(20 if _is_working_time() else 1):
            send_now(page)
            if _shares(wiring)[1]:
                break
        assert _shares(wiring) == (True, int(_is_working_time()))
        open_place(page, "Bugün")
        _switch(page, on=False)
        assert _shares(wiring) == (False, 0)


_AGREED_TO_THE_FIRST_NOTICE = """new Promise((done) => {
  const opening = indexedDB.open('saha')
  opening.onsuccess = () => {
    const saha = opening.result
    const transaction = saha.transaction('workers', 'readwrite')
    const workers = transaction.objectStore('workers')
    const all = workers.getAll()
    all.onsuccess = () => all.result.forEach(({ noticeAgreed, ...worker }) => workers.put(worker))
    transaction.oncomplete = () => { saha.close(); done(true) }
  }
})"""


def _notice(wiring: Wiring) -> int:
    with wiring.database.reading() as session:
        return session.scalars(select(User.position_notice).where(User.username == "saha")).one()


def test_who_agreed_to_an_earlier_notice_is_asked_again_and_works_on_meanwhile(field: Field, wiring: Wiring) -> None:
    visit = field.plan(NAME, 1)
    _work_around_the_clock(wiring, field)
    with field.browser_open() as page:
        set_up(field, page)
        asked = page.get_by_role("region", name="Konum paylaşımı: metin değişti")
        expect(asked).to_have_count(0)
        _switch(page, on=True)
        assert _notice(wiring) == 2
        # As a tablet stands whose worker agreed before the notice had versions.
        page.evaluate(_AGREED_TO_THE_FIRST_NOTICE)
        with wiring.database.writing() as session:
            session.query(User).update({"position_notice": 1})
        page.reload()
        sign_in(page, "Saha", PIN)
        expect(asked).to_contain_text("yolların ne kadar sürdüğü de konumlardan hesaplanır")
        assert serious_findings(page) == []
        page.get_by_role("article").filter(has_text=NAME).get_by_role("button", name="Yola çıktım").click()
        send_now(page)
        field.wait_for_status(visit.assignment, ("yolda", 1))
        assert (_shares(wiring)[0], _notice(wiring)) == (True, 1)
        open_place(page, "Bugün")
        asked.get_by_role("button", name="Kabul ediyorum").click()
        expect(asked).to_have_count(0)
        send_now(page)
        assert (_shares(wiring)[0], _notice(wiring)) == (True, 2)


_COUNT_WATCHES = """(() => {
  window.watches = 0
  const { geolocation } = navigator
  const watch = geolocation.watchPosition.bind(geolocation)
  geolocation.watchPosition = (...given) => { window.watches += 1; return watch(...given) }
})()"""


def test_outside_the_shift_the_tablet_does_not_even_ask_where_it_is(field: Field, wiring: Wiring) -> None:
    field.plan(NAME, 1)
    with wiring.database.writing() as session:
        hours = {"starts": time(9), "ends": time(17), "lunch_minutes": 0}
        session.add_all(TeamShift(team_id=field.place.team, weekday=day, **hours) for day in range(7))
    days = (datetime.now(ISTANBUL).date() + timedelta(days=ahead) for ahead in range(14))
    today = next(day for day in days if not is_holiday(day) and not is_half_day(day))
    with field.browser_open() as page:
        page.clock.install(time=datetime.combine(today, time(17, 30), ISTANBUL))
        set_up(field, page)
        page.get_by_role("link", name="Saha").click()
        page.evaluate(_COUNT_WATCHES)
        page.get_by_label("Vardiyamda konumum görülsün").set_checked(True)
        expect(page.get_by_text("Şu anda paylaşılmıyor")).to_be_visible()
        page.clock.run_for(60_000)
        assert page.evaluate("window.watches") == 0
        assert page.locator("header .shares").count() == 0
        # The shift begins by itself and shows while it lasts; it ends by itself, too.
        page.clock.set_system_time(datetime.combine(today, time(9, 1), ISTANBUL))
        page.clock.run_for(60_000)
        expect(page.locator("header .shares")).to_be_visible()
        assert page.evaluate("window.watches") == 1
        page.clock.set_system_time(datetime.combine(today, time(17, 1), ISTANBUL))
        page.clock.run_for(60_000)
        expect(page.locator("header .shares")).to_have_count(0)
        expect(page.get_by_text("Şu anda paylaşılmıyor")).to_be_visible()


def _is_working_time() -> bool:
    """Whether the day this runs on is none of those on which nobody is asked where they are."""
    now = datetime.now(ISTANBUL)
    return not is_holiday(now.date()) and (now.hour < 12 or not is_half_day(now.date()))


def _work_around_the_clock(wiring: Wiring, field: Field) -> None:
    """Give the team a shift that the test surely runs in."""
    with wiring.database.writing() as session:
        session.add_all(
            TeamShift(team_id=field.place.team, weekday=day, starts=time(0), ends=time(23, 59, 59), lunch_minutes=0)
            for day in range(7)
        )
