"""A household made in the morning is chosen in the afternoon, before anything has been sent."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import Submission
from tests.e2e.form_worker import FormWorker
from tests.e2e.tablet_in_the_field import LABEL, NAME, OTHER_PIN, PIN, Field, open_place, set_pin, set_up, sign_in
from tests.e2e.test_tablet_offline import files_with
from visits.tables import VisitTarget

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
_NOBODY_AT_HOME = {"sonuc": "evde_yok", "tekrar_tarihi": "2100-01-01", "talep_var": "hayir"}


def wait_for_forms(page: Page) -> None:
    """Wait until the forms have come, so that they can be filled without a network."""
    open_place(page, "Ara")
    expect(page.get_by_role("link", name="Hane ziyareti")).to_be_visible()


def search(page: Page, typed: str) -> None:
    open_place(page, "Ara")
    page.get_by_label("Ad, telefon ya da adres").fill(typed)


def add_household(page: Page, name: str) -> None:
    """Look for a household, find nothing, and add it where the tablet is."""
    search(page, name)
    page.get_by_role("link", name="Yeni hane ekle").click()
    expect(page.get_by_label("Adı soyadı")).to_have_value(name)
    page.get_by_label("Adres", exact=True).fill("Lale Sk. 5")
    page.get_by_label("Telefon", exact=True).fill("0532 111 22 33")
    page.get_by_role("button", name="Bulunduğum yeri ekle").click()
    page.get_by_role("button", name="Kaydet").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def fill_form(page: Page, answers: dict[str, str]) -> None:
    """Fill the form that is opening, from its first screen on, and finish it."""
    expect(page.locator(".screen")).to_be_visible()
    FormWorker(page).fill_all(answers)
    page.get_by_role("button", name="Formu bitir").click()


def send_all(page: Page) -> None:
    open_place(page, "Giden kutusu")
    page.get_by_role("button", name="Şimdi gönder").click()
    expect(page.get_by_text("Bekleyen kayıt yok")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Şimdi gönder")).to_be_enabled(timeout=60_000)


def targets_of(wiring: Wiring) -> Sequence[VisitTarget]:
    with wiring.database.reading() as session:
        return session.scalars(select(VisitTarget)).all()


def test_a_household_made_without_a_network_is_found_at_once_and_arrives_once(field: Field, wiring: Wiring) -> None:
    with field.browser_open() as page:
        set_up(field, page)
        wait_for_forms(page)
    field.stop_server()
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        add_household(page, NAME)
        made_at = page.url
        expect(page.get_by_text("Henüz merkeze gitmedi")).to_be_visible()
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        for typed in (NAME, "lale sk", "5321112233"):
            search(page, typed)
            expect(page.get_by_role("link", name=NAME)).to_be_visible()
        page.get_by_role("link", name=NAME).click()
        expect(page).to_have_url(made_at)
        expect(page.get_by_role("link", name="+905321112233")).to_be_visible()
        page.get_by_role("link", name="Hane ziyareti").click()
        fill_form(page, _NOBODY_AT_HOME | {"secilen_hedef": NAME})
        search(page, NAME)
        page.get_by_role("link", name=NAME).click()
        expect(page.get_by_role("listitem").filter(has_text="· Hane ziyareti")).to_contain_text("Tablette")
        field.start_server()
        send_all(page)
        expect(page.get_by_role("listitem").filter(has_text="Yeni kayıt: Hane")).to_contain_text("Merkezde")
        search(page, NAME)
        expect(page.get_by_text("1 kayıt bulundu")).to_be_visible()
        page.get_by_role("link", name=NAME).click()
        expect(page.get_by_role("heading", name=NAME)).to_be_visible()
        expect(page.get_by_text("Henüz merkeze gitmedi")).to_have_count(0)
        expect(page.locator("main")).to_contain_text("Hane ziyareti · Evde kimse yok")
    [target] = targets_of(wiring)
    assert str(target.id) in made_at
    with wiring.database.reading() as session:
        [visit] = session.scalars(select(Submission))
    assert (visit.target_id, visit.flags) == (target.id, "")
    assert target.fields == {
        "tur": "hane", "ad": NAME, "adres": "Lale Sk. 5", "telefon": "+905321112233", "geometry": "41.002 29.203 0 0",
    }  # fmt: skip


def test_what_is_missing_of_a_new_household_is_said_and_a_number_looked_for_is_its_telephone(field: Field) -> None:
    with field.browser_open() as page:
        set_up(field, page)
        search(page, "0532 11")
        page.get_by_role("link", name="Yeni hane ekle").click()
        expect(page.get_by_label("Telefon", exact=True)).to_have_value("0532 11")
        page.get_by_role("button", name="Kaydet").click()
        expect(page.get_by_role("alert")).to_contain_text("adını ya da adresini")
        page.get_by_label("Adı soyadı").fill(NAME)
        page.get_by_role("button", name="Kaydet").click()
        expect(page.get_by_role("alert")).to_contain_text("Telefon 0532 123 45 67 biçiminde")


def test_a_household_stays_while_it_is_typed_and_can_be_taken_back_until_something_is_about_it(
    field: Field, wiring: Wiring
) -> None:
    with field.browser_open() as page:
        set_up(field, page)
        wait_for_forms(page)
        page.context.set_offline(True)
        search(page, NAME)
        page.get_by_role("link", name="Yeni hane ekle").click()
        page.get_by_label("Adres", exact=True).fill("Lale Sk. 5")
        open_place(page, "Bugün")
        expect(page.get_by_role("region", name="Yarım kalan formlar")).to_contain_text(NAME)
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        page.context.set_offline(True)
        half = page.get_by_role("region", name="Yarım kalan formlar").get_by_role("listitem").filter(has_text=NAME)
        half.get_by_role("link", name="Devam et").click()
        expect(page.get_by_label("Adres", exact=True)).to_have_value("Lale Sk. 5")
        page.get_by_role("button", name="Kaydet").click()
        expect(page.get_by_role("heading", name=NAME)).to_be_visible()
        page.get_by_role("button", name="Geri al").click()
        expect(page.get_by_role("heading", name="Ara")).to_be_visible()
        search(page, NAME)
        expect(page.get_by_text("0 kayıt bulundu")).to_be_visible()
        open_place(page, "Bugün")
        expect(page.get_by_role("region", name="Yarım kalan formlar")).to_have_count(0)
        add_household(page, NAME)
        page.get_by_role("link", name="Ziyaret başlat").click()
        expect(page.locator(".screen")).to_be_visible()
        worker = FormWorker(page)
        while worker.question("sonuc").count() == 0:
            worker.go_on()
        worker.choose("sonuc", "Evde kimse yok")
        page.get_by_role("button", name="Kapat, taslak kalsın").click()
        open_place(page, "Giden kutusu")
        expect(page.get_by_role("listitem").filter(has_text="Yeni kayıt: Hane")).to_be_visible()
        expect(page.get_by_role("button", name="Geri al")).to_have_count(0)
        page.context.set_offline(False)
        send_all(page)
    assert [one.fields["ad"] for one in targets_of(wiring)] == [NAME]


def test_a_household_made_by_a_form_is_found_before_it_is_sent_and_is_the_servers(field: Field, wiring: Wiring) -> None:
    answers = {
        "sonuc": "gorusuldu", "aydinlatma_yapildi": "evet", "acik_riza": "evet", "ad_soyad": NAME, "sokak": "Lale Sk.",
        "hedef_ekle": "evet", "anket_kabul": "hayir", "talep_var": "hayir",
    }  # fmt: skip
    with field.browser_open() as page:
        set_up(field, page)
        wait_for_forms(page)
        page.context.set_offline(True)
        page.get_by_role("link", name="Hane ziyareti").click()
        fill_form(page, answers)
        search(page, NAME)
        page.get_by_role("link", name=NAME).click()
        expect(page.get_by_text("Henüz merkeze gitmedi")).to_be_visible()
        expect(page.get_by_text("Lale Sk. 12/A/4")).to_be_visible()
        made_at = page.url
        page.context.set_offline(False)
        send_all(page)
        search(page, NAME)
        expect(page.get_by_text("1 kayıt bulundu")).to_be_visible()
        page.get_by_role("link", name=NAME).click()
        expect(page.get_by_text("Henüz merkeze gitmedi")).to_have_count(0)
        expect(page.locator("main")).to_contain_text("Hane ziyareti · Görüşüldü")
    [target] = targets_of(wiring)
    assert UUID(made_at.rpartition("/")[2]) == target.id
    with wiring.database.reading() as session:
        assert session.scalars(select(Submission.target_id)).all() == [target.id]


def test_a_correction_by_a_form_is_seen_before_it_is_sent(field: Field, wiring: Wiring) -> None:
    visit = field.plan(NAME, 1, tur="hane", telefon="+905321112233")
    answers = {
        "secilen_ziyaret": NAME, "sonuc": "gorusuldu", "aydinlatma_yapildi": "evet", "acik_riza": "evet",
        "duzeltme_var": "evet", "yeni_ad": NAME, "yeni_telefon": "02165554433", "yeni_adres": "Lale Sk. 5",
        "anket_kabul": "hayir", "talep_var": "hayir",
    }  # fmt: skip
    with field.browser_open() as page:
        set_up(field, page)
        wait_for_forms(page)
        page.context.set_offline(True)
        open_place(page, "Bugün")
        page.get_by_role("link", name="Forma başla").click()
        fill_form(page, answers)
        open_place(page, "Bugün")
        expect(page.get_by_text("1 / 1 tamam")).to_be_visible()
        search(page, "lale 5554433")
        page.get_by_role("link", name=NAME).click()
        for words in ("+902165554433", "Lale Sk. 5"):
            expect(page.get_by_text(words)).to_be_visible()
        page.context.set_offline(False)
        send_all(page)
        search(page, "lale 5554433")
        expect(page.get_by_text("1 kayıt bulundu")).to_be_visible()
    [target] = targets_of(wiring)
    assert (target.id, target.version, target.fields["adres"]) == (visit.target, 2, "Lale Sk. 5")


def test_a_visit_nobody_planned_has_its_household_chosen_and_goes_on_where_it_was_left(
    field: Field, wiring: Wiring
) -> None:
    visit = field.plan(NAME, tur="hane", fields={"durum": "yapildi"})
    field.plan("Ali Veli", tur="hane")
    with field.browser_open() as page:
        set_up(field, page)
        wait_for_forms(page)
        page.context.set_offline(True)
        worker = FormWorker(page)
        for times in range(2):
            search(page, NAME)
            page.get_by_role("link", name=NAME).click()
            page.get_by_role("link", name="Ziyaret başlat").click()
            expect(page.locator(".screen")).to_contain_text(NAME)
            # No visit is planned: nothing is asked where there is nothing to choose.
            expect(worker.question("secilen_ziyaret")).to_have_count(0)
            worker.go_on()
            expect(worker.question("secilen_hedef")).to_contain_text(NAME)
            while worker.question("sonuc").count() == 0:
                if times == 0 and worker.question("konum").count():
                    worker.take_point("konum")
                worker.go_on()
            if times == 0:
                worker.choose("sonuc", "Evde kimse yok")
                page.get_by_role("button", name="Kapat").click()
        expect(worker.question("sonuc").get_by_label("Evde kimse yok")).to_be_checked()
        worker.fill_all(_NOBODY_AT_HOME)
        page.get_by_role("button", name="Formu bitir").click()
        open_place(page, "Bugün")
        expect(page.get_by_role("region", name="Yarım kalan formlar")).to_have_count(0)
        page.context.set_offline(False)
        send_all(page)
    with wiring.database.reading() as session:
        [submission] = session.scalars(select(Submission))
    assert (submission.target_id, submission.assignment_id, submission.flags) == (visit.target, None, "")


def test_a_household_made_here_is_found_by_a_colleague_and_by_nobody_of_another_team(field: Field) -> None:
    field.add_colleague("Deniz")
    with field.browser_open() as page:
        set_up(field, page)
        page.context.set_offline(True)
        add_household(page, NAME)
        page.get_by_role("button", name="Çık", exact=True).click()
        page.context.set_offline(False)
        page.context.route("**/v1/sync/push", lambda route: route.abort())
        set_pin(page, "Deniz", OTHER_PIN)
        search(page, NAME)
        expect(page.get_by_role("link", name=NAME)).to_be_visible()
        open_place(page, "Giden kutusu")
        expect(page.locator("main").get_by_role("listitem")).to_have_count(0)
        field.move_tablet(field.place.other_team)
        page.context.unroute("**/v1/sync/push")
        page.get_by_role("button", name="Şimdi gönder").click()
        expect(page.get_by_role("heading", name="Kim çalışıyor?")).to_be_visible()
        page.context.route("**/v1/sync/push", lambda route: route.abort())
        set_pin(page, "Saha2", OTHER_PIN)
        search(page, NAME)
        expect(page.get_by_text("0 kayıt bulundu")).to_be_visible()


def test_the_name_of_a_household_made_here_is_found_in_no_file_of_the_browser(field: Field) -> None:
    with field.browser_open() as page:
        set_up(field, page)
        page.context.set_offline(True)
        add_household(page, NAME)
    assert files_with(field.profile, LABEL)
    for word in NAME.split():
        for spelt in (word, word.lower(), word.replace("Ş", "s").replace("ü", "u")):
            assert files_with(field.profile, spelt) == []
