"""Work that leaves a tablet without its worker: through a colleague who signs in, or though no page is open at all."""

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import ExpectedPhoto, Submission
from tests.builders import AFinding, a_photo, a_submission
from tests.e2e.office_visitor import wait_until
from tests.e2e.tablet_in_the_field import NAME, OTHER_PIN, PIN, Field, send_now, set_pin, set_up
from tests.e2e.test_tablet_store import _COUNT, _PHOTOS, count_of, encoded, open_store
from tests.fixtures.municipality import version_of

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def finish_form(page: Page) -> None:
    """Have a form with a photo wait in the outbox."""
    xml = a_submission(version=version_of("hane"), findings=[AFinding(photo="a.jpg")])
    finished = {"xml": xml.decode(), "formId": "hane", "title": NAME}
    page.evaluate(
        f"async ([finished, photos]) => await kept.store.outbox.addSubmission({{...finished, photos: {_PHOTOS}}})",
        [finished, encoded({"a.jpg": a_photo()})],
    )


def arrived(wiring: Wiring) -> list[str]:
    """Return the states of the photos of all forms that have come."""
    with wiring.database.reading() as session:
        forms, states = session.scalars(select(Submission.id)).all(), session.scalars(select(ExpectedPhoto.state)).all()
        assert len(forms) == len(states)
        return list(states)


def test_a_colleague_who_signs_in_sends_the_form_and_its_photo(field: Field, tablet_store: str, wiring: Wiring) -> None:
    field.add_colleague("Deniz")
    with field.browser_open() as page:
        set_up(field, page)
        open_store(page, tablet_store, field.place.users["saha"], PIN)
        page.context.set_offline(True)
        finish_form(page)
        page.get_by_role("button", name="Çık", exact=True).click()
        page.context.set_offline(False)
        set_pin(page, "Deniz", OTHER_PIN)
        send_now(page)
        assert arrived(wiring) == ["received"]
        # What the server has told of is kept no longer.
        send_now(page)
        wait_until(page, f"{_COUNT}('photos').then((count) => count === 0)")


def test_the_browser_sends_the_outbox_and_its_photos_though_the_page_is_closed(
    field: Field, tablet_store: str, wiring: Wiring
) -> None:
    with field.browser_open() as page:
        set_up(field, page)
        open_store(page, tablet_store, field.place.users["saha"], PIN)
        page.context.grant_permissions(["geolocation", "background-sync"])
        field.stop_server()
        finish_form(page)
        wait_until(
            page,
            "navigator.serviceWorker.ready.then(({sync}) => sync.getTags()).then((tags) => tags.length > 0)",
        )
        assert count_of(page, "photos") == 1
        other = page.context.new_page()
        session = page.context.new_cdp_session(other)
        registered: list[str] = []
        session.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda told: registered.extend(one["registrationId"] for one in told["registrations"]),
        )
        session.send("ServiceWorker.enable")
        page.close()
        field.start_server()
        other.wait_for_timeout(500)
        origin = field.url.removesuffix("/tablet/")
        session.send(
            "ServiceWorker.dispatchSyncEvent",
            {"origin": origin, "registrationId": registered[-1], "tag": "saha-outbox", "lastChance": False},
        )
        for _ in range(40):
            if arrived(wiring) == ["received"]:
                break
            other.wait_for_timeout(250)
        assert arrived(wiring) == ["received"]
