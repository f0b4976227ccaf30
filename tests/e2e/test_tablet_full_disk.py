"""A tablet whose disk fills up while work is saved: told before and when it happens, and nothing is lost."""

import pytest
from playwright.sync_api import CDPSession, Page, expect
from sqlalchemy import select

from api.wiring import Wiring
from photos.tables import Photo
from service_requests.tables import Submission
from tests.builders import a_photo
from tests.e2e.form_worker import FormWorker
from tests.e2e.office_visitor import wait_until
from tests.e2e.short_visits import ShortVisit, do_visit, publish_short_form
from tests.e2e.tablet_in_the_field import NAME, PIN, Field, open_place, say_not_at_home, set_up_with_forms, sign_in
from tests.e2e.test_tablet_store import count_of

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

_VISIT = ShortVisit("Ali Veli", "Çöp alınmamış, koku yapıyor", a_photo(4, size=(320, 240)))


_EATING = """async (size) => {
  const opening = indexedDB.open('baska', 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('yer', {autoIncrement: true})
  const db = await new Promise((done) => { opening.onsuccess = () => done(opening.result) })
  const noise = crypto.getRandomValues(new Uint8Array(65536))
  const write = (bytes) => new Promise((done) => {
    const transaction = db.transaction('yer', 'readwrite')
    transaction.oncomplete = () => done(true)
    transaction.onabort = () => done(false)
    transaction.objectStore('yer').put(noise.slice(0, bytes))
  })
  for (const bytes of [65536, 4096, 512, 64]) while (await write(bytes)) { /* until nothing goes in any more */ }
  db.close()
}"""
_HAS_RESERVE = """(async () => {
  const opening = indexedDB.open('saha-reserve')
  const db = await new Promise((done) => { opening.onsuccess = () => done(opening.result) })
  const counting = db.transaction('reserves').objectStore('reserves').count('work')
  return await new Promise((done) => { counting.onsuccess = () => { db.close(); done(counting.result === 1) } })
})()"""
_ROOMY = 60_000_000


class Disk:
    """The room that the browser gives the application: little enough to be eaten up by something else."""

    def __init__(self, page: Page, origin: str, *, room: int = _ROOMY) -> None:
        self._page, self._origin = page, origin
        self._protocol: CDPSession = page.context.new_cdp_session(page)
        # Before the application writes for the first time: the browser asks itself only every half minute what is left.
        page.evaluate("indexedDB.databases().then(() => navigator.storage.estimate())")
        used = self._protocol.send("Storage.getUsageAndQuota", {"origin": origin})["usage"]
        given = {"origin": origin, "quotaSize": int(used) + room}
        self._protocol.send("Storage.overrideQuotaForOrigin", given)

    def fill(self) -> None:
        """Eat up what is left."""
        self._page.evaluate(_EATING)

    def make_room(self) -> None:
        """Let there be as much room as there is."""
        self._protocol.send("Storage.overrideQuotaForOrigin", {"origin": self._origin})


def _install(field: Field, wiring: Wiring) -> None:
    publish_short_form(wiring)
    field.plan(NAME, 1)
    field.plan(_VISIT.name, 2)
    with field.browser_open() as page:
        set_up_with_forms(field, page)
        wait_until(page, _HAS_RESERVE)


def _start(field: Field, page: Page, *, room: int = _ROOMY) -> Disk:
    """Start the application where there is so much room, and nobody else in the network."""
    page.goto(f"{field.server_url}/health/live")
    disk = Disk(page, field.server_url, room=room)
    page.goto(field.url)
    sign_in(page, "Saha", PIN)
    expect(page.get_by_role("heading", name="Bugün")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("link", name=NAME, exact=True)).to_be_visible()
    page.context.set_offline(True)
    return disk


def _begin_form(page: Page, name: str) -> FormWorker:
    page.get_by_role("article").filter(has_text=name).get_by_role("link", name="Forma başla").click()
    worker = FormWorker(page)
    worker.choose("sonuc", "Görüşüldü")
    return worker


def _spend_reserve(page: Page, disk: Disk) -> FormWorker:
    """Answer where there is no room: it is kept all the same, and the worker is told that little is left."""
    worker = _begin_form(page, NAME)
    page.wait_for_timeout(1_000)
    disk.fill()
    worker.write("yeni_adres", "Yanlış Sokak 1")
    expect(page.get_by_role("alert")).to_contain_text("belleği dolmak üzere")
    disk.fill()
    return worker


def test_a_disk_that_fills_up_in_the_middle_of_a_form_loses_no_answer(field: Field, wiring: Wiring) -> None:
    _install(field, wiring)
    with field.browser_open() as page:
        disk = _start(field, page)
        worker = _spend_reserve(page, disk)
        worker.write("yeni_adres", "Doğru Sokak 7")
        told = page.get_by_role("alert").filter(has_text="kaydedilemedi")
        expect(told).to_contain_text("Tablette yer açın")
        # Whoever tries to leave stays, because the answer is nowhere else.
        page.get_by_role("button", name="Kapat, taslak kalsın").click()
        expect(worker.question("yeni_adres").locator("input")).to_have_value("Doğru Sokak 7")
        disk.make_room()
        expect(told).to_have_count(0)
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        page.get_by_role("article").filter(has_text=NAME).get_by_role("link", name="Forma başla").click()
        expect(FormWorker(page).question("yeni_adres").locator("input")).to_have_value("Doğru Sokak 7")


def test_a_form_that_finds_no_room_at_its_end_is_finished_with_its_photo_once_there_is_some(
    field: Field, wiring: Wiring
) -> None:
    _install(field, wiring)
    with field.browser_open() as page:
        disk = _start(field, page)
        worker = _spend_reserve(page, disk)
        worker.take_point("konum")
        worker.go_on()
        worker.choose("kategori", "Yol ve kaldırım")
        worker.write("aciklama", "Kaldırım çökmüş, yaya geçemiyor")
        worker.take_photo("foto", _VISIT.photo)
        worker.go_on()
        told = page.get_by_role("alert").filter(has_text="kaydedilemedi")
        expect(told).to_be_visible()
        page.get_by_role("button", name="Formu bitir").click()
        expect(told).to_be_visible()
        # What is answered after the failed try is kept as every answer, though nobody finishes the form again.
        page.get_by_role("button", name="Geri", exact=True).click()
        worker.write("aciklama", "Kaldırım çökmüş, araç da geçemiyor")
        disk.make_room()
        expect(told).to_have_count(0)
        page.reload()
        sign_in(page, "Saha", PIN)
        page.get_by_role("region", name="Yarım kalan formlar").get_by_role("link", name="Devam et").click()
        worker.go_on()
        expect(worker.question("aciklama").locator("input, textarea")).to_have_value(
            "Kaldırım çökmüş, araç da geçemiyor"
        )
        worker.go_on()
        # The first try may still have been under way when there was room again.
        finish, kept = (
            page.get_by_role("button", name="Formu bitir"),
            page.get_by_role("listitem").filter(has_text=NAME),
        )
        expect(finish.or_(kept).first).to_be_visible()
        if finish.is_visible():
            finish.click()
        expect(kept).to_contain_text("Tablette")
        page.context.set_offline(False)
        expect(page.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("Talep no", timeout=60_000)
        expect(page.get_by_role("button", name="Şimdi gönder")).to_be_enabled()
    with wiring.database.reading() as session:
        (submission,) = session.scalars(select(Submission))
        assert submission.photos_expected == submission.photos_received == 1


def test_work_leaves_a_tablet_whose_disk_is_full(field: Field, wiring: Wiring) -> None:
    _install(field, wiring)
    with field.browser_open() as page:
        disk = _start(field, page)
        do_visit(page, _VISIT)
        _spend_reserve(page, disk)
        page.get_by_role("button", name="Kapat, taslak kalsın").click()
        disk.fill()
        card = page.get_by_role("article").filter(has_text=NAME)
        card.get_by_role("button", name="Evde yok").click()
        page.get_by_role("dialog").get_by_role("button", name="Kapı açılmadı").click()
        expect(card.get_by_role("alert")).to_contain_text("Önceki kayıtlarınız güvende")
        page.context.set_offline(False)
        open_place(page, "Giden kutusu")
        for _ in range(3):
            page.get_by_role("button", name="Şimdi gönder").click()
            expect(page.get_by_role("button", name="Şimdi gönder")).to_be_enabled(timeout=60_000)
        expect(page.get_by_role("listitem").filter(has_text=_VISIT.name)).to_contain_text("Talep no")
        assert count_of(page, "photos") == 0
        disk.make_room()
        open_place(page, "Bugün")
        say_not_at_home(page, NAME)
    with wiring.database.reading() as session:
        assert [one.sha256 for one in session.scalars(select(Photo))] == [_VISIT.sha256]


def test_a_worker_is_told_at_sign_in_that_little_room_is_left(field: Field, wiring: Wiring) -> None:
    _install(field, wiring)
    with field.browser_open() as page:
        disk = _start(field, page)
        expect(page.get_by_text("belleği dolmak üzere")).to_have_count(0)
        _spend_reserve(page, disk)
    with field.browser_open() as page:
        _start(field, page, room=1_000_000)
        told = page.get_by_role("alert").filter(has_text="belleği dolmak üzere")
        expect(told).to_contain_text("gereksiz dosyaları silin")
