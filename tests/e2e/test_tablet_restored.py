"""A backup was put back behind the tablet: nothing that was made on it is lost, also where it is not known any more."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from api.commands.command_line import main
from api.wiring import Wiring
from foundation.settings import Settings
from service_requests.tables import ExpectedPhoto, Quarantine, Submission
from sync.tables import Operation
from teams.tables import Device
from tests.builders import AFinding, a_photo, a_submission, an_instance_id
from tests.e2e.tablet_in_the_field import NAME, OTHER_PIN, PIN, Field, send_now, set_pin, set_up, sign_in, type_new_pin
from tests.e2e.test_tablet_store import _PHOTOS, drafts_of, encoded, open_store, save_draft
from tests.fixtures.backups import Backup, backup_of
from tests.fixtures.municipality import version_of

pytestmark = pytest.mark.browser


class Restoring:
    """The office's machine: backed up now, and put back whenever a test says so."""

    def __init__(self, field: Field, settings: Settings, backup: Backup) -> None:
        self._field, self._settings, self._backup = field, settings, backup

    def put_back(self) -> None:
        """Stop the server, put the backup back as docs/operations.md says, and start again."""
        self._field.stop_server()
        self._field.wiring.database.engine.dispose()
        self._backup.put_back()
        environ = {"SAHA_DATABASE_URL": self._settings.database_url, "SAHA_DATA_DIR": str(self._settings.data_dir)}
        assert main(["restored"], environ) == 0
        self._field.start_server()


@contextmanager
def backed_up(field: Field, settings: Settings, folder: Path) -> Iterator[Restoring]:
    field.stop_server()
    field.wiring.database.engine.dispose()
    with backup_of(settings.database_url, folder) as backup:
        field.start_server()
        yield Restoring(field, settings, backup)
        field.stop_server()
        field.wiring.database.engine.dispose()


def finish_form(page: Page, *, photo: bytes | None = None) -> str:
    """Have a form wait in the outbox; returns its instance id."""
    instance_id = an_instance_id()
    findings = [AFinding(photo="a.jpg")] if photo else []
    xml = a_submission(version=version_of("hane"), instance_id=instance_id, findings=findings)
    page.evaluate(
        f"async ([finished, photos]) => await kept.store.outbox.addSubmission({{...finished, photos: {_PHOTOS}}})",
        [{"xml": xml.decode(), "formId": "hane", "title": NAME}, encoded({"a.jpg": photo} if photo else {})],
    )
    return instance_id


def recorded(wiring: Wiring) -> dict[str, Any]:
    """Tell what the server holds: instance ids, states of photos, reasons of quarantine."""
    with wiring.database.reading() as session:
        return {
            "forms": set(session.scalars(select(Submission.instance_id))),
            "photos": list(session.scalars(select(ExpectedPhoto.state))),
            "refused": list(session.scalars(select(Quarantine.reason))),
        }


def expect_recorded(page: Page, wiring: Wiring, expected: dict[str, Any]) -> None:
    """Wait until the server holds this."""
    for _ in range(100):
        if recorded(wiring) == expected:
            return
        page.wait_for_timeout(200)
    assert recorded(wiring) == expected


def shut_out_long_ago(wiring: Wiring) -> None:
    """Let the tablet have been revoked when it can no longer hand over its outbox."""
    with wiring.database.writing() as session:
        session.execute(update(Device).values(revoked_at=datetime.now(UTC) - timedelta(days=2)))


def test_a_tablet_that_is_not_known_any_more_scans_another_code_and_loses_nothing(
    field: Field, tablet_store: str, settings: Settings, wiring: Wiring, tmp_path: Path
) -> None:
    field.add_colleague("Deniz")
    worker = field.place.users["saha"]
    draft = {"id": str(uuid4()), "formId": "hane", "formVersion": "1", "title": "Ömer Iğdırlı", "xml": "<data/>"}
    with backed_up(field, settings, tmp_path) as office, field.browser_open() as page:
        set_up(field, page)
        open_store(page, tablet_store, worker, PIN)
        sent = finish_form(page)
        send_now(page)
        expect_recorded(page, wiring, {"forms": {sent}, "photos": [], "refused": []})
        page.context.set_offline(True)
        waiting = finish_form(page, photo=a_photo())
        save_draft(page, draft, {"b.jpg": a_photo(3)})
        office.put_back()
        page.context.set_offline(False)
        page.goto(field.url)
        expect(page.get_by_text("Bu tablet tanınmıyor")).to_contain_text("yeni bir karekod")
        page.goto(field.enrolment_address())
        # Its worker is not there: what they left goes sealed, with keys that were derived for the tablet of then.
        set_pin(page, "Deniz", OTHER_PIN)
        send_now(page)
        expect_recorded(page, wiring, {"forms": {sent, waiting}, "photos": ["received"], "refused": []})
        page.get_by_role("button", name="Çık", exact=True).click()
        sign_in(page, "Saha", PIN)
        expect(page.get_by_text("Ömer Iğdırlı")).to_be_visible()
        page.get_by_role("button", name="Çık", exact=True).click()
        # Also who forgot the PIN is given the keys of then.
        page.get_by_role("button", name="Saha", exact=True).click()
        page.get_by_role("button", name="PIN'imi unuttum").click()
        type_new_pin(page, OTHER_PIN)
        open_store(page, tablet_store, worker, OTHER_PIN)
        assert [(kept["title"], len(kept["photos"])) for kept in drafts_of(page)] == [("Ömer Iğdırlı", 1)]
        assert field.office().read("/v1/devices")["items"][0]["unsent_count"] == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_tablet_that_is_known_does_not_become_another_by_a_second_code(field: Field) -> None:
    with field.browser_open() as page:
        set_up(field, page)
        page.goto(field.enrolment_address())
        expect(page.get_by_text("Bu tablet zaten tanıtılmış.")).to_be_visible()
        assert len(field.office().read("/v1/devices")["items"]) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_tablet_that_was_shut_out_and_found_again_goes_on_with_another_code(
    field: Field, tablet_store: str, wiring: Wiring
) -> None:
    with field.browser_open() as page:
        set_up(field, page)
        open_store(page, tablet_store, field.place.users["saha"], PIN)
        before = finish_form(page)
        send_now(page)
        expect_recorded(page, wiring, {"forms": {before}, "photos": [], "refused": []})
        page.context.set_offline(True)
        after = finish_form(page)
        shut_out_long_ago(wiring)
        page.context.set_offline(False)
        page.goto(field.enrolment_address())
        sign_in(page, "Saha", PIN)
        send_now(page)
        # What the first one had sent is not there twice, and nobody is told that it was refused.
        expect_recorded(page, wiring, {"forms": {before, after}, "photos": [], "refused": []})
        expect(page.get_by_text("Alınmadı")).to_have_count(0)


def test_what_was_refused_after_the_backup_lies_in_quarantine_again(
    field: Field, tablet_store: str, settings: Settings, wiring: Wiring, tmp_path: Path
) -> None:
    with field.browser_open() as page:
        set_up(field, page)
        with backed_up(field, settings, tmp_path) as office:
            open_store(page, tablet_store, field.place.users["saha"], PIN)
            form = finish_form(page)
            page.evaluate("async () => await kept.store.outbox.create({tur: 'olmayan', ad: 'Iğdır'}, 'Iğdır')")
            send_now(page)
            came = {"forms": {form}, "photos": [], "refused": ["entity.bad_field"]}
            expect_recorded(page, wiring, came)
            office.put_back()
            assert recorded(wiring) == {"forms": set(), "photos": [], "refused": []}
            send_now(page)
            expect_recorded(page, wiring, came)
            with wiring.database.reading() as session:
                assert len(session.scalars(select(Operation.id)).all()) == 2
