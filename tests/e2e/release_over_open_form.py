"""A newer release comes over an open form: beside the suite, run by its path.

`python -m pytest tests/e2e/release_over_open_form.py`. It passes on a quiet machine and fails now and then on a loaded
one: while a debugger looks on, Chromium keeps the older service worker awake for as long as anything happens, and the
older window may tell of a database that is closing.
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from api.wiring import Wiring
from tests.e2e.form_worker import FormWorker
from tests.e2e.office_visitor import serious_findings, wait_until
from tests.e2e.releases import make_release
from tests.e2e.short_visits import do_visit
from tests.e2e.tablet_in_the_field import PIN, Field, sign_in
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

_MOST_ENDINGS = 20


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
        # Who opens the page of the PIN takes the newer release, and with it the database.
        other.reload()
        told = page.get_by_role("dialog").filter(has_text="Uygulama yenilendi")
        # Whatever begins in the meantime keeps the older worker awake once more.
        for _ in range(_MOST_ENDINGS):
            if told.is_visible():
                break
            end_idle_workers(other)
            page.wait_for_timeout(1_000)
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
