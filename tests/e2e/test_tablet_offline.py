"""A day without a network: the application starts, the work is done, nothing is lost, and nobody else reads it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.tablet_in_the_field import (
    LABEL,
    NAME,
    OTHER_PIN,
    PIN,
    Field,
    open_place,
    say_not_at_home,
    set_pin,
    set_up,
    sign_in,
    type_new_pin,
)

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def say_not_at_home_offline(field: Field, page: Page) -> None:
    """Set the tablet up and, without a network, say of its planned visit that nobody was at home."""
    set_up(field, page)
    expect(page.get_by_role("link", name=NAME)).to_be_visible(timeout=60_000)
    page.context.set_offline(True)
    say_not_at_home(page, NAME)


def test_work_done_without_a_server_survives_closing_the_browser_and_arrives_once(field: Field) -> None:
    visit = field.plan(NAME, 1)
    field.plan("Ali Veli", 2)
    with field.browser_open() as page:
        set_up(field, page)
        expect(page.get_by_role("link", name=NAME)).to_be_visible()
    field.stop_server()
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        say_not_at_home(page, NAME)
        expect(page.get_by_role("link", name="Ali Veli")).to_be_visible()
        expect(page.get_by_text("Çevrimdışı", exact=True)).to_be_visible()
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        expect(page.get_by_role("link", name="Ali Veli")).to_be_visible()
        expect(page.get_by_role("link", name=NAME)).to_have_count(0)
        open_place(page, "Giden kutusu")
        expect(page.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("Tablette")
        assert field.status_of(visit.assignment) == ("planli", 0)
        field.start_server()
        page.get_by_role("button", name="Şimdi gönder").click()
        expect(page.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("Merkezde")
        field.wait_for_status(visit.assignment, ("evde_yok", 1))
        page.get_by_role("button", name="Şimdi gönder").click()
        expect(page.get_by_role("button", name="Şimdi gönder")).to_be_enabled()
    assert field.status_of(visit.assignment) == ("evde_yok", 1)


def test_the_order_and_times_of_the_days_plan_stand_there_without_a_server(field: Field) -> None:
    for name, position, moment in (
        ("Üçüncü Hane", 3, "11:40"),
        ("Birinci Hane", 1, "09:05"),
        ("İkinci Hane", 2, "10:20"),
    ):
        field.plan(name, position, fields={"sira": str(position), "saat": moment})
    with field.browser_open() as page:
        set_up(field, page)
        expect(page.get_by_role("link", name="Birinci Hane")).to_be_visible(timeout=60_000)
    field.stop_server()
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        cards = page.get_by_role("article").filter(has_text="Hane ziyareti")
        expect(cards).to_have_count(3)
        for card, words in zip(
            cards.all(), (("Birinci", "09:05"), ("İkinci", "10:20"), ("Üçüncü", "11:40")), strict=True
        ):
            for word in words:
                expect(card).to_contain_text(word)


def test_what_was_said_can_be_taken_back_until_it_leaves(field: Field) -> None:
    visit = field.plan(NAME)
    with field.browser_open() as page:
        say_not_at_home_offline(field, page)
        page.get_by_role("button", name="Geri al").click()
        expect(page.get_by_role("link", name=NAME)).to_be_visible()
        page.context.set_offline(False)
        open_place(page, "Giden kutusu")
        page.get_by_role("button", name="Şimdi gönder").click()
        expect(page.get_by_text("Bekleyen kayıt yok")).to_be_visible()
    assert field.status_of(visit.assignment) == ("planli", 0)


def test_two_workers_share_a_tablet_and_not_their_outbox_and_work_leaves_without_its_worker(field: Field) -> None:
    field.add_colleague("Deniz")
    visit = field.plan(NAME)
    with field.browser_open() as page:
        say_not_at_home_offline(field, page)
        page.get_by_role("button", name="Çık", exact=True).click()
        page.context.set_offline(False)
        set_pin(page, "Deniz", OTHER_PIN)
        expect(page.get_by_role("link", name=NAME)).to_have_count(0)
        open_place(page, "Giden kutusu")
        page.get_by_role("button", name="Şimdi gönder").click()
        expect(page.get_by_role("button", name="Şimdi gönder")).to_be_enabled()
        expect(page.get_by_text("Bekleyen kayıt yok")).to_be_visible()
        expect(page.locator("main").get_by_role("listitem")).to_have_count(0)
        # Whoever is signed in is told nothing of it: the server alone knows when it has come.
        field.wait_for_status(visit.assignment, ("evde_yok", 1))
        page.get_by_role("button", name="Çık", exact=True).click()
        sign_in(page, "Saha", PIN)
        open_place(page, "Giden kutusu")
        expect(page.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("Merkezde")


def test_a_forgotten_pin_costs_a_password_and_nothing_else(field: Field) -> None:
    field.plan(NAME)
    with field.browser_open() as page:
        say_not_at_home_offline(field, page)
        page.get_by_role("button", name="Çık", exact=True).click()
        _guess_until_held_up(page)
        page.context.set_offline(False)
        page.get_by_role("button", name="PIN'imi unuttum").click()
        type_new_pin(page, OTHER_PIN)
        open_place(page, "Giden kutusu")
        expect(page.get_by_role("listitem").filter(has_text=NAME)).to_be_visible()
        page.get_by_role("button", name="Çık", exact=True).click()
        sign_in(page, "Saha", OTHER_PIN)
        expect(page.get_by_role("heading", name="Bugün")).to_be_visible()


def test_a_known_pin_is_changed_without_a_network_by_who_knows_it(field: Field) -> None:
    field.plan(NAME)
    with field.browser_open() as page:
        set_up(field, page)
        expect(page.get_by_role("link", name=NAME)).to_be_visible()
        page.context.set_offline(True)
        page.get_by_role("link", name="PIN değiştir").click()
        for old, new, again, said in (
            (PIN, "111111", "111111", "ardışık ya da hep aynı rakam olmamalı"),
            (PIN, OTHER_PIN, "860258", "İki PIN aynı değil"),
            ("000000", OTHER_PIN, OTHER_PIN, "Eski PIN yanlış"),
        ):
            _change_pin(page, old, new, again)
            expect(page.get_by_role("alert")).to_contain_text(said)
        _change_pin(page, PIN, OTHER_PIN, OTHER_PIN)
        expect(page.get_by_text("PIN değişti. Bundan sonra")).to_be_visible()
        page.get_by_role("button", name="Çık", exact=True).click()
        sign_in(page, "Saha", PIN)
        expect(page.get_by_role("alert")).to_contain_text("PIN yanlış")
        page.get_by_label("PIN", exact=True).fill(OTHER_PIN)
        page.get_by_role("button", name="Aç", exact=True).click()
        expect(page.get_by_role("link", name=NAME)).to_be_visible()


def _change_pin(page: Page, old: str, new: str, again: str) -> None:
    page.get_by_label("Eski PIN", exact=True).fill(old)
    page.get_by_label("Yeni PIN", exact=True).fill(new)
    page.get_by_label("Yeni PIN (yeniden)").fill(again)
    page.get_by_role("button", name="PIN değiştir").click()


def test_a_wrong_password_on_the_tablet_says_what_to_do(field: Field) -> None:
    with field.browser_open() as page:
        page.goto(field.enrolment_address())
        page.get_by_role("button", name="Saha", exact=True).click()
        page.get_by_label("Saha parolanız").fill("bu değil")
        page.get_by_label("Yeni PIN", exact=True).fill(PIN)
        page.get_by_label("Yeni PIN (yeniden)").fill(PIN)
        page.get_by_role("button", name="Başla").click()
        expect(page.get_by_role("alert")).to_contain_text("Parola yanlış. Saha parolanızı (PIN değil) yeniden yazın")


def test_a_tablet_that_moved_to_another_team_shows_nothing_of_the_first(field: Field) -> None:
    visit = field.plan(NAME)
    with field.browser_open() as page:
        say_not_at_home_offline(field, page)
        field.move_tablet(field.place.other_team)
        page.context.set_offline(False)
        expect(page.get_by_role("heading", name="Kim çalışıyor?")).to_be_visible()
        expect(page.get_by_text("tablet başka bir ekibe verilmiş")).to_be_visible()
        expect(page.get_by_role("button", name="Saha", exact=True)).to_have_count(0)
        set_pin(page, "Saha2", OTHER_PIN)
        open_place(page, "Ara")
        expect(page.get_by_text("Bu tablette 0 kayıt var")).to_be_visible()
        open_place(page, "Giden kutusu")
        page.get_by_role("button", name="Şimdi gönder").click()
        # What the first worker did left with the tablet and is kept for a coordinator: not the other team's to do.
        field.wait_for_status(visit.assignment, ("planli", 1))


def _guess_until_held_up(page: Page) -> None:
    page.get_by_role("button", name="Saha", exact=True).click()
    for _ in range(3):
        page.get_by_label("PIN", exact=True).fill("000000")
        page.get_by_role("button", name="Aç", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("PIN yanlış")
        expect(page.get_by_label("PIN", exact=True)).to_have_value("")
    expect(page.get_by_role("alert")).to_contain_text("saniye sonra yeniden deneyin")
    expect(page.get_by_role("button", name="Aç", exact=True)).to_be_disabled()


def test_no_name_is_found_in_any_file_of_the_browser(field: Field) -> None:
    field.plan(NAME)
    with field.browser_open() as page:
        set_up(field, page)
        open_place(page, "Ara")
        page.get_by_label("Ad, telefon ya da adres").fill(NAME.split()[1].lower())
        page.get_by_role("link", name=NAME).click()
        expect(page.get_by_role("heading", name=NAME)).to_be_visible()
        page.context.set_offline(True)
        page.get_by_role("button", name="Evde yok").click()
        page.get_by_label("Başka bir neden (isteğe bağlı)").fill(f"{NAME} taşınmış")
        page.get_by_role("button", name="Bu nedenle kaydet").click()
        expect(page.get_by_text("Kaydedildi.")).to_be_visible()
    # The tablet's own label lies in clear, so looking finds what is there to be found.
    assert files_with(field.profile, LABEL)
    for word in NAME.split():
        for spelt in (word, word.lower(), word.replace("Ş", "s").replace("ü", "u")):
            assert files_with(field.profile, spelt) == []


def files_with(folder: Path, word: str) -> list[str]:
    spellings = [word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    return [path.name for path in files if any(spelt in path.read_bytes() for spelt in spellings)]
