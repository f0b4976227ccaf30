"""Two form engines that nobody here wrote fill every shipped form and post it to a real server process of ours.

One run of a client fills all forms, because starting it is what takes the time; the second door takes a few of them.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from api.wiring import Wiring
from field_forms.compile import CompiledForm
from field_forms.shipped_forms import ShippedForm
from photos.tables import Photo
from service_requests.tables import ExpectedPhoto, Quarantine, RequestEvent, ServiceRequest, Submission
from teams.sign_in import hash_token
from teams.tables import CollectKey
from tests.builders import a_photo
from tests.fixtures.left_out import leave_out
from tests.fixtures.live_server import LiveServer
from tests.fixtures.municipality import NOON, PASSWORD, Municipality, compiled_catalogue, whole_catalogue
from tests.foreign_clients import javarosa_client, xforms_engine_client
from tests.foreign_clients.filled_forms import FilledForm, FillOptions, ForeignClientMissing

Fill = Callable[[str, str | None, str | None, Sequence[Path], FillOptions], list[FilledForm]]

pytestmark = pytest.mark.foreign_client

CLIENTS: dict[str, Fill] = {
    "javarosa": javarosa_client.fill_and_post,
    "xforms-engine": xforms_engine_client.fill_and_post,
}
# Where the visits and their findings are: Akpınar and, east of it, Fatih.
IN_AKPINAR, IN_FATIH = "41.005 29.205 100 4.5", "41.005 29.215 100 4.5"


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Draw three photos that differ."""
    drawn = []
    for number in range(3):
        drawn.append(tmp_path / f"foto-{number}.jpg")
        drawn[-1].write_bytes(a_photo(number, size=(320, 240)))
    return drawn


def a_collect_key(wiring: Wiring, municipality: Municipality) -> str:
    token = secrets.token_urlsafe(24)
    saha = municipality.users["saha"]
    with wiring.database.writing() as session:
        session.add(
            CollectKey(
                id=uuid4(), token_hash=hash_token(token), user_id=saha, label="Tablet 1", created_at=NOON,
                created_by=municipality.users["koordinator"],
            )
        )  # fmt: skip
    return token


@pytest.fixture(params=CLIENTS)
def fill(request: pytest.FixtureRequest) -> Fill:
    """Return one client after the other; what it needs and this machine lacks is left out by name."""
    client = CLIENTS[request.param]

    def fill_or_leave_out(
        server: str, user: str | None, password: str | None, photos: Sequence[Path], options: FillOptions
    ) -> list[FilledForm]:
        try:
            return client(server, user, password, photos, options)
        except ForeignClientMissing as missing:
            leave_out(request.param, str(missing))

    return fill_or_leave_out


HINTS = {"konum": IN_AKPINAR, "talep_konumu": IN_FATIH, "kategori": "yol_kaldirim"}


# What the engines do is the same on both databases, and sixteen forms take their time.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_shipped_form_is_filled_and_sent_whole(
    every_form: Municipality, live_server: LiveServer, wiring: Wiring, photos: list[Path], fill: Fill
) -> None:
    filled = fill(live_server.openrosa, "saha", PASSWORD, photos, FillOptions(findings=2, hints=HINTS))
    assert_all_of(filled, whole_catalogue())
    sent = {form["instance_id"]: form for form in filled}
    assert_office_sees(wiring, every_form, sent, {hashlib.sha256(photo.read_bytes()).hexdigest() for photo in photos})


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_forms_come_through_both_doors_whole(
    live_server: LiveServer, wiring: Wiring, municipality: Municipality, photos: list[Path], fill: Fill
) -> None:
    by_basic = fill(live_server.openrosa, "saha", PASSWORD, photos, FillOptions(findings=2, hints=HINTS))
    key = a_collect_key(wiring, municipality)
    in_pieces = FillOptions(findings=2, hints=HINTS, files_per_post=1)
    by_key = fill(f"{live_server.openrosa}/key/{key}", None, None, photos, in_pieces)
    for filled in (by_basic, by_key):
        assert_all_of(filled, compiled_catalogue())
    sent = {form["instance_id"]: form for form in (*by_basic, *by_key)}
    assert len(sent) == 2 * len(compiled_catalogue())
    assert_office_sees(wiring, municipality, sent, {hashlib.sha256(photo.read_bytes()).hexdigest() for photo in photos})


def assert_all_of(filled: list[FilledForm], catalogue: list[tuple[ShippedForm, CompiledForm]]) -> None:
    """Assert that each form came once, in its version, accepted, with two findings and its photos."""
    versions = {compiled.form_id: compiled.version for _, compiled in catalogue}
    assert {form["form_id"]: form["version"] for form in filled} == versions
    assert all(form["status"] == 201 and form["findings"] == 2 and form["photos"] for form in filled)
    assert len(filled) == len(versions)


def assert_office_sees(
    wiring: Wiring, municipality: Municipality, sent: dict[str, FilledForm], on_disk: set[str]
) -> None:
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Quarantine)) == 0
        visits = {visit.instance_id: visit for visit in session.scalars(select(Submission))}
        assert set(visits) == set(sent)
        for instance_id, visit in visits.items():
            assert (visit.flags, visit.remarks, visit.review) == ("", [], "none"), visit.form_id
            assert (visit.place, visit.mahalle_id) == ("inside", municipality.akpinar)
            assert (visit.visit_type, visit.team_id) == (visit.form_id, municipality.team)
            assert visit.device_id.startswith("collect:")
            assert visit.photos_expected == visit.photos_received == len(sent[instance_id]["photos"])
            assert visit.request_count == sent[instance_id]["findings"]
            places = session.scalars(select(ExpectedPhoto).where(ExpectedPhoto.submission_id == visit.id))
            assert {place.file_name: place.sha256 for place in places} == {
                photo["name"]: photo["sha256"] for photo in sent[instance_id]["photos"]
            }
        assert_requests_are_routed(list(session.scalars(select(ServiceRequest))), municipality, visits, sent)
        steps = session.scalar(select(func.count()).select_from(RequestEvent))
        assert steps == 2 * sum(form["findings"] for form in sent.values())
        stored = set(session.scalars(select(Photo.sha256)))
    assert stored == on_disk
    for sha256 in stored:
        with wiring.photo_storage.open_binary(sha256) as photo:
            assert hashlib.sha256(photo.read()).hexdigest() == sha256


def assert_requests_are_routed(
    requests: list[ServiceRequest],
    municipality: Municipality,
    visits: dict[str, Submission],
    sent: dict[str, FilledForm],
) -> None:
    by_visit: dict[UUID | None, list[ServiceRequest]] = {}
    for request in requests:
        by_visit.setdefault(request.submission_id, []).append(request)
        assert (request.status, request.directorate_id) == ("routed", municipality.fen_isleri)
        assert (request.mahalle_id, request.category_code) == (municipality.fatih, "yol_kaldirim")
    for instance_id, visit in visits.items():
        numbers = [request.tracking_no for request in by_visit[visit.id]]
        assert len(numbers) == sent[instance_id]["findings"]
