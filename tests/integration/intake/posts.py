"""Sending submissions as ODK Collect does, and counting what became of them."""

from collections.abc import Mapping
from email.utils import format_datetime
from xml.etree import ElementTree as ET

import httpx
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from foundation.clock import utc_now
from foundation.database import Base, Database
from service_requests.tables import ExpectedPhoto, RequestEvent, ServiceRequest, Submission, SubmissionDocument
from tests.builders import a_submission
from tests.fixtures.municipality import PASSWORD, version_of

SAHA = httpx.BasicAuth("saha", PASSWORD)
Client = TestClient[Litestar] | httpx.Client


def hane(**given: object) -> bytes:
    """Fill the household form in its published version."""
    return a_submission(version=version_of("hane"), **given)  # type: ignore[arg-type]


def send(
    client: Client, xml: bytes, photos: Mapping[str, bytes] | None = None, *, incomplete: bool = False,
    auth: httpx.Auth = SAHA,
) -> httpx.Response:  # fmt: skip
    """Post a submission; `client` knows the server.

    A server of its own has the real clock, and the forms are of one day in 2026: there the tablet tells its time, as
    Collect does, or they would be flagged as late from some day on.
    """
    told = {} if isinstance(client, TestClient) else {"Date": format_datetime(utc_now(), usegmt=True)}
    files: list[tuple[str, tuple[str | None, bytes | str, str] | tuple[None, str]]] = [
        ("xml_submission_file", ("form.xml", xml, "text/xml"))
    ]
    files += [(name, (name, content, "image/jpeg")) for name, content in (photos or {}).items()]
    if incomplete:
        files.append(("*isIncomplete*", (None, "yes")))
    return client.post("/openrosa/submission?deviceID=collect:abc", files=files, auth=auth, headers=told)  # type: ignore[arg-type]


def sentence_of(response: httpx.Response) -> str:
    """Return what the tablet shows to the worker."""
    return ET.fromstring(response.content)[0].text or ""


def count(database: Database, table: type[Base]) -> int:
    """Count the rows of a table."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def assert_recorded_once(database: Database, *, findings: int, photos: int) -> None:
    """Check that one visit is there, whole and once, with its requests and photos."""
    counts = {table: count(database, table) for table in (Submission, SubmissionDocument, ServiceRequest, RequestEvent)}
    assert counts == {Submission: 1, SubmissionDocument: 1, ServiceRequest: findings, RequestEvent: 2 * findings}
    with database.reading() as session:
        visit = session.scalars(select(Submission)).one()
        assert (visit.request_count, visit.photos_received, visit.photos_expected) == (findings, photos, photos)
        assert (visit.flags, visit.review) == ("", "none")
        assert {place.state for place in session.scalars(select(ExpectedPhoto))} == ({"received"} if photos else set())


def assert_try_again(answer: httpx.Response) -> None:
    """Check that the tablet is told to keep its copy and to send again: 503 in OpenRosa's words, never 201."""
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["x-openrosa-version"] == "1.0"
    assert "yeniden gönderin" in sentence_of(answer)
