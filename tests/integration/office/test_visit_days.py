"""How far each team has come with a day's visits, as the coordinator's page shows it."""

from datetime import UTC, date, datetime

from api.wiring import Wiring
from tests.fixtures.municipality import Municipality
from tests.fixtures.office import Office
from visits.tables import VisitAssignment

HEADER = "no;ad;adres;ekip;ziyaret_turu;gun"
ROWS = [f"{no};Kişi {no};Gül Sk. {no};ekip-1;hane;20.11.2026" for no in range(1, 6)]


def plan(office: Office, *rows: str) -> None:
    content = "\n".join([HEADER, *rows]).encode()
    answer = office.post("koordinator", "/v1/visit-lists", files={"file": ("l.csv", content, "text/csv")})
    assert answer.status_code == 200, answer.text
    assert answer.json()["bad_count"] == 0, answer.text


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
