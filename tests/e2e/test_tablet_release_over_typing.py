"""A newer release comes over what is being typed: the older window keeps it, says so and is quiet."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from api.wiring import Wiring
from tests.e2e.form_worker import FormWorker
from tests.e2e.office_visitor import serious_findings, wait_until
from tests.e2e.releases import make_release
from tests.e2e.short_visits import do_visit
from tests.e2e.tablet_in_the_field import PIN, Field, set_up, sign_in
from tests.e2e.test_tablet_releases import (
    DONE,
    IS_WAITING,
    assert_sent_once,
    begin_second,
    end_idle_workers,
    finish_second,
    install,
)

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

_LONGEST_S = 60
# A little longer than the page takes to say again that the newer release is to take over.
_ASKED_AGAIN_MS = 3_500
_HAS_REASON = """(async () => {
  const opening = indexedDB.open('saha')
  const db = await new Promise((done) => { opening.onsuccess = () => done(opening.result) })
  const asking = db.transaction('facts').objectStore('facts').getAllKeys()
  const names = await new Promise((done) => { asking.onsuccess = () => done(asking.result) })
  db.close()
  return names.some((name) => name.startsWith('reason/'))
})()"""


def test_a_release_that_comes_over_an_open_form_keeps_its_last_word(
    field: Field, wiring: Wiring, tmp_path: Path
) -> None:
    with field.browser_open() as page:
        install(field, page, wiring)
        page.context.set_offline(True)
        do_visit(page, DONE)
        page.context.set_offline(False)
        page.context.route("**/v1/sync/push", lambda route: route.abort())
        field.serve_release(make_release(tmp_path / "newer", version="9.0.0", layout=3))
        begin_second(page, "Gül Sk.")
        other = page.context.new_page()
        other.goto(field.url)
        wait_until(other, IS_WAITING)
        FormWorker(page).write("yeni_adres", "Gül Sk. 5")
        end = time.monotonic() + _LONGEST_S
        # Who opens the page of the PIN takes the newer release, and with it the database.
        other.reload()
        told = page.get_by_role("dialog").filter(has_text="Uygulama yenilendi")
        # Whatever begins in the meantime wakes the older worker once more.
        while not told.is_visible():
            assert time.monotonic() < end, "the newer release never took over"
            end_idle_workers(other)
            page.wait_for_timeout(_ASKED_AGAIN_MS)
        expect(told).to_contain_text("Yazdıklarınız kaydedildi")
        assert serious_findings(page) == []
        page.keyboard.press("Escape")
        expect(told).to_be_visible()
        told.get_by_role("button", name="Şimdi yenile").click()
        expect(page.get_by_role("heading", name="Kim çalışıyor?")).to_be_visible()
        page.context.unroute("**/v1/sync/push")
        sign_in(other, "Saha", PIN)
        finish_second(other, "Gül Sk. 5")
    assert_sent_once(wiring, "9.0.0")


def test_an_own_reason_is_there_after_the_window_was_closed_in_the_middle_and_goes_with_the_visit(field: Field) -> None:
    first, second = field.plan("Ali Veli", 1), field.plan("Ayşe Veli", 2)
    with field.browser_open() as page:
        set_up(field, page)
        page.context.set_offline(True)
        _ask_why(page, "Ali Veli", "Tekrar gelinecek").fill("Kapıda köpek var")
        # Until it is stored; nothing on the page tells of that.
        wait_until(page, _HAS_REASON)
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        page.context.set_offline(True)
        expect(_ask_why(page, "Ayşe Veli", "Evde yok")).to_have_value("")
        page.get_by_role("button", name="Kapat", exact=True).click()
        expect(_ask_why(page, "Ali Veli", "Evde yok")).to_have_value("Kapıda köpek var")
        page.get_by_role("button", name="Bu nedenle kaydet").click()
        expect(page.get_by_role("link", name="Ali Veli")).to_have_count(0)
        wait_until(page, f"{_HAS_REASON}.then((has) => !has)")
        page.context.set_offline(False)
        field.wait_for_status(first.assignment, ("evde_yok", 1))
    assert field.status_of(second.assignment)[0] == "planli"


def _ask_why(page: Page, name: str, fate: str) -> Locator:
    """Open the sheet of a visit that did not take place; returns the field of the own reason."""
    page.get_by_role("group", name=f"{name}: ziyaret yapılamadıysa").get_by_role("button", name=fate).click()
    return page.get_by_role("dialog").get_by_label("Başka bir neden")
