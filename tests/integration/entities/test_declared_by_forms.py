"""What a form declares at Collect's door: the submission always counts, and says what its declarations could not do."""

import json
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import event, select

from api.wiring import Wiring
from service_requests.held import read_held
from service_requests.tables import Submission
from tests.builders import a_submission
from tests.fixtures.municipality import NOON, Municipality, version_of
from tests.integration.entities.entity_office import HOUSE, IN_FATIH, EntityOffice
from tests.integration.entities.odk_forms import VERSION, create, declared, filled, publish, send, update

Client = TestClient[Litestar]


@pytest.fixture(autouse=True)
def _published(wiring: Wiring, municipality: Municipality) -> None:
    assert municipality.team
    publish(wiring)


def submission(wiring: Wiring, instance_id: str) -> Submission:
    with wiring.database.reading() as session:
        return session.scalars(select(Submission).where(Submission.instance_id == instance_id)).one()


def entity_remarks(wiring: Wiring, instance_id: str) -> dict[str, str]:
    found: list[Mapping[str, Any]] = submission(wiring, instance_id).remarks
    return {remark["code"]: remark["sentence"] for remark in found if remark["code"].startswith("entity.")}


def history(entities: EntityOffice, target: UUID) -> list[dict[str, Any]]:
    visits: list[dict[str, Any]] = json.loads(entities.body("history", target))["visits"]
    return visits


def done(assignment: UUID, **values: str) -> str:
    return declared("ziyaretler", assignment, values, update=1, baseVersion=1, trunkVersion=1, branchId="v")


def test_a_visit_marks_its_assignment_done_and_is_filed_under_its_target(
    client: Client, wiring: Wiring, entities: EntityOffice
) -> None:
    target = entities.record_target()
    assignment = entities.plan(target, entities.municipality.team)
    name = f"uuid:{uuid4()}"
    assert send(client, filled(done(assignment, durum="yapildi", neden=""), instance_id=name)).status_code == 201
    stored = entities.assignment(assignment)
    assert (stored.status, stored.version, stored.fields["durum"]) == ("yapildi", 2, "yapildi")
    visit = submission(wiring, name)
    assert (visit.assignment_id, visit.target_id) == (assignment, target)
    assert history(entities, target) == [{"on": "2026-11-20", "type": "hane", "result": None}]
    assert entities.areas("history", target) == {"akpinar", "team"}


def test_what_cannot_be_is_flagged_by_label_and_the_rest_counts(
    client: Client, wiring: Wiring, entities: EntityOffice
) -> None:
    target, name = entities.record_target(), f"uuid:{uuid4()}"
    values = {"tur": "esnaf", "telefon": "gizli 12", "adres": "A"}
    assert send(client, filled(update(target, values, 1, 1, "b"), instance_id=name)).status_code == 201
    assert entities.fields(target)["adres"] == "A"
    (sentence,) = entity_remarks(wiring, name).values()
    assert ("Tür" in sentence, "Telefon" in sentence, "gizli" in sentence) == (True, True, False)
    assert submission(wiring, name).review == "open"


def test_another_teams_target_is_left_alone_and_the_visit_is_not_filed_under_it(
    client: Client, wiring: Wiring, entities: EntityOffice
) -> None:
    target, name = entities.record_target(geometry=IN_FATIH), f"uuid:{uuid4()}"
    assert send(client, filled(update(target, {"adres": "A"}, 1, 1, "b"), instance_id=name)).status_code == 201
    assert entities.fields(target)["adres"] == HOUSE["adres"]
    assert (list(entity_remarks(wiring, name)), submission(wiring, name).target_id) == (["entity.unknown"], None)
    assert entities.areas("history", target) == set()


def test_an_update_of_nothing_chosen_is_no_declaration(client: Client, wiring: Wiring) -> None:
    name = f"uuid:{uuid4()}"
    assert send(client, filled(update("", {"adres": ""}, None, None, ""), instance_id=name)).status_code == 201
    assert entity_remarks(wiring, name) == {}


def test_sending_again_changes_nothing(client: Client, entities: EntityOffice) -> None:
    target = entities.record_target()
    xml = filled(update(target, {"adres": "A"}, 1, 1, "b"))
    assert [send(client, xml).status_code for _ in range(2)] == [201, 201]
    stored = entities.target(target)
    assert stored is not None
    assert stored.version == 2


def test_a_correction_changes_what_it_corrects_and_nothing_else(
    client: Client, wiring: Wiring, entities: EntityOffice
) -> None:
    target, first, second = entities.record_target(), f"uuid:{uuid4()}", f"uuid:{uuid4()}"
    values = {"adres": "A", "uavt": "1"}
    send(client, filled(update(target, values, 1, 1, "b"), instance_id=first))
    send(client, filled(update(target, {"adres": "later"}, 2, 1, "b")))
    corrected = filled(update(target, values | {"uavt": "2"}, 1, 1, "b"), instance_id=second, corrects=first)
    assert send(client, corrected).status_code == 201
    assert (entities.fields(target)["adres"], entities.fields(target)["uavt"]) == ("later", "2")
    assert entity_remarks(wiring, second) == {}
    # The corrected visit is no visit of its own any more.
    assert len(history(entities, target)) == 2


def test_a_correction_that_is_held_stays_one(client: Client, entities: EntityOffice) -> None:
    target, first, second = entities.record_target(), f"uuid:{uuid4()}", f"uuid:{uuid4()}"
    values = {"adres": "A", "uavt": "1"}
    send(client, filled(update(target, values, 2, 1, "b"), instance_id=first))
    send(client, filled(update(target, {"adres": "later", "uavt": "9"}, 3, 1, "b")))
    corrected = filled(update(target, values | {"uavt": "2"}, 2, 1, "b"), instance_id=second, corrects=first)
    assert send(client, corrected).status_code == 201
    send(client, filled(update(target, {"telefon": "+905321234561"}, 1, 1, "b")))
    assert (entities.fields(target)["adres"], entities.fields(target)["uavt"]) == ("later", "2")


def test_what_was_held_raw_changes_entities_when_its_version_is_published(
    client: Client, wiring: Wiring, entities: EntityOffice
) -> None:
    target, name, later = uuid4(), f"uuid:{uuid4()}", "2099010101"
    send(client, filled(create(target, HOUSE), instance_id=name, version=later))
    assert entities.target(target) is None
    publish(wiring, later)
    with wiring.database.writing() as session:
        assert read_held(session, wiring.knowledge.current(session), "kayit", later, NOON) == 1
    assert entities.fields(target)["ad"] == HOUSE["ad"]
    assert submission(wiring, name).target_id == target
    assert len(history(entities, target)) == 1


def test_a_history_tells_the_last_three_visits_and_moves_with_its_target(
    client: Client, entities: EntityOffice
) -> None:
    target = entities.record_target()
    for number in range(4):
        send(client, filled(update(target, {"not": str(number)}, number + 1, 1, "b")))
    assert len(history(entities, target)) == 3
    entities.change(None, target, {"geometry": IN_FATIH}, base_version=5)
    assert entities.areas("target", target) == entities.areas("history", target) == {"fatih"}


def test_a_form_that_declares_nothing_costs_no_statement_more(
    client: Client, wiring: Wiring, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("saha.statements")

    def statements(xml: bytes) -> list[str]:
        seen: list[str] = []

        def note(_: object, __: object, statement: str, *___: object) -> None:
            seen.append(statement)

        event.listen(wiring.database.engine, "before_cursor_execute", note)
        log.addHandler(caplog.handler)
        caplog.clear()
        with caplog.at_level(logging.DEBUG, log.name):
            assert send(client, xml).status_code == 201
        log.removeHandler(caplog.handler)
        event.remove(wiring.database.engine, "before_cursor_execute", note)
        return seen + [record.getMessage() for record in caplog.records if record.name == log.name]

    statements(a_submission(version=version_of("hane")))
    plain = statements(a_submission(version=version_of("hane")))
    touched = ("visit_target", "visit_assignment", "entity_change", "held_change", "entity_conflict", "feed_body")
    assert plain
    assert [statement for statement in plain if any(name in statement for name in touched)] == []
    declaring = statements(filled(create(uuid4(), HOUSE), version=VERSION))
    assert any("visit_target" in statement for statement in declaring)
