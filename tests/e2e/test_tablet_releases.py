"""A newer release comes over open work, an older one meets a newer server and the other way round: nothing is lost."""

import re
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Error, Page, Route, expect
from sqlalchemy import select

from api.wiring import Wiring
from photos.tables import Photo
from service_requests.tables import Submission
from teams.tables import Device
from tests.builders import a_photo
from tests.e2e.form_worker import FormWorker
from tests.e2e.office_visitor import wait_until
from tests.e2e.releases import app_version, make_release
from tests.e2e.short_visits import ShortVisit, do_visit, publish_short_form
from tests.e2e.tablet_in_the_field import NAME, PIN, Field, open_place, say_not_at_home, set_up_with_forms, sign_in
from tests.e2e.test_tablet_store import count_of

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

DONE = ShortVisit(NAME, "Kaldırım çökmüş, yaya geçemiyor", a_photo(3, size=(320, 240)))
_BEGUN = ShortVisit("Ali Veli", "Çöp alınmamış, koku yapıyor", a_photo(4, size=(320, 240)))
IS_WAITING = "navigator.serviceWorker.getRegistration('/tablet').then((one) => one.update().then(() => !!one.waiting))"
_HAS_TAKEN_OVER = """navigator.serviceWorker.getRegistration('/tablet').then((one) => one.update())
  .then(() => caches.keys()).then((names) => names.length === 1 && names[0] !== 'saha-tablet-0.9.0')"""
# The stores and rows as the first release had them; the rows themselves were written by the application.
_AS_FIRST_RELEASE = """async () => {
  const asked = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result)
    request.onerror = failed
  })
  const newer = await asked(indexedDB.open('saha'))
  const rows = {}
  for (const name of newer.objectStoreNames) {
    const store = newer.transaction(name).objectStore(name)
    rows[name] = [await asked(store.getAll()), await asked(store.getAllKeys())]
  }
  newer.close()
  await asked(indexedDB.deleteDatabase('saha'))
  const opening = indexedDB.open('saha', 1)
  opening.onupgradeneeded = () => {
    const db = opening.result
    db.createObjectStore('facts')
    db.createObjectStore('workers', { keyPath: 'id' })
    db.createObjectStore('pages', { autoIncrement: true })
    db.createObjectStore('outbox', { keyPath: 'id' }).createIndex('seq', 'seq')
    db.createObjectStore('photos', { keyPath: 'id' }).createIndex('owner', 'owner')
    db.createObjectStore('drafts', { keyPath: 'id' })
    db.createObjectStore('parts')
  }
  const older = await asked(opening)
  const later = { drafts: ['parts', 'targetId'], outbox: ['shows', 'together', 'entityId'] }
  const laterFacts = ['first', 'streets']
  const writing = older.transaction(older.objectStoreNames, 'readwrite')
  for (const name of older.objectStoreNames) {
    const store = writing.objectStore(name)
    rows[name][0].forEach((row, at) => {
      for (const field of later[name] ?? []) delete row[field]
      const key = rows[name][1][at]
      if (!(name === 'facts' && laterFacts.includes(key))) store.put(row, store.keyPath ? undefined : key)
    })
  }
  await new Promise((done) => { writing.oncomplete = done })
  older.close()
  return Object.fromEntries(Object.entries(rows).map(([name, [all]]) => [name, all.length]))
}"""


def install(field: Field, page: Page, wiring: Wiring) -> None:
    """Plan two visits and install the tablet with the short form."""
    publish_short_form(wiring)
    field.plan(DONE.name, 1)
    field.plan(_BEGUN.name, 2)
    set_up_with_forms(field, page)


def end_idle_workers(page: Page) -> None:
    """End the service workers, as the browser does by itself where no debugger looks on.

    The one that waits, too: its wish to take over is weighed again only when it is said anew, as the page does.
    """
    protocol = page.context.new_cdp_session(page)
    protocol.send("ServiceWorker.enable")
    protocol.send("ServiceWorker.stopAllWorkers")
    protocol.detach()


def begin_second(page: Page, address: str) -> None:
    """Begin the other visit's form with all but its result, the address last."""
    page.get_by_role("link", name="Forma başla").click()
    worker = FormWorker(page)
    worker.choose("sonuc", "Görüşüldü")
    worker.take_point("konum")
    worker.go_on()
    worker.choose("kategori", "Çöp ve temizlik")
    worker.write("aciklama", _BEGUN.finding)
    worker.take_photo("foto", _BEGUN.photo)
    page.get_by_role("button", name="Geri", exact=True).click()
    worker.write("yeni_adres", address)


def finish_second(page: Page, address: str) -> None:
    """Go on with the draft: everything is there, the photo too; finish it and send all that waits."""
    open_place(page, "Bugün")
    page.get_by_role("region", name="Yarım kalan formlar").get_by_role("link", name="Devam et").click()
    worker = FormWorker(page)
    expect(worker.question("yeni_adres").locator("input, textarea")).to_have_value(address)
    worker.go_on()
    expect(worker.question("foto").locator("img")).to_be_visible()
    worker.go_on()
    page.get_by_role("button", name="Formu bitir").click()
    for visit in (DONE, _BEGUN):
        expect(page.get_by_role("listitem").filter(has_text=visit.name)).to_contain_text("Talep no", timeout=60_000)
    for _ in range(2):
        page.get_by_role("button", name="Şimdi gönder").click()
        expect(page.get_by_role("button", name="Şimdi gönder")).to_be_enabled(timeout=60_000)
    assert count_of(page, "photos") == count_of(page, "drafts") == 0


def assert_sent_once(wiring: Wiring, version: str) -> None:
    with wiring.database.reading() as session:
        visits = session.scalars(select(Submission)).all()
        assert sorted(one.photos_received for one in visits) == [1, 1]
        assert {one.sha256 for one in session.scalars(select(Photo))} == {DONE.sha256, _BEGUN.sha256}
        assert session.scalars(select(Device.app_version)).all() == [version]


def test_what_the_first_release_left_on_a_tablet_is_there_and_sent_once(
    field: Field, wiring: Wiring, tmp_path: Path
) -> None:
    field.serve_release(make_release(tmp_path / "older", version="0.9.0"))
    with field.browser_open() as page:
        install(field, page, wiring)
        page.context.set_offline(True)
        do_visit(page, DONE)
        begin_second(page, "Gül Sk. 5")
        page.get_by_role("button", name="Kapat, taslak kalsın").click()
        expect(page.get_by_role("region", name="Yarım kalan formlar")).to_be_visible()
    field.serve_release(None)
    with field.browser_open() as page:
        # Beside the application: no page of it is open while the browser updates it.
        page.goto(f"{field.server_url}/health/live")
        left = page.evaluate(_AS_FIRST_RELEASE)
        assert (left["outbox"], left["drafts"], left["photos"], left["workers"]) == (1, 1, 2, 1)
        wait_until(page, _HAS_TAKEN_OVER)
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        finish_second(page, "Gül Sk. 5")
    assert_sent_once(wiring, app_version())


def _as_a_later_server(route: Route) -> None:
    """Answer with fields, items and commands that nobody here knows yet."""
    answer = route.fetch()
    if not answer.headers.get("content-type", "").startswith("application/json"):
        route.fulfill(response=answer)
        return
    told = answer.json()
    for one in [told, told.get("limits"), *told.get("results", []), *told.get("items", [])]:
        if isinstance(one, dict):
            one["henuz_bilinmeyen"] = {"ne": ["olursa"]}
    if "items" in told:
        told["items"].append({"op": "put", "kind": "kampanya", "id": "1", "version": 1, "fields": {}})
        told["commands"].append({"do": "bir sey"})
    route.fulfill(response=answer, json=told)


def _as_an_earlier_server(route: Route) -> None:
    """Know nothing of photos, as a server that was set back to a release before them."""
    route.fulfill(status=405, content_type="application/problem+json", body=msgspec.json.encode({"code": "http.405"}))


def test_an_application_that_is_older_or_newer_than_its_server_hands_over_everything(
    field: Field, wiring: Wiring, tmp_path: Path
) -> None:
    with field.browser_open() as page:
        page.context.route(re.compile("/v1/sync/(pull|push|profile)"), _as_a_later_server)
        install(field, page, wiring)
        page.context.unroute(re.compile("/v1/sync/(pull|push|profile)"))
        page.context.route("**/v1/photos/**", _as_an_earlier_server)
        do_visit(page, DONE)
        field.plan("Sonra Planlanan", 3)
        open_place(page, "Giden kutusu")
        page.get_by_role("button", name="Şimdi gönder").click()
        expect(page.get_by_role("listitem").filter(has_text=DONE.name)).to_contain_text("Talep no")
        expect(page.get_by_text("sunucu bu uygulamadan eski")).to_be_visible()
        assert count_of(page, "photos") == 1
        open_place(page, "Bugün")
        expect(page.get_by_role("link", name="Sonra Planlanan")).to_be_visible()
        page.context.unroute("**/v1/photos/**")
        field.demand_app("9.0.0")
        say_not_at_home(page, _BEGUN.name)
        open_place(page, "Giden kutusu")
        page.get_by_role("button", name="Şimdi gönder").click()
        expect(page.get_by_role("listitem").filter(has_text=_BEGUN.name)).to_contain_text("Merkezde")
        expect(page.get_by_text("Bu tabletteki uygulama eski")).to_be_visible()
        page.get_by_role("button", name="Şimdi yenile").click()
        expect(page.get_by_text("Yeni sürüm henüz alınamadı")).to_be_visible()
        field.serve_release(make_release(tmp_path / "newer", version="9.0.0"))
        page.get_by_role("button", name="Şimdi yenile").click()
        # The newer application may take over, and the page begin anew, before anybody can look.
        with suppress(Error):
            wait_until(page, IS_WAITING)
            end_idle_workers(page)
        expect(page.get_by_role("heading", name="Kim çalışıyor?")).to_be_visible()
        field.plan("En Son Planlanan", 4)
        sign_in(page, "Saha", PIN)
        expect(page.get_by_role("link", name="En Son Planlanan")).to_be_visible()
        expect(page.get_by_text("uygulama eski")).to_have_count(0)
    with wiring.database.reading() as session:
        assert [one.photos_received for one in session.scalars(select(Submission))] == [1]
