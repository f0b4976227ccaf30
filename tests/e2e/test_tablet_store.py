"""What the form component stands on: drafts, finished forms with photos, and the feed after a restored backup."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from geo.turkish import search_key
from service_requests.tables import ExpectedPhoto, Submission
from sync.tombstones import begin_new_epoch
from teams.tables import User
from tests.builders import AFinding, a_photo, a_submission, an_instance_id
from tests.e2e.office_visitor import wait_until
from tests.e2e.tablet_in_the_field import NAME, OTHER_PIN, PIN, Field, open_place, set_pin, set_up
from tests.fixtures.municipality import version_of

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

_SCRIPT = "/deneme/store.js"
_PHOTOS = """photos.map(([name, text]) => ({
  name, blob: new Blob([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], {type: 'image/jpeg'}),
}))"""
_COUNT = """(async (store) => {
  const request = indexedDB.open('saha')
  const db = await new Promise((done) => { request.onsuccess = () => done(request.result) })
  const all = db.transaction(store).objectStore(store).getAll()
  return await new Promise((done) => { all.onsuccess = () => { db.close(); done(all.result.length) } })
})"""


def serve_store(page: Page, script: str) -> None:
    """Let the page import the store by itself."""
    page.route(f"**{_SCRIPT}", lambda route: route.fulfill(body=script, content_type="text/javascript"))


def open_store(page: Page, script: str, worker: object, pin: str) -> None:
    """Give the page the store by itself, and sign a worker in to it."""
    serve_store(page, script)
    signing_in = f"""async ([worker, pin]) => {{
      window.kept = await import('{_SCRIPT}')
      return (await kept.openStore(worker, pin)).is
    }}"""
    opened = page.evaluate(signing_in, [str(worker), pin])
    assert opened == "open"


def save_draft(page: Page, draft: dict[str, Any], photos: dict[str, bytes]) -> None:
    saving = f"async ([draft, photos]) => await kept.store.drafts.save({{...draft, photos: {_PHOTOS}}})"
    page.evaluate(saving, [draft, encoded(photos)])


def encoded(photos: dict[str, bytes]) -> list[list[str]]:
    return [[name, b64encode(content).decode()] for name, content in photos.items()]


def drafts_of(page: Page) -> list[dict[str, Any]]:
    """Return the drafts with the lengths of their photos."""
    reading = """async () => (await kept.store.drafts.list()).map((draft) => (
      {...draft, photos: draft.photos.map(({name, blob}) => [name, blob.size])}
    ))"""
    read: list[dict[str, Any]] = page.evaluate(reading)
    return read


def count_of(page: Page, store: str) -> int:
    return int(page.evaluate(f"{_COUNT}('{store}')"))


def test_a_draft_is_its_workers_alone_and_keeps_its_photos_through_a_restart(field: Field, tablet_store: str) -> None:
    field.add_colleague("Deniz")
    worker, photo = field.place.users["saha"], a_photo()
    draft = {"id": str(uuid4()), "formId": "hane", "formVersion": "1", "title": NAME, "xml": "<data/>"}
    with field.browser_open() as page:
        set_up(field, page)
        open_store(page, tablet_store, worker, PIN)
        save_draft(page, draft, {"a.jpg": photo, "b.jpg": a_photo(30)})
        save_draft(page, {**draft, "xml": "<data>1</data>"}, {"a.jpg": photo})
    with field.browser_open() as page:
        page.goto(field.url)
        open_store(page, tablet_store, worker, PIN)
        (kept,) = drafts_of(page)
        assert (kept["title"], kept["xml"], kept["photos"]) == (NAME, "<data>1</data>", [["a.jpg", len(photo)]])
        assert count_of(page, "photos") == 1
        page.reload()
        set_pin(page, "Deniz", OTHER_PIN)
        with field.wiring.database.reading() as session:
            other = session.scalars(select(User.id).where(User.display_name == "Deniz")).one()
        open_store(page, tablet_store, other, OTHER_PIN)
        assert drafts_of(page) == []


def test_a_finished_form_takes_its_drafts_place_and_its_photo_follows_it(field: Field, tablet_store: str) -> None:
    visit, photo, instance_id = field.plan(NAME), a_photo(), an_instance_id()
    xml = a_submission(version=version_of("hane"), instance_id=instance_id, findings=[AFinding(photo="a.jpg")])
    made = {"kind": "assignment", "id": str(visit.assignment), "seen": 1, "fields": {"durum": "yapildi"}}
    draft = {"id": str(uuid4()), "formId": "hane", "formVersion": "1", "title": NAME, "xml": "<data/>"}
    finished = {
        "xml": xml.decode(), "formId": "hane", "title": NAME, "draftId": draft["id"],
        "targetId": str(visit.target), "changes": [made],
    }  # fmt: skip
    with field.browser_open() as page:
        set_up(field, page)
        expect(page.get_by_role("link", name=NAME)).to_be_visible()
        open_store(page, tablet_store, field.place.users["saha"], PIN)
        save_draft(page, draft, {"a.jpg": photo})
        page.context.set_offline(True)
        page.evaluate(
            f"async ([finished, photos]) => await kept.store.outbox.addSubmission({{...finished, photos: {_PHOTOS}}})",
            [finished, encoded({"a.jpg": photo})],
        )
        assert (drafts_of(page), count_of(page, "outbox")) == ([], 1)
        # Another window of the tablet sees at once that the visit is done.
        expect(page.get_by_role("link", name=NAME)).to_have_count(0)
        page.context.set_offline(False)
        for _ in range(2):
            page.evaluate("async () => await kept.store.sync.now()")
        wait_until(page, f"{_COUNT}('photos').then((count) => count === 0)")
        open_place(page, "Giden kutusu")
        expect(page.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("Talep no")
    with field.wiring.database.reading() as session:
        (submission,) = session.scalars(select(Submission))
        (expected,) = session.scalars(select(ExpectedPhoto))
    assert (submission.instance_id, expected.file_name, expected.state) == (instance_id, "a.jpg", "received")


def test_after_a_restored_backup_the_tablet_begins_anew_and_shows_the_same(field: Field, tablet_store: str) -> None:
    field.plan(NAME)
    with field.browser_open() as page:
        set_up(field, page)
        expect(page.get_by_role("link", name=NAME)).to_be_visible()
        with field.wiring.database.writing() as session:
            begin_new_epoch(session, datetime.now(UTC))
        field.plan("Ali Veli", 2)
        open_store(page, tablet_store, field.place.users["saha"], PIN)
        page.evaluate("async () => await kept.store.sync.now()")
        page.reload()
        page.get_by_role("button", name="Saha", exact=True).click()
        page.get_by_label("PIN", exact=True).fill(PIN)
        page.get_by_role("button", name="Aç", exact=True).click()
        for name in (NAME, "Ali Veli"):
            expect(page.get_by_role("link", name=name)).to_be_visible()
        assert count_of(page, "pages") >= 1


def test_the_tablet_folds_what_is_typed_as_the_server_does(field: Field, tablet_store: str) -> None:
    typed = [
        "Iğdır", "IĞDIR", "igdir", "İnönü Cad. No:12/3", "Şükriye ÇÜĞÖŞİ", "â î û", "Ğ-ğ  x", "+90 532 111", "ﬁrın",
        "Straße", "ÆØĐŁŒ", "Ays\u0327e", "I\u0307zmir", "ＡＢＣ", "١٢", "Ömer’in", "a_b", "№5", "²", "ΣΑΣ", "½", "",
    ]  # fmt: skip
    with field.browser_open() as page:
        page.goto(field.url)
        serve_store(page, tablet_store)
        folding = f"async (typed) => typed.map((await import('{_SCRIPT}')).searchKey)"
        assert page.evaluate(folding, typed) == [search_key(text) for text in typed]


def test_of_many_targets_those_come_first_whose_words_begin_as_typed(field: Field, tablet_store: str) -> None:
    filling = f"""async () => {{
      const {{ SearchIndex }} = await import('{_SCRIPT}')
      const index = new SearchIndex()
      for (let i = 0; i < 5000; i++) index.put(`t${{i}}`, `Hane ${{i}} Gül Sokak`)
      index.put('within', 'Başgül 17')
      index.put('begins', 'Gülşen 17')
      index.put('gone', 'Gülşen 17')
      index.drop('gone')
      return [index.search('gülş 17'), index.search('şgül'), index.search('').length,
              index.search('gul').length, index.search('gul 4999')]
    }}"""
    with field.browser_open() as page:
        page.goto(field.url)
        serve_store(page, tablet_store)
        assert page.evaluate(filling) == [["begins"], ["within"], 0, 60, ["t4999"]]
