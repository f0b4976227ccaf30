"""A list on its way in: what a person says of its columns is remembered; given up or killed, nothing of it stays."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from api.list_importer import ListImporter
from api.wiring import Wiring
from tests.fixtures.municipality import SetClock
from tests.fixtures.office import Office
from visits.import_jobs import claim
from visits.import_steps import GivenUp, Workplace, record_list
from visits.import_tables import VisitImport, VisitImportFile, VisitImportPart
from visits.tables import VisitTarget

ROWS = "Rumuz;Yer\nAli Kaya;Gül Sk. 1\nCan Öz;Lale Cd. 2"


def upload(office: Office, wiring: Wiring, content: str) -> dict[str, Any]:
    files = {"file": ("liste.csv", content.encode(), "text/csv")}
    return seen(office, wiring, office.post("koordinator", "/v1/visit-imports", files=files).json()["id"])


def seen(office: Office, wiring: Wiring, import_id: str) -> dict[str, Any]:
    wiring.list_importer.work_off()
    view: dict[str, Any] = office.get("koordinator", f"/v1/visit-imports/{import_id}").json()
    return view


def ask(office: Office, view: dict[str, Any], how: str, **body: object) -> int:
    return office.post("koordinator", f"/v1/visit-imports/{view['id']}/{how}", json=body).status_code


def count(wiring: Wiring, table: type[Any]) -> int:
    with wiring.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_what_a_person_says_of_columns_is_remembered_for_the_next_list_of_the_kind(
    office: Office, wiring: Wiring, clock: SetClock
) -> None:
    view = upload(office, wiring, ROWS)
    assert [column["field"] for column in view["columns"]] == ["ad", "adres"]
    said = {"list_kind": "hane", "sheet": 0, "header_row": 1}
    assert ask(office, view, "columns", columns=["ad", "ad"], **said) == 422
    assert ask(office, view, "columns", columns=["yetkili", "not"], **said) == 422
    assert ask(office, view, "columns", columns=["yetkili", "adres"], **said) == 200
    assert seen(office, wiring, view["id"])["state"] == "checked"
    next_one = upload(office, wiring, ROWS.upper().replace("KAYA", "Tan"))
    assert [(column["field"], column["by"]) for column in next_one["columns"]] == [
        ("yetkili", "memory"), ("adres", "memory"),
    ]  # fmt: skip
    # Another header row is another header: the file is read again, and its first line is a row like the others.
    assert ask(office, view, "columns", columns=["yetkili", "adres"], **(said | {"header_row": 0})) == 200
    again = seen(office, wiring, view["id"])
    assert (again["header_row"], again["row_count"], again["columns"][0]["header"]) == (0, 3, "A sütunu")
    assert ask(office, again, "cancel") == 204
    assert ask(office, again, "cancel") == 409
    assert ask(office, again, "start") == 409
    clock.now += timedelta(days=8)
    wiring.housekeeping.sweep_once()
    assert (count(wiring, VisitImport), count(wiring, VisitImportFile), count(wiring, VisitImportPart)) == (0, 0, 0)


def test_a_list_that_is_given_up_or_whose_server_dies_is_imported_whole_or_not_at_all(
    office: Office, wiring: Wiring, clock: SetClock
) -> None:
    view = upload(office, wiring, ROWS)
    # Another process takes the work and dies in the middle of it: its transaction leaves nothing.
    dead = ListImporter(wiring.database, clock, lambda session: wiring.knowledge.current(session).index)
    with wiring.database.writing() as session:
        session.get_one(VisitImport, UUID(view["id"])).state = "recording"
        job = claim(session, clock())
    assert job is not None
    place = Workplace(wiring.database, clock, lambda session: wiring.knowledge.current(session).index)
    with pytest.raises(GivenUp):
        record_list(place, job, lambda *_: False)
    assert count(wiring, VisitTarget) == 0
    # While its claim is fresh nobody takes it; grown old, the next does, and to the end.
    assert dead.work_off() == 0
    clock.now += timedelta(minutes=2)
    assert dead.work_off() == 1
    assert seen(office, wiring, view["id"])["state"] == "done"
    assert count(wiring, VisitTarget) == 2
