"""While a list is recorded on SQLite nobody else writes: what the field sends waits its turn and is taken."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select

from api.wiring import Wiring
from service_requests.tables import Submission
from tests.builders import a_submission
from tests.fixtures.municipality import NOON, SetClock, version_of
from tests.fixtures.office import Office
from tests.integration.office.list_uploads import take
from visits.import_jobs import claim, start_recording
from visits.import_steps import Workplace, record_list
from visits.import_tables import VisitImport
from visits.tables import VisitTarget

ROWS = "Ad Soyad;Adres\nAli Kaya;Gül Sk. 1\nCan Öz;Lale Cd. 2"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_form_sent_while_a_list_is_recorded_waits_and_is_taken(
    office: Office, wiring: Wiring, clock: SetClock
) -> None:
    view = take(office, ROWS.encode())
    with wiring.database.writing() as session:
        start_recording(session.get_one(VisitImport, UUID(view["id"])), NOON)
        job = claim(session, clock())
    assert job is not None
    recorded, sent = threading.Event(), threading.Event()

    def until_sent(done: int, _total: int) -> bool:
        if done:
            recorded.set()
            sent.wait(30)
        return True

    place = Workplace(wiring.database, clock, lambda session: wiring.knowledge.current(session).index)
    with ThreadPoolExecutor(2) as pool:
        recording = pool.submit(record_list, place, job, until_sent)
        assert recorded.wait(30)
        posting = pool.submit(office.send, a_submission(version=version_of("hane")))
        # Whoever only reads does not wait, and sees nothing of a list that is half recorded.
        assert office.get("koordinator", "/v1/visit-targets").json()["items"] == []
        assert not posting.done()
        sent.set()
        assert len(recording.result()) == 2
        assert posting.result().status_code == 201
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(VisitTarget)) == 2
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
