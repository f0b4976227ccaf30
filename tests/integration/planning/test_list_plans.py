"""What lists of planned visits, campaigns and the live board ask of PostgreSQL: no plan reads a table that grows."""

import re
from typing import Any

import pytest
from sqlalchemy import event, text

from api.wiring import Wiring
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.planning.sweeping import sweep
from tests.integration.planning.test_campaigns import a_plan

# Years of visits, so that reading all of them is never the cheaper way.
MANY = 100_000
_FILL = """
INSERT INTO visit_target (id, version, fields, kind, name, search_key, sort_key, mahalle_id, is_do_not_visit,
    created_at, changed_at, is_removed, konum_hassasiyeti, match_due)
SELECT gen_random_uuid(), 1, '{}', 'hane', 'Hane ' || n, 'hane ' || n, 'hane ' || n,
    CASE WHEN n % 40 = 0 THEN CAST(:mahalle AS uuid) ELSE gen_random_uuid() END, false, now(), now(), false, '', false
FROM generate_series(1, :many) AS n;
INSERT INTO visit_assignment (id, version, fields, target_id, team_id, visit_type, day, position, status,
    followed_status, priority, planned_time, created_at, changed_at, is_removed, awaits_decision, last_day)
SELECT gen_random_uuid(), 1, '{}', t.id,
    CASE WHEN random() < 0.5 THEN CAST(:team AS uuid) ELSE CAST(:other AS uuid) END, 'hane',
    date '2026-11-20' - CAST(random() * 700 AS integer), 1, 'yapildi', 'yapildi', 3, '', now(), now(), false,
    false, NULL
FROM visit_target AS t;
"""
_GROWING = ("visit_target", "visit_assignment")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_list_of_planned_visits_reads_a_whole_table(office: Office, entities: EntityOffice, wiring: Wiring) -> None:
    place = office.municipality
    given = {"mahalle": place.akpinar, "team": place.team, "other": place.other_team, "many": MANY}
    with wiring.database.writing() as session:
        for statement in _FILL.split(";\n")[:2]:
            session.execute(text(statement), {name: given[name] for name in re.findall(r"(?<!:):(\w+)", statement)})
    visit = entities.plan(entities.record_target(), place.team, fields={"durum": "ertelendi"})
    with wiring.database.writing() as session:
        session.execute(text("ANALYZE"))
    asked: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:  # noqa: ANN401 - the driver's own
        asked.setdefault(statement, parameters)

    event.listen(wiring.database.engine, "before_cursor_execute", note)
    try:
        sweep(wiring)
        made = office.post("koordinator", "/v1/campaigns", json=a_plan(office)).json()
        for path in (
            "/v1/visit-assignments?attention=true", "/v1/visit-assignments?day=2026-11-20",
            f"/v1/visit-assignments?team={place.team}&day=2026-11-20", "/v1/visit-assignments/teams", "/v1/live-board",
            "/v1/campaigns", f"/v1/campaigns/{made['campaign']['id']}/left-out", "/v1/visit-doubles", "/v1/teams",
        ):  # fmt: skip
            assert office.get("koordinator", path).status_code == 200, path
        assert office.post("koordinator", f"/v1/visit-assignments/{visit}/next", json={}).status_code == 204
        leave = {"first_day": "2026-11-23", "last_day": "2026-11-24", "team_id": str(place.team)}
        leave_id = office.post("koordinator", "/v1/team-leaves", json=leave).json()["id"]
        office.post("koordinator", f"/v1/team-leaves/{leave_id}/move-visits", json={"way": "other_teams"})
    finally:
        event.remove(wiring.database.engine, "before_cursor_execute", note)
    selects = {one: given for one, given in asked.items() if one.startswith(("SELECT", "UPDATE"))}
    assert len(selects) > 40
    with wiring.database.reading() as session:
        run = session.connection().exec_driver_sql
        plans = [
            f"{one}\n" + "\n".join(row[0] for row in run(f"EXPLAIN {one}", given)) for one, given in selects.items()
        ]
    assert [plan for plan in plans if re.search(rf"Seq Scan on ({'|'.join(_GROWING)})\b", plan)] == []
