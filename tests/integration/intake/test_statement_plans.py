"""What the intake sends to PostgreSQL is planned once and kept: no plan may read a whole table, however small."""

import itertools
import logging
import re

import pytest
from sqlalchemy import Connection

from api.wiring import Wiring
from tests.builders import AFinding, a_photo
from tests.integration.intake.posts import Client, hane, send

GROWING = (
    "submission", "submission_document", "expected_photo", "photo", "service_request", "request_event", "feed",
    "feed_body", "visit_target", "visit_assignment", "entity_change", "quarantine",
)  # fmt: skip


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_statement_of_the_intake_was_planned_to_read_a_whole_table(
    client: Client, wiring: Wiring, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("saha.statements")
    log.addHandler(caplog.handler)
    with caplog.at_level(logging.DEBUG, log.name):
        assert send(client, hane(findings=[AFinding(photo="a.jpg")]), {"a.jpg": a_photo()}).status_code == 201
    log.removeHandler(caplog.handler)
    statements = {record.getMessage() for record in caplog.records if record.name == log.name}
    assert len([text for text in statements if text.startswith("INSERT")]) >= 5
    with wiring.database.reading() as session:
        plans = [_kept_plan(session.connection(), text) for text in sorted(statements)]
    whole = rf"Seq Scan on ({'|'.join(GROWING)})\b"
    assert [plan for plan in plans if re.search(whole, plan)] == []


def _kept_plan(connection: Connection, text: str) -> str:
    """Return the plan that PostgreSQL keeps for a prepared statement, whatever its parameters."""
    numbers = itertools.count(1)
    prepared = re.sub("%s", lambda _: f"${next(numbers)}", text)
    nothing = ", ".join(["NULL"] * (next(numbers) - 1))
    run = connection.exec_driver_sql
    run("SET LOCAL plan_cache_mode = force_generic_plan")
    run(f"PREPARE looked_at AS {prepared}")
    plan = "\n".join(row[0] for row in run(f"EXPLAIN EXECUTE looked_at{f'({nothing})' if nothing else ''}"))
    run("DEALLOCATE looked_at")
    return f"{text}\n{plan}"
