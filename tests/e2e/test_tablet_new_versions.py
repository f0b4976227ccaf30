"""Newer versions of a form come while a visit is half written down: it is gone on with as it was begun."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import Submission
from tests.e2e.form_worker import FormWorker
from tests.e2e.short_visits import VERSION, publish_short_form
from tests.e2e.tablet_in_the_field import NAME, PIN, Field, open_place, set_up_with_forms, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def take_new_version(page: Page, wiring: Wiring, version: str) -> None:
    """Publish a version, and have the tablet come for it."""
    publish_short_form(wiring, version)
    # The server looks for a newer package every two seconds.
    page.wait_for_timeout(2_500)
    with page.expect_response("**/v1/sync/package"):
        page.get_by_role("button", name="Şimdi gönder").click()
    expect(page.get_by_role("button", name="Şimdi gönder")).to_be_enabled()


def test_a_draft_is_finished_in_the_version_it_was_begun_in(field: Field, wiring: Wiring) -> None:
    publish_short_form(wiring)
    field.plan(NAME, tur="hane")
    with field.browser_open() as page:
        set_up_with_forms(field, page)
        page.get_by_role("article").get_by_role("link", name="Forma başla").click()
        FormWorker(page).write("yeni_adres", "Gül Sk. 5")
        page.get_by_role("button", name="Kapat, taslak kalsın").click()
        open_place(page, "Giden kutusu")
        # Two, because the package before the present one stays anyway.
        take_new_version(page, wiring, "2099010102")
        take_new_version(page, wiring, "2099010103")
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        page.get_by_role("region", name="Yarım kalan formlar").get_by_role("link", name="Devam et").click()
        worker = FormWorker(page)
        expect(worker.question("yeni_adres").locator("input, textarea")).to_have_value("Gül Sk. 5")
        worker.choose("sonuc", "Evde yok")
        worker.take_point("konum")
        worker.go_on()
        worker.choose("kategori", "Yol ve kaldırım")
        worker.write("aciklama", "Çukur")
        worker.go_on()
        page.get_by_role("button", name="Formu bitir").click()
        expect(page.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("Merkezde")
    with wiring.database.reading() as session:
        assert [one.form_version for one in session.scalars(select(Submission))] == [VERSION]
