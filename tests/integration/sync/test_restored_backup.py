"""A backup is really put back while the folder of photos is newer: what the tablets did since is there again.

On both databases, by the reference tablet (`tests/tablet`); the browser's own is tests/e2e/test_tablet_restored.py.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from api.app import with_parts
from api.commands.command_line import main
from api.wiring import Wiring, wire
from foundation.clock import utc_now
from foundation.identifiers import uuid7
from foundation.settings import Settings
from photos.addresses import ORIGINAL, place_of
from photos.tables import Photo
from service_requests.tables import ExpectedPhoto, Quarantine, Submission
from teams.enrolment import NewEnrolmentCode, make_enrolment_code
from teams.permissions import Actor, Role
from tests.builders import AFinding, a_photo, an_instance_id
from tests.fixtures.backups import backup_of
from tests.fixtures.municipality import Municipality
from tests.integration.intake.posts import hane
from tests.tablet.tablet import Tablet
from tests.tablet.wire import Answer, Ask, NoAnswer, over_http

NOBODY_ANSWERS = "the server is stopped"


class Server:
    """The server as it is started and stopped; the tablet's asks go to whichever runs."""

    def __init__(self, routes: Litestar, settings: Settings) -> None:
        self._routes, self.settings = routes, settings
        self._client: TestClient[Litestar] | None = None

    @contextmanager
    def running(self) -> Iterator[Wiring]:
        """Run the server."""
        wiring = wire(self.settings)
        with TestClient(with_parts(self._routes, wiring), raise_server_exceptions=False) as self._client:
            yield wiring
        self._client = None

    def ask(self, ask: Ask) -> Answer:
        """Ask the server that runs."""
        if self._client is None:
            raise NoAnswer(NOBODY_ANSWERS)
        return over_http(self._client)(ask)

    def tell_restored(self) -> None:
        """Say `saha restored`, as whoever put the backup back does."""
        environ = {"SAHA_DATABASE_URL": self.settings.database_url, "SAHA_DATA_DIR": str(self.settings.data_dir)}
        assert main(["restored"], environ) == 0


@pytest.fixture
def server(routes: Litestar, settings: Settings, municipality: Municipality) -> Server:
    del municipality
    return Server(routes, settings)


def enrolled(server: Server, wiring: Wiring, place: Municipality) -> Tablet:
    coordinator = Actor(place.users["koordinator"], "koordinator", "koordinator", Role.COORDINATOR)
    with wiring.database.writing() as session:
        code, _ = make_enrolment_code(session, coordinator, NewEnrolmentCode(place.team, "Tablet 1"), utc_now())
    tablet = Tablet(server.ask, ids=uuid7, clock=utc_now)
    tablet.enrol(code)
    tablet.sync()
    return tablet


def fill(tablet: Tablet, photo: bytes) -> str:
    """Fill a form with a photo; returns its instance id."""
    instance_id = an_instance_id()
    tablet.fill_form(hane(instance_id=instance_id, findings=[AFinding(photo="a.jpg")]), {"a.jpg": photo})
    return instance_id


def photos_of(wiring: Wiring) -> dict[str, str]:
    """Tell what became of the photo of each form, by instance id."""
    with wiring.database.reading() as session:
        rows = session.execute(
            select(Submission.instance_id, ExpectedPhoto.state).join(
                ExpectedPhoto, ExpectedPhoto.submission_id == Submission.id
            )
        )
        return {instance_id: state for instance_id, state in rows}  # noqa: C416 - rows are no pairs to mypy


def refused(wiring: Wiring) -> list[str]:
    with wiring.database.reading() as session:
        return list(session.scalars(select(Quarantine.reason)))


def test_what_came_after_the_backup_is_there_again_photos_and_refusals_too(
    server: Server, municipality: Municipality, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shades = [a_photo(number) for number in range(5)]
    with server.running() as wiring:
        tablet = enrolled(server, wiring, municipality)
        before = fill(tablet, shades[0])
        gone = fill(tablet, shades[1])
        tablet.push()
    with backup_of(database_url, tmp_path) as backup:
        with server.running() as wiring:
            tablet.send_photos()
            after = fill(tablet, shades[2])
            tablet.sync()
            assert not tablet.state.photos, "the tablet has been told of all photos and has dropped them"
            # Not yet told of: uploaded, and still here.
            told_late = fill(tablet, shades[3])
            tablet.push()
            tablet.send_photos()
            tablet.add_target({"tur": "olmayan", "ad": "Şükrü Iğdır"})
            tablet.push()
            assert refused(wiring) == ["entity.bad_field"]
        backup.put_back()
        lost = server.settings.resolved_photo_dir / place_of(hashlib.sha256(shades[1]).hexdigest(), ORIGINAL)
        lost.unlink()
        server.tell_restored()
        assert "1 tanesi depoda bulundu" in (said := capsys.readouterr().out)
        assert "1 fotoğraf depoda yok" in said
        with server.running() as wiring:
            assert photos_of(wiring) == {before: "received", gone: "awaited"}
            assert refused(wiring) == []
            tablet.pull()
            tablet.sync()
            assert refused(wiring) == ["entity.bad_field"]
            assert photos_of(wiring)[after] == "awaited"
            assert wiring.housekeeping.sweep_once()
            tablet.pull()
            assert photos_of(wiring) == {before: "received", gone: "awaited", after: "received", told_late: "received"}
            shown = {one["instance_id"]: one["photos"]["a.jpg"] for one in tablet.held("submission").values()}
            assert shown == {before: "verified", gone: "awaited", after: "verified", told_late: "verified"}


def test_a_damaged_file_is_not_taken_for_the_photo_and_nothing_is_looked_for_without_a_backup(
    server: Server, municipality: Municipality
) -> None:
    photo = a_photo(7)
    file = server.settings.resolved_photo_dir / place_of(hashlib.sha256(photo).hexdigest(), ORIGINAL)
    with server.running() as wiring:
        tablet = enrolled(server, wiring, municipality)
        form = fill(tablet, photo)
        tablet.push()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(photo)
        # Nobody has put back a backup: whoever names a photo must bring it.
        assert wiring.housekeeping.sweep_once()
        assert photos_of(wiring) == {form: "awaited"}
        file.write_bytes(photo[:-1] + b"x")
    server.tell_restored()
    with server.running() as wiring:
        assert wiring.housekeeping.sweep_once()
        assert photos_of(wiring) == {form: "awaited"}
        with wiring.database.reading() as session:
            assert session.scalars(select(Photo.sha256)).all() == []
