"""Lists are recorded beside tablets and beside each other: nobody locks another out, and no household is made twice."""

import random
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from api.list_importer import ListImporter
from api.wiring import Wiring
from sync.entity_changes import ChangeOutcome
from sync.tables import EntityChange
from tests.fixtures.municipality import NOON, Municipality, SetClock
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.office.list_uploads import report_of, take
from visits.import_jobs import claim, start_recording
from visits.import_steps import Workplace, record_list
from visits.import_tables import VisitImport
from visits.tables import VisitTarget

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
KNOWN, NEW = 1_200, 1_200


# Other tests share the server.
_OUR_LOCKS = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
    "WHERE locktype = 'advisory' AND datname = current_database()"
)


def a_list(numbers: list[int], street: str) -> bytes:
    rows = [f"{number};Hane {number};{street} {number};Akpınar" for number in numbers]
    return "\n".join(["No;Ad Soyad;Adres;Mahalle", *rows]).encode()


def start(wiring: Wiring, *import_ids: str) -> None:
    """Put lists before whoever asks first; the server's own importer is not told."""
    with wiring.database.writing() as session:
        for one in import_ids:
            start_recording(session.get_one(VisitImport, UUID(one)), NOON)


def test_a_long_list_takes_no_lock_per_household(office: Office, wiring: Wiring, clock: SetClock) -> None:
    start(wiring, take(office, a_list(list(range(2_500)), "Gül Sk."))["id"])
    with wiring.database.writing() as session:
        job = claim(session, clock())
    assert job is not None
    held: list[int] = []

    def count_locks(done: int, _total: int) -> bool:
        if done:
            with wiring.database.reading() as session:
                held.append(session.scalar(_OUR_LOCKS) or 0)
        return True

    place = Workplace(wiring.database, clock, lambda session: wiring.knowledge.current(session).index)
    record_list(place, job, count_locks)
    # The name of «a list is being recorded», however long it is: the server has room for some thousands in all.
    assert held == [1, 1, 1]


def test_lists_and_tablets_that_change_the_same_households_at_once_all_get_through(
    office: Office, wiring: Wiring, municipality: Municipality, clock: SetClock
) -> None:
    chance = random.Random(7)
    report_of(office, a_list(list(range(KNOWN)), "Gül Sk."))
    entities = EntityOffice(wiring, municipality)
    with wiring.database.reading() as session:
        ids = list(session.scalars(select(VisitTarget.id)))
    # Both lists change all that is known and bring the same new households, each in an order of its own.
    numbers = list(range(KNOWN + NEW))
    contents = [a_list(chance.sample(numbers, len(numbers)), street) for street in ("Lale Sk.", "Nar Sk.")]
    lists = [str(take(office, content)["id"]) for content in contents]
    start(wiring, *lists)
    importers = [
        ListImporter(wiring.database, clock, lambda session: wiring.knowledge.current(session).index) for _ in lists
    ]
    batches = [chance.sample(ids, 40) for _ in range(24)]

    def write(batch: list[UUID]) -> list[ChangeOutcome]:
        return entities.apply(
            *(
                entities.a_change(entities.tablet, one, {"not": "görüldü"}, base_version=1, trunk_version=1)
                for one in batch
            )
        )

    with ThreadPoolExecutor(5) as pool:
        recording = [pool.submit(importer.work_off) for importer in importers]
        outcomes = [outcome for found in pool.map(write, batches) for outcome in found]
        assert sum(one.result() for one in recording) == 2
    assert {outcome.status for outcome in outcomes} <= {"applied", "merged"}
    counts = [office.get("koordinator", f"/v1/visit-imports/{one}").json() for one in lists]
    assert [one["state"] for one in counts] == ["done", "done"]
    # The second list met what the first had made.
    assert sorted(one["counts"]["targets"]["new"] for one in counts) == [0, NEW]
    with wiring.database.reading() as session:
        versions: dict[UUID, int] = dict(session.execute(select(VisitTarget.id, VisitTarget.version)).all())
        last = select(EntityChange.entity_id, func.max(EntityChange.version)).group_by(EntityChange.entity_id)
        written: dict[UUID, int] = dict(session.execute(last).all())
        rows = session.scalar(select(func.count()).select_from(EntityChange)) or 0
        assert session.scalar(select(func.count()).select_from(VisitImport)) == 3
    assert len(versions) == KNOWN + NEW
    assert versions == written
    # No version was written over another.
    assert rows == sum(versions.values())
    seen = {one for batch in batches for one in batch}
    assert {one for one in seen if entities.fields(one).get("not") == "görüldü"} == seen
