"""How far each team has come with a day's visits, as the coordinator's page shows it."""

from datetime import UTC, date, datetime
from uuid import uuid4

from api.wiring import Wiring
from service_requests.keyset_pages import write_cursor
from tests.fixtures.municipality import Municipality
from tests.fixtures.office import Office
from tests.integration.office.list_uploads import report_of
from visits.tables import VisitAssignment

HEADER = "no;ad;adres;ekip;ziyaret_turu;gun"
ROWS = [f"{no};Kişi {no};Gül Sk. {no};ekip-1;hane;20.11.2026" for no in range(1, 6)]


def plan(office: Office, *rows: str) -> None:
    content = "\n".join([HEADER, *rows]).encode()
    assert report_of(office, content)["counts"]["bad"] == 0


def settle_as(wiring: Wiring, *statuses: str) -> None:
    """Give the first planned visits these statuses, by their column, from which the counts are read."""
    with wiring.database.writing() as session:
        visits = session.query(VisitAssignment).order_by(VisitAssignment.id).all()
        for visit, status in zip(visits, statuses, strict=False):
            visit.status, visit.changed_at = status, datetime(2026, 11, 20, tzinfo=UTC)


def test_a_teams_day_counts_done_not_done_and_leaves_out_what_was_cancelled(
    office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    plan(office, *ROWS)
    settle_as(wiring, "yapildi", "yapildi", "evde_yok", "iptal")
    answer = office.get("koordinator", "/v1/visit-assignments/teams?day=2026-11-20").json()
    assert [one["team"]["id"] for one in answer["items"]] == [str(municipality.team)]
    assert {key: answer["items"][0][key] for key in ("total", "done", "not_done")} == {
        "total": 4, "done": 2, "not_done": 1,
    }  # fmt: skip


def test_a_day_without_visits_has_no_teams(office: Office) -> None:
    plan(office, *ROWS)
    other_day = date(2026, 11, 21)
    assert office.get("koordinator", f"/v1/visit-assignments/teams?day={other_day}").json() == {"items": []}


def test_the_visits_of_one_day_stand_by_team_and_in_its_order(office: Office) -> None:
    header = HEADER.replace("gun", "gun;sira")
    planned = [("Son", "ekip-2", 2), ("İkinci", "ekip-1", 2), ("Üçüncü", "ekip-2", 1), ("İlk", "ekip-1", 1)]
    rows = [f"{no};{name};Gül Sk. {no};{team};hane;20.11.2026;{turn}" for no, (name, team, turn) in enumerate(planned)]
    content = "\n".join([header, *rows]).encode()
    assert report_of(office, content)["counts"]["bad"] == 0
    address, names, cursor = "/v1/visit-assignments?day=2026-11-20&limit=1", [], ""
    while True:
        page = office.get("koordinator", address + cursor).json()
        assert page["total"] == 4
        names += [row["target"]["name"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert names == ["İlk", "İkinci", "Üçüncü", "Son"]
    lines = office.get("koordinator", "/v1/visit-assignments.csv?day=2026-11-20").content.decode("utf-8-sig")
    assert [lines.index(name) for name in names] == sorted(lines.index(name) for name in names)
    nobodys = write_cursor(uuid4())
    refused = office.get("koordinator", f"/v1/visit-assignments?day=2026-11-20&cursor={nobodys}")
    assert refused.json()["code"] == "list.bad_cursor"
