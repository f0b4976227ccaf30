"""Drafts of the tablet's forms: saved at every answer, restored as they were, with their photos."""

import re

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests.builders import a_photo
from tests.e2e.form_worker import a_form, a_worker
from tests.e2e.office_visitor import wait_until

pytestmark = pytest.mark.browser

_SURVEY = """
| survey | type | name | label | relevant | required |
| | text | ad | Ad |  |  |
| | begin_repeat | bulgu | Bulgu |  |  |
| | text | not | Not |  |  |
| | image | foto | Fotoğraf |  |  |
| | image | foto_2 | İkinci fotoğraf | ${foto} != '' |  |
| | end_repeat | | | | |
"""

_GATED = """
| survey | type | name | label | relevant |
| | select_one evet_hayir | acik | Açık mı? |  |
| | begin_group | ic | İç | ${acik} = 'evet' |
| | integer | sayi | Sayı |  |
| | select_multiple evet_hayir | ikisi | İkisi |  |
| | image | resim | Resim |  |
| | end_group | | | |
| | begin_repeat | bulgu | Bulgu | ${acik} = 'evet' |
| | text | not | Not |  |
| | end_repeat | | | |
"""
_YES_NO = """
| choices | list_name | name | label |
| | evet_hayir | evet | Evet |
| | evet_hayir | hayir | Hayır |
"""


def _instance_id(xml: str) -> str:
    found = re.search(r"<instanceID>(uuid:[^<]+)</instanceID>", xml)
    assert found
    return found[1]


def _photo_names(xml: str) -> list[str]:
    return re.findall(r"<foto(?:_2)?>([^<]+)</foto", xml)


def test_every_answer_is_saved_without_being_asked(browser: Browser, form_bench: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_SURVEY))
        worker.page.locator('[data-name="ad"] input').press_sequentially("Şük")
        wait_until(worker.page, "bench.saves > 0 && bench.saved.xml.includes('<ad>Şük</ad>')")
        worker.page.locator('[data-name="ad"] input').press_sequentially("rü")
        worker.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        assert "<ad>Şükrü</ad>" in worker.page.evaluate("bench.saved.xml")


def test_leaving_saves_what_was_typed_last(browser: Browser, form_bench: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_SURVEY))
        worker.question("ad").locator("input").fill("Son söz")
        worker.page.get_by_role("button", name="Kapat, taslak kalsın").click()
        wait_until(worker.page, "bench.left")
        assert "<ad>Son söz</ad>" in worker.page.evaluate("bench.saved.xml")


def test_the_photos_of_a_restored_draft_go_out_with_it(browser: Browser, form_bench: str) -> None:
    form = a_form(_SURVEY)
    with a_worker(browser, form_bench) as worker:
        worker.open(form)
        worker.take_photo("foto", a_photo(1))
        worker.take_photo("foto_2", a_photo(2))
        worker.page.get_by_role("button", name="Bulgu ekle").click()
        worker.take_photo("foto", a_photo(3), number=1)
        worker.write("not", "ikinci", number=1)
        draft, files = worker.saved_xml(), worker.files("saved")
    assert len(_photo_names(draft)) == len(files) == 3
    with a_worker(browser, form_bench) as worker:
        worker.open(form, draft=(draft, {name: file.content for name, file in files.items()}))
        expect(worker.page.locator(".question img")).to_have_count(3)
        finished = worker.finish()
        assert worker.files("finished") == files
    assert _photo_names(finished) == _photo_names(draft)
    assert _instance_id(finished) == _instance_id(draft)


def test_answers_that_were_hidden_when_a_draft_was_left_are_there_when_they_are_asked_for(
    browser: Browser, form_bench: str
) -> None:
    form = a_form(_GATED, _YES_NO)
    with a_worker(browser, form_bench) as worker:
        worker.open(form)
        worker.choose("acik", "Evet")
        worker.go_on()
        worker.write("sayi", "7")
        worker.choose("ikisi", "Evet", "Hayır")
        worker.take_photo("resim", a_photo(1))
        worker.go_on()
        worker.write("not", "ilk")
        worker.page.get_by_role("button", name="Bulgu ekle").click()
        worker.write("not", "ikinci", number=1)
        worker.page.get_by_role("button", name="Geri").click()
        worker.page.get_by_role("button", name="Geri").click()
        worker.choose("acik", "Hayır")
        draft, files = worker.saved_xml(), worker.files("saved")
    for _ in range(2):  # Opened and left once more without being asked for, they are still there.
        with a_worker(browser, form_bench) as worker:
            worker.open(form, draft=(draft, {name: file.content for name, file in files.items()}))
            worker.choose("acik", "Hayır")
            assert "<sayi>" not in worker.finish()
            assert worker.files("finished") == {}
            worker.open(form, draft=(draft, {name: file.content for name, file in files.items()}))
            worker.choose("acik", "Evet")
            worker.choose("acik", "Hayır")
            draft, files = worker.saved_xml(), worker.files("saved")
    with a_worker(browser, form_bench) as worker:
        worker.open(form, draft=(draft, {name: file.content for name, file in files.items()}))
        worker.choose("acik", "Evet")
        worker.go_on()
        expect(worker.question("sayi").locator("input")).to_have_value("7")
        expect(worker.question("resim").locator("img")).to_be_visible()
        finished = worker.finish()
        assert worker.files("finished") == files
    assert re.findall(r"<not>([^<]*)</not>", finished) == ["ilk", "ikinci"]
    assert "<ikisi>evet hayir</ikisi>" in finished
    assert _instance_id(finished) == _instance_id(draft)


def test_a_photo_taken_away_from_a_restored_draft_stays_away(browser: Browser, form_bench: str) -> None:
    form = a_form(_SURVEY)
    with a_worker(browser, form_bench) as worker:
        worker.open(form)
        worker.take_photo("foto", a_photo(1))
        draft, files = worker.saved_xml(), worker.files("saved")
    with a_worker(browser, form_bench) as worker:
        worker.open(form, draft=(draft, {name: file.content for name, file in files.items()}))
        worker.question("foto").get_by_role("button", name="Fotoğrafı sil").click()
        expect(worker.question("foto_2")).to_have_count(0)
        assert _photo_names(worker.saved_xml()) == []
        assert _photo_names(worker.finish()) == []
        assert worker.files("finished") == {}


def test_a_photo_that_is_still_being_made_small_is_waited_for(browser: Browser, form_bench: str) -> None:
    given = FilePayload(name="kamera.jpg", mimeType="image/jpeg", buffer=a_photo(size=(6000, 4500)))
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_SURVEY))
        worker.question("foto").locator("input[type=file]").first.set_input_files(given)
        (name,) = _photo_names(worker.finish())
        assert list(worker.files("finished")) == [name]
        worker.open(a_form(_SURVEY))
        worker.question("foto").locator("input[type=file]").first.set_input_files(given)
        worker.page.get_by_role("button", name="Kapat, taslak kalsın").click()
        wait_until(worker.page, "bench.left")
        assert _photo_names(worker.page.evaluate("bench.saved.xml")) != []


def test_a_photo_taken_again_replaces_the_first_under_a_new_name(browser: Browser, form_bench: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_SURVEY))
        worker.take_photo("foto", a_photo(1))
        first = _photo_names(worker.saved_xml())
        worker.take_photo("foto", a_photo(2))
        wait_until(worker.page, f"!bench.saved.xml.includes('{first[0]}')")
        (name,) = _photo_names(worker.finish())
        assert list(worker.files("finished")) == [name] != first


def test_a_photo_that_the_tablet_lost_is_said(browser: Browser, form_bench: str) -> None:
    form = a_form(_SURVEY)
    with a_worker(browser, form_bench) as worker:
        worker.open(form)
        worker.take_photo("foto", a_photo(1))
        draft = worker.saved_xml()
    with a_worker(browser, form_bench) as worker:
        worker.open(form, draft=(draft, {}))
        expect(worker.question("foto")).to_contain_text("bu tablette yok")


def test_nothing_is_saved_after_the_form_is_finished(browser: Browser, form_bench: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_SURVEY))
        worker.write("ad", "Ayşe")
        worker.finish()
        saves = worker.page.evaluate("bench.saves")
        worker.page.evaluate("window.dispatchEvent(new Event('pagehide'))")
        worker.page.wait_for_timeout(400)
        assert worker.page.evaluate("bench.saves") == saves


def test_a_form_that_cannot_be_read_is_said_and_can_be_left(browser: Browser, form_bench: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.page.evaluate("bench.open({xform: '<html/>'})")
        expect(worker.page.get_by_role("alert")).to_contain_text("Form açılamadı")
        worker.page.get_by_role("button", name="Kapat, taslak kalsın").click()
        wait_until(worker.page, "bench.left")
