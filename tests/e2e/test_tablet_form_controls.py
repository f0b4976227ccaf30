"""Each kind of question of the tablet's forms, answered once in a real browser; what comes out is the form's XML."""

import io
import json
import re

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Geolocation, expect

from tests.builders import a_photo
from tests.e2e.form_worker import FormWorker, a_form, a_worker

pytestmark = pytest.mark.browser

_HEAD = "| survey | type | name | label | appearance | parameters | choice_filter | required |\n"
_COLOURS = "| choices | list_name | name | label |\n" + "".join(
    f"| | renk | {name} | {label} |\n"
    for name, label in [("ak", "Ak"), ("gok", "Gök"), ("yesil", "Yeşil"), ("al", "Al")]
)


def _survey(*rows: str) -> str:
    return _HEAD + "".join(f"| | {row} |\n" for row in rows)


# One screen with everything a form can ask, for those who look at all of it.
EVERY_KIND = a_form(
    _survey(
        "text | ad | Ad soyad |  |  |  | yes", "text | not | Not | multiline |  |  | ",
        "integer | kisi | Kişi sayısı |  |  |  | ",
        "date | gun | Gün |  |  |  | ", "time | saat | Saat |  |  |  | ", "dateTime | an | Ne zaman |  |  |  | ",
        "select_one renk | renk | Renk |  |  |  | ", "select_multiple renk | renkler | Renkler |  |  |  | ",
        "select_one renk | uzun | Uzun liste | minimal autocomplete |  |  | ", "geopoint | nokta | Nokta |  |  |  | ",
        "image | foto | Fotoğraf |  |  |  | ", "image | imza | İmza | signature |  |  | ",
        "file | belge | Belge |  |  |  | ",
        "range | puan | Puan |  | start=1 end=10 step=1 |  | ", "rank renk | sira | Sıralama |  |  |  | ",
        "acknowledge | onay | Okudum |  |  |  | ", "note | bilgi | **Bilgi:** okuyunuz |  |  |  | ",
    ),
    _COLOURS,
)  # fmt: skip


def _answer(xml: str, name: str) -> str:
    found = re.search(rf"<{name}>([^<]*)</{name}>", xml)
    assert found, f"{name} is not answered in {xml}"
    return found[1]


@pytest.mark.parametrize(
    ("row", "typed", "written"),
    [
        ("text | soru | Ad |  |  |  | ", "Şükrü <Iğdır> & İnönü", "Şükrü &lt;Iğdır&gt; &amp; İnönü"),
        ("text | soru | Uzun | multiline |  |  | ", "bir\niki", "bir\niki"),
        ("text | soru | Numara | numbers |  |  | ", "05321234567", "05321234567"),
        ("integer | soru | Kaç kişi |  |  |  | ", "12", "12"),
        ("decimal | soru | Kaç metre |  |  |  | ", "3,5", "3.5"),
        ("date | soru | Gün |  |  |  | ", "2026-11-20", "2026-11-20"),
        ("date | soru | Ay | month-year |  |  | ", "2026-11", "2026-11-01"),
        ("date | soru | Yıl | year |  |  | ", "2026", "2026-01-01"),
        ("time | soru | Saat |  |  |  | ", "10:30", "10:30:00.000+03:00"),
        ("dateTime | soru | Ne zaman |  |  |  | ", "2026-11-20T10:30", "2026-11-20T10:30:00.000+03:00"),
        ("barcode | soru | Barkod |  |  |  | ", "8690000000001", "8690000000001"),
    ],
)
def test_a_field_writes_what_was_typed(browser: Browser, form_bench: str, row: str, typed: str, written: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_survey(row)))
        worker.write("soru", typed)
        draft = worker.saved_xml()
        assert _answer(worker.finish(), "soru") == written
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_survey(row)), draft=(draft, {}))
        expect(worker.question("soru").locator("input, textarea")).to_have_value(typed)


@pytest.mark.parametrize(
    ("row", "labels", "written"),
    [
        ("select_one renk | soru | Renk |  |  |  | ", ["Gök"], "gok"),
        ("select_one renk | soru | Renk | minimal |  |  | ", ["Al"], "al"),
        ("select_one renk | soru | Renk | likert |  |  | ", ["Ak"], "ak"),
        ("select_one renk | soru | Renk | minimal autocomplete |  |  | ", ["Yeşil"], "yesil"),
        ("select_multiple renk | soru | Renkler |  |  |  | ", ["Ak", "Al"], "ak al"),
        ("select_multiple renk | soru | Renkler | autocomplete |  |  | ", ["Gök", "Yeşil"], "gok yesil"),
    ],
)
def test_a_choice_writes_its_names(
    browser: Browser, form_bench: str, row: str, labels: list[str], written: str
) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_survey(row), _COLOURS))
        worker.choose("soru", *labels)
        assert _answer(worker.finish(), "soru") == written


def test_a_choice_can_be_taken_back(browser: Browser, form_bench: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_survey("select_one renk | soru | Renk |  |  |  | "), _COLOURS))
        worker.choose("soru", "Gök")
        worker.question("soru").get_by_role("button", name="Yanıtı sil").click()
        assert "<soru/>" in worker.finish()


def test_a_long_list_is_found_without_turkish_letters(browser: Browser, form_bench: str) -> None:
    rows = "".join(f"sokak{number},Menekşe Sokak {number}\n" for number in range(1500)) + "isik,Işık Çıkmazı\n"
    with a_worker(browser, form_bench) as worker:
        form = a_form(_survey("select_one_from_file sokaklar.csv | soru | Sokak |  |  |  | "))
        worker.open(form, media={"sokaklar.csv": f"name,label\n{rows}".encode()})
        worker.question("soru").locator(".picker").click()
        dialog = worker.page.get_by_role("dialog")
        expect(dialog.get_by_role("status")).to_contain_text("1501 seçenekten")
        dialog.get_by_label("Ara").fill("cikmazi isik")
        dialog.get_by_role("listitem").get_by_role("button", name="Işık Çıkmazı").click()
        expect(worker.question("soru").locator(".picker")).to_contain_text("Işık Çıkmazı")
        assert _answer(worker.finish(), "soru") == "isik"


def test_a_choice_follows_the_one_it_depends_on(browser: Browser, form_bench: str) -> None:
    choices = (
        "| choices | list_name | name | label | il |\n| | il | ist | İstanbul |  |\n| | il | izm | İzmir |  |\n"
        "| | ilce | sancaktepe | Sancaktepe | ist |\n| | ilce | karsiyaka | Karşıyaka | izm |\n"
    )
    rows = (
        "select_one il | il | İl |  |  |  | ", "select_one ilce | ilce | İlçe |  |  | il = ${il} | yes",
        "select_one ilce | komsu | Komşu ilçe |  |  | il = ${il} | ",
    )  # fmt: skip
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_survey(*rows), choices))
        expect(worker.question("ilce")).to_contain_text("Önce bağlı olduğu soruyu yanıtlayın")
        # What may be left out anyway does not stand there with nothing to choose.
        expect(worker.question("komsu")).to_have_count(0)
        worker.choose("il", "İzmir")
        expect(worker.question("ilce").get_by_role("radio")).to_have_count(1)
        expect(worker.question("komsu").get_by_role("radio")).to_have_count(1)
        worker.choose("ilce", "Karşıyaka")
        assert _answer(worker.finish(), "ilce") == "karsiyaka"


def test_a_point_is_the_fix_of_the_tablet_with_its_accuracy(browser: Browser, form_bench: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_survey("geopoint | soru | Nokta |  | capture-accuracy=15 warning-accuracy=100 |  | ")))
        worker.take_point("soru")
        expect(worker.question("soru").locator(".taken")).to_contain_text("±6 m")
        assert _answer(worker.finish(), "soru") == "41.005 29.205 0.0 6.0"


def test_a_coarse_fix_is_taken_only_when_the_worker_says_so(browser: Browser, form_bench: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.page.context.set_geolocation(Geolocation(latitude=41.0, longitude=29.2, accuracy=140))
        worker.open(a_form(_survey("geopoint | soru | Nokta |  | capture-accuracy=15 warning-accuracy=100 |  | ")))
        worker.question("soru").get_by_role("button", name="Konumu al").click()
        expect(worker.question("soru").get_by_role("status")).to_contain_text("Şu anda ±140 m")
        worker.question("soru").get_by_role("button", name="Şimdi al (±140 m)").click()
        expect(worker.question("soru")).to_contain_text("Bu nokta çok kaba")
        assert _answer(worker.finish(), "soru") == "41.0 29.2 0.0 140.0"


def test_a_point_is_placed_on_the_map_within_the_boundaries(browser: Browser, form_bench: str) -> None:
    corners = [[29.2, 41.0], [29.21, 41.0], [29.21, 41.01], [29.2, 41.01], [29.2, 41.0]]
    area = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [corners]}}
    square = json.dumps({"type": "FeatureCollection", "features": [area]}).encode()
    with a_worker(browser, form_bench) as worker:
        worker.page.context.clear_permissions()
        worker.open(
            a_form(_survey("geopoint | soru | Nokta | placement-map |  |  | ")), media={"mahalle.geojson": square}
        )
        worker.question("soru").get_by_role("button", name="Haritadan seç").click()
        expect(worker.page.locator("path.mahalle")).to_be_visible()
        worker.page.get_by_role("button", name="Bu noktayı seç").click()
        expect(worker.question("soru").locator(".taken")).to_contain_text("haritadan")
        latitude, longitude, *rest = _answer(worker.finish(), "soru").split()
        assert (round(float(latitude), 3), round(float(longitude), 3), rest) == (41.005, 29.205, ["0.0", "0.0"])


@pytest.mark.parametrize(("size", "kept"), [((4000, 3000), (1600, 1200)), ((300, 2400), (200, 1600))])
def test_a_photo_is_made_small_and_kept_as_jpeg(
    browser: Browser, form_bench: str, size: tuple[int, int], kept: tuple[int, int]
) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_survey("image | soru | Foto |  | max-pixels=3000 |  | ")))
        worker.take_photo("soru", a_photo(size=size))
        xml = worker.finish()
        name, file = next(iter(worker.files("finished").items()))
        assert _answer(xml, "soru") == name
        assert (name[-4:], file.media_type) == (".jpg", "image/jpeg")
        with Image.open(io.BytesIO(file.content)) as picture:
            assert (picture.format, picture.size) == ("JPEG", kept)


def test_what_is_no_photo_is_refused_in_words(browser: Browser, form_bench: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_survey("image | soru | Foto |  |  |  | ")))
        given = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=b"no picture")
        worker.question("soru").locator("input[type=file]").first.set_input_files(given)
        expect(worker.question("soru").get_by_role("alert")).to_contain_text("fotoğraf olarak açılamadı")
        assert "<soru/>" in worker.finish()


def _sign(worker: FormWorker) -> None:
    sheet = worker.question("soru").locator("canvas").bounding_box()
    assert sheet
    worker.page.mouse.move(sheet["x"] + 20, sheet["y"] + 20)
    worker.page.mouse.down()
    worker.page.mouse.move(sheet["x"] + 200, sheet["y"] + 100, steps=5)
    worker.page.mouse.up()
    expect(worker.question("soru").get_by_role("img", name="İmza var")).to_be_visible()


def test_a_signature_is_kept_as_a_picture(browser: Browser, form_bench: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_survey("image | soru | İmza | signature |  |  | ")))
        _sign(worker)
        worker.finish()
        (file,) = worker.files("finished").values()
        with Image.open(io.BytesIO(file.content)) as picture:
            assert (picture.format, file.media_type) == ("PNG", "image/png")
            assert len(picture.convert("L").getcolors() or []) > 1


def test_a_file_is_kept_as_it_is(browser: Browser, form_bench: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_survey("file | soru | Belge |  |  |  | ")))
        given = FilePayload(name="tutanak.PDF", mimeType="application/pdf", buffer=b"%PDF-1.7")
        worker.question("soru").locator("input[type=file]").set_input_files(given)
        expect(worker.question("soru")).to_contain_text("Dosya eklendi")
        worker.finish()
        ((name, file),) = worker.files("finished").items()
        assert (name[-4:], file.content) == (".pdf", b"%PDF-1.7")


def test_a_range_a_ranking_and_an_acknowledgement_are_answered(browser: Browser, form_bench: str) -> None:
    rows = (
        "range | puan | Puan |  | start=1 end=10 step=1 |  | ",
        "rank renk | sira | Sırala |  |  |  | ",
        "acknowledge | onay | Okudum |  |  |  | yes",
    )
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_survey(*rows), _COLOURS))
        worker.question("puan").locator("input").fill("7")
        worker.question("sira").get_by_role("button", name="Gök: yukarı").click()
        worker.question("onay").get_by_label("Tamam").check()
        xml = worker.finish()
        assert [_answer(xml, name) for name in ("puan", "sira", "onay")] == ["7", "gok ak yesil al", "OK"]


def test_what_the_tablet_cannot_ask_says_so(browser: Browser, form_bench: str) -> None:
    with a_worker(browser, form_bench) as worker:
        worker.open(a_form(_survey("geotrace | soru | Yol |  |  |  | ")))
        expect(worker.question("soru")).to_contain_text("Bu soru tablette yanıtlanamıyor")
