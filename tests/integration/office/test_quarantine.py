"""Quarantine as the coordinator works it off: replaying what was refused once its cause is gone."""

from concurrent.futures import ThreadPoolExecutor

from api.wiring import Wiring
from service_requests.tables import Submission
from tests.fixtures.office import Office
from tests.integration.intake.posts import count, hane


def _refused(office: Office) -> str:
    """Send a visit while its form is closed; return the id of its row in quarantine."""
    office.post("koordinator", "/v1/forms/hane/state", json={"state": "closed"})
    assert office.send(hane()).status_code == 403
    [row] = office.get("koordinator", "/v1/quarantine").json()["items"]
    return str(row["id"])


def test_a_refused_submission_is_replayed_once_its_cause_is_gone(office: Office) -> None:
    row = _refused(office)
    still = office.post("koordinator", f"/v1/quarantine/{row}/replay")
    assert (still.status_code, still.json()["code"]) == (409, "quarantine.still_refused")
    office.post("koordinator", "/v1/forms/hane/state", json={"state": "open"})
    replayed = office.post("koordinator", f"/v1/quarantine/{row}/replay")
    assert replayed.status_code == 200
    [visit] = office.get("koordinator", "/v1/submissions").json()["items"]
    assert replayed.json() == {"submission_id": visit["id"], "state": "replayed"}


def test_two_coordinators_replaying_the_same_row_make_one_submission(office: Office, wiring: Wiring) -> None:
    row = _refused(office)
    office.post("koordinator", "/v1/forms/hane/state", json={"state": "open"})
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: office.post("koordinator", f"/v1/quarantine/{row}/replay"), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert count(wiring.database, Submission) == 1
