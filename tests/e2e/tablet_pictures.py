"""The tablet's pages as a worker meets them, from the set-up to what goes wrong, in three looks.

A day is played against the demo municipality, once for each look: enrolled as the coordinator's QR does, visits done
and not done, a form sent back and answered. Which page each picture shows stands beside it.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.form_worker import FormWorker
from tests.e2e.office_visitor import PHONE, TABLET, Theme, wait_until
from tests.e2e.tablet_in_the_field import PIN, open_place

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
_ANSWERS = {
    "sonuc": "gorusuldu", "aydinlatma_yapildi": "evet", "acik_riza": "evet", "duzeltme_var": "hayir",
    "anket_kabul": "hayir", "talep_var": "evet",
}  # fmt: skip
_HERE = {"latitude": 41.003, "longitude": 29.226, "accuracy": 6.0}
_QUESTION = "Kaldırımdaki çukurun hangi kapının önünde olduğunu yazar mısınız?"
_IS_DRAWN = "document.fonts.ready.then(() => [...document.images].every((one) => one.complete))"
# What a newer release does while this window is open: it asks for the database.
_NEWER = """() => new Promise((done) => {
  const opening = indexedDB.open('saha', 1000)
  opening.onsuccess = () => done(opening.result.close())
})"""


class Look(NamedTuple):
    """How wide the screen is, in which theme, and how the pictures' names end."""

    suffix: str
    window: tuple[int, int]
    theme: Theme


LOOKS = [Look("", TABLET, "light"), Look("-telefon", PHONE, "light"), Look("-koyu", TABLET, "dark")]


def write_small(taken: bytes, name: str) -> Path:
    """Write a picture with 256 colours, which is a third of it and looks the same."""
    written = PICTURES / f"{name}.png"
    Image.open(BytesIO(taken)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(written, optimize=True)
    return written


class TabletDay:
    """One day on one tablet; each step yields the pictures that it takes."""

    def __init__(self, context: BrowserContext, desk: OfficeDesk, url: str, password: str, suffix: str) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)
        self._context, self._desk, self._url, self._password, self._suffix = context, desk, url, password, suffix
        self._worker = ""

    def play(self) -> Iterator[Path]:
        """Play the whole day."""
        for step in (self._begin, self._list_of_the_day, self._households, self._forms, self._outbox, self._troubles):
            yield from step()

    def _picture(self, name: str) -> Path:
        wait_until(self.page, _IS_DRAWN)
        return write_small(self.page.screenshot(), f"tablet-{name}{self._suffix}")

    def _begin(self) -> Iterator[Path]:
        page = self.page
        page.goto(f"{self._url}/tablet/kurulum")
        expect(page.get_by_role("heading", name="Tablet kurulumu")).to_be_visible()
        yield self._picture("kurulum")
        page.goto(self._desk.enrolment_address(f"Örnek tablet{self._suffix}"))
        expect(page.get_by_role("heading", name="Kim çalışıyor?")).to_be_visible()
        yield self._picture("kim")
        self._worker = page.get_by_role("listitem").get_by_role("button").first.inner_text().strip()
        page.get_by_role("button", name=self._worker, exact=True).click()
        page.get_by_label("Saha parolanız").fill(self._password)
        for label in ("Yeni PIN", "Yeni PIN (yeniden)"):
            page.get_by_label(label, exact=True).fill(PIN)
        yield self._picture("yeni-pin")
        page.get_by_role("button", name="Başla").click()
        page.get_by_role("link", name="Forma başla").first.wait_for()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        open_place(page, "Ara")
        expect(page.get_by_role("link", name="Hane ziyareti")).to_be_visible()
        page.get_by_role("button", name="Çık", exact=True).click()
        page.get_by_role("button", name=self._worker, exact=True).click()
        page.get_by_label("PIN", exact=True).fill("000000")
        page.get_by_role("button", name="Aç", exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()
        yield self._picture("pin-yanlis")
        page.get_by_label("PIN", exact=True).fill(PIN)
        page.get_by_role("button", name="Aç", exact=True).click()
        expect(page.get_by_role("heading", name="Bugün")).to_be_visible()

    def _list_of_the_day(self) -> Iterator[Path]:
        page = self.page
        page.get_by_role("link", name="Forma başla").first.wait_for()
        yield self._picture("bugun")
        page.get_by_role("button", name="Harita").click()
        page.locator("path.mahalle").first.wait_for()
        yield self._picture("harita")
        page.get_by_role("button", name="Liste").click()
        page.get_by_role("button", name="Evde yok").first.click()
        page.get_by_role("dialog").wait_for()
        yield self._picture("neden")
        page.get_by_role("dialog").get_by_role("button", name="Kapı açılmadı").click()
        page.get_by_role("button", name="Geri al").wait_for()
        yield self._picture("geri-al")

    def _households(self) -> Iterator[Path]:
        page = self.page
        name = page.locator("article a.lead").first.inner_text()
        open_place(page, "Ara")
        page.get_by_label("Ad, telefon ya da adres").fill(name)
        page.locator("a.hit").first.wait_for()
        yield self._picture("ara")
        page.locator("a.hit").filter(has_text=name).first.click()
        page.get_by_role("heading", name="Formlar").wait_for()
        yield self._picture("hane")
        open_place(page, "Ara")
        page.get_by_label("Ad, telefon ya da adres").fill("Nermin Örnekçi")
        page.get_by_role("link", name="Yeni hane ekle").click()
        page.get_by_label("Adres", exact=True).fill("Lale Sk. 5/3")
        page.get_by_label("Telefon", exact=True).fill("0532 111")
        page.get_by_role("button", name="Kaydet").click()
        yield self._picture("yeni-hane")
        page.get_by_label("Telefon", exact=True).fill("0532 111 22 33")
        page.get_by_role("button", name="Kaydet").click()
        page.get_by_role("heading", name="Nermin Örnekçi").wait_for()
        yield self._picture("yeni-hane-kaydedildi")

    def _forms(self) -> Iterator[Path]:
        page, worker = self.page, FormWorker(self.page)
        page.get_by_role("link", name="Hane ziyareti").click()
        page.locator(".screen").wait_for()
        while worker.question("sonuc").count() == 0:
            worker.go_on()
        worker.choose("sonuc", "Görüşüldü")
        yield self._picture("form")
        worker.go_to_end()
        yield self._picture("form-sonu")
        page.get_by_role("button", name="Kapat, taslak kalsın").click()
        open_place(page, "Bugün")
        page.get_by_role("region", name="Yarım kalan formlar").wait_for()
        yield self._picture("yarim-kalan")
        page.get_by_role("link", name="Devam et").click()
        page.locator(".screen").wait_for()
        worker.fill_all(_ANSWERS)
        page.get_by_role("button", name="Formu bitir").click()
        page.get_by_role("heading", name="Giden kutusu").wait_for()

    def _outbox(self) -> Iterator[Path]:
        page = self.page
        self._send()
        expect(page.get_by_role("listitem").filter(has_text="Nermin").last).to_contain_text("Merkezde")
        [newest, *_] = self._desk.read("/v1/submissions")["items"]
        self._desk.return_to_author(newest["id"], _QUESTION)
        self._send()
        yield self._picture("giden")
        open_place(page, "Bugün")
        page.get_by_role("region", name="Size soruluyor").get_by_role("link").wait_for()
        yield self._picture("size-soruluyor")
        page.get_by_role("link", name="PIN değiştir").click()
        page.get_by_role("heading", name="PIN değiştir").wait_for()
        yield self._picture("pin")

    def _send(self) -> None:
        open_place(self.page, "Giden kutusu")
        for _ in range(2):
            self.page.get_by_role("button", name="Şimdi gönder").click()
            expect(self.page.get_by_role("button", name="Şimdi gönder")).to_be_enabled(timeout=60_000)

    def _troubles(self) -> Iterator[Path]:
        page = self.page
        self._context.set_offline(True)
        open_place(page, "Bugün")
        page.get_by_role("button", name="Evde yok").first.click()
        page.get_by_role("dialog").get_by_role("button", name="Kapı açılmadı").click()
        open_place(page, "Giden kutusu")
        page.get_by_text("Şu an bağlantı yok").wait_for()
        yield self._picture("cevrimdisi")
        self._context.set_offline(False)
        open_place(page, "Bugün")
        page.get_by_role("link", name="Forma başla").first.click()
        page.locator(".screen").wait_for()
        beside = self._context.new_page()
        beside.goto(f"{self._url}/health/live")
        beside.evaluate(_NEWER)
        page.get_by_role("dialog").filter(has_text="Uygulama yenilendi").wait_for()
        yield self._picture("yenilendi")


def take_tablet(browser: Browser, url: str, password: str) -> Iterator[Path]:
    """Take every page of the tablet in every look; what was taken of pages that are no more is removed."""
    for stale in PICTURES.glob("tablet-*.png"):
        stale.unlink()
    desk = OfficeDesk(url, password)
    for suffix, window, theme in LOOKS:
        context = browser.new_context(
            locale="tr-TR", timezone_id="Europe/Istanbul", color_scheme=theme, has_touch=True,
            viewport={"width": window[0], "height": window[1]}, reduced_motion="reduce",
            geolocation=_HERE, permissions=["geolocation"],
        )  # fmt: skip
        yield from TabletDay(context, desk, url, password, suffix).play()
        context.close()
