"""What the office sends back or repairs, as tablet and office see it."""

import csv

import msgspec
from sqlalchemy import select

from foundation.database import Database
from service_requests.tables import Quarantine, Submission
from sync.tables import FeedBody
from tests.builders import an_instance_id
from tests.fixtures.office import Office
from tests.integration.intake.posts import count, hane
from tests.integration.push.pushes import PushingTablet


def told(database: Database) -> dict[str, tuple[str, str | None]]:
    """Return (state, question) of each submission as its tablet is told."""
    with database.reading() as session:
        bodies = session.scalars(select(FeedBody.body).where(FeedBody.kind == "submission")).all()
    return {body["id"]: (body["state"], body["question"]) for body in map(msgspec.json.decode, bodies)}


def test_a_returned_form_is_told_to_its_tablet_and_closed_by_its_amendment(
    pushing: PushingTablet, office: Office, database: Database
) -> None:
    first = an_instance_id()
    [result] = pushing.push(pushing.form(hane(instance_id=first)))
    old = result["submission_id"]
    assert office.post("koordinator", f"/v1/submissions/{old}/return", json={"question": "a"}).status_code == 422
    asked = office.post("koordinator", f"/v1/submissions/{old}/return", json={"question": "Kapı no?"})
    assert asked.status_code == 200
    assert told(database) == {old: ("returned", "Kapı no?")}
    assert office.get("koordinator", "/v1/submissions?review=returned").json()["total"] == 1
    exported = office.get("koordinator", "/v1/submissions.csv?review=returned").content.decode("utf-8-sig")
    [row] = csv.DictReader(exported.splitlines(), delimiter=";")
    assert row["İnceleme"] == "geri gönderildi"
    assert office.post("koordinator", f"/v1/submissions/{old}/take-back").status_code == 200
    assert told(database) == {old: ("received", None)}
    office.post("koordinator", f"/v1/submissions/{old}/return", json={"question": "Kapı no?"})
    [amended] = pushing.push(pushing.form(hane(deprecated_id=first)))
    new = amended["submission_id"]
    assert told(database) == {old: ("superseded", None), new: ("received", None)}
    versions = office.get("koordinator", f"/v1/submissions/{old}/versions").json()["versions"]
    assert [(one["id"], one["question"], one["uses_collect"]) for one in versions] == [
        (old, "Kapı no?", False), (new, None, False),
    ]  # fmt: skip
    assert office.get("koordinator", "/v1/submissions?review=returned").json()["total"] == 0


def test_the_resend_of_repaired_bytes_is_received(office: Office, database: Database) -> None:
    xml = hane()
    broken = xml.replace(b"</data>", b"")
    assert office.send(broken).status_code == 400
    [row] = office.get("koordinator", "/v1/quarantine").json()["items"]
    address = f"/v1/quarantine/{row['id']}"
    assert office.post("koordinator", f"{address}/repair", json={"text": " "}).status_code == 422
    assert office.post("koordinator", f"{address}/repair", json={"text": xml.decode()}).status_code == 204
    seen = office.get("koordinator", address).json()
    assert (seen["content"], seen["xml_text"], seen["repaired"]["text"]) == (
        "submission", broken.decode(), xml.decode(),
    )  # fmt: skip
    assert office.post("koordinator", f"{address}/replay").status_code == 200
    assert office.send(broken).status_code == 201
    assert (count(database, Submission), count(database, Quarantine)) == (1, 1)


def test_a_replayed_operation_is_what_the_tablet_is_answered_then(
    pushing: PushingTablet, office: Office, database: Database
) -> None:
    one = pushing.form(hane(), by="saha2")
    [refused] = pushing.push(one)
    assert refused["code"] == "sync.worker_unknown"
    replayed = office.post("koordinator", f"/v1/quarantine/{refused['kept_as']}/replay")
    assert replayed.status_code == 200, replayed.text
    [again] = pushing.push(one)
    assert (again["status"], again["replayed"], again["submission_id"]) == (
        "applied", True, replayed.json()["submission_id"],
    )  # fmt: skip
    with database.reading() as session:
        assert session.scalars(select(Submission.user_id)).one() == pushing.place.users["saha2"]
