"""ODK's own cases of offline entities, by the names that ODK Central gives them, through Collect's door.

Where two writers differ Central takes the last one's value and reports; here the first one's stands and a person
decides. The tests say so.
"""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import Submission
from sync.tables import EntityChange
from tests.integration.entities.entity_office import HOUSE, EntityOffice
from tests.integration.entities.odk_forms import create, filled, publish, send, update

Client = TestClient[Litestar]


class Collect:
    """One tablet with Collect, and what the server made of what it sent."""

    def __init__(self, client: Client, entities: EntityOffice) -> None:
        self.client, self.entities = client, entities

    def sends(self, *declarations: str, instance_id: str = "", device: str = "collect:1") -> str:
        """Send one form; returns the codes that the submission is flagged with."""
        instance_id = instance_id or f"uuid:{uuid4()}"
        assert send(self.client, filled(*declarations, instance_id=instance_id), device=device).status_code == 201
        return self.flags(instance_id)

    def flags(self, instance_id: str) -> str:
        with self.entities.wiring.database.reading() as session:
            flags = session.scalars(select(Submission.flags).where(Submission.instance_id == instance_id)).one()
        return ",".join(flag for flag in flags.strip(",").split(",") if flag.startswith("entity."))

    def version(self, target: UUID) -> EntityChange:
        """Return the newest version of a target."""
        with self.entities.wiring.database.reading() as session:
            newest = select(EntityChange).where(EntityChange.entity_id == target).order_by(EntityChange.version.desc())
            return session.scalars(newest.limit(1)).one()


@pytest.fixture
def collect(client: Client, wiring: Wiring, entities: EntityOffice) -> Collect:
    publish(wiring)
    return Collect(client, entities)


def test_in_order(collect: Collect, entities: EntityOffice) -> None:
    target = entities.record_target()
    assert collect.sends(update(target, {"adres": "arrived"}, 1, 1, "b")) == ""
    assert collect.sends(update(target, {"adres": "departed"}, 2, 1, "b")) == ""
    newest = collect.version(target)
    assert (newest.version, newest.trunk_version, newest.branch_id, newest.branch_base) == (3, 1, "b", 2)
    assert entities.fields(target)["adres"] == "departed"


def test_in_order_after_the_server_version_has_advanced(collect: Collect, entities: EntityOffice) -> None:
    target = entities.record_target()
    entities.change(None, target, {"uavt": "1"}, base_version=1)
    collect.sends(update(target, {"adres": "arrived"}, 1, 1, "b"))
    collect.sends(update(target, {"adres": "departed"}, 2, 1, "b"))
    newest = collect.version(target)
    assert (newest.version, newest.trunk_version, newest.branch_base) == (4, 1, 2)
    assert entities.fields(target)["adres"] == "departed"
    assert entities.fields(target)["uavt"] == "1"


def test_in_order_but_with_an_interruption(collect: Collect, entities: EntityOffice) -> None:
    target = entities.record_target()
    entities.change(None, target, {"uavt": "1"}, base_version=1)
    collect.sends(update(target, {"adres": "arrived"}, 1, 1, "b"))
    entities.change(None, target, {"uavt": "2"}, base_version=3)
    collect.sends(update(target, {"adres": "departed"}, 2, 1, "b"))
    newest = collect.version(target)
    # Central names version 3 as the base; here it is the trunk, because 4 the tablet has never seen.
    assert (newest.version, newest.base_version, newest.branch_base) == (5, 1, 2)
    assert entities.fields(target)["adres"] == "departed"
    assert entities.fields(target)["uavt"] == "2"


def test_an_interruption_of_the_same_field_leaves_the_first_value_where_central_takes_the_last(
    collect: Collect, entities: EntityOffice
) -> None:
    target = entities.record_target()
    collect.sends(update(target, {"adres": "arrived"}, 1, 1, "b"))
    entities.change(None, target, {"adres": "office"}, base_version=2)
    assert collect.sends(update(target, {"adres": "departed"}, 2, 1, "b")) == "entity.conflict"
    assert entities.fields(target)["adres"] == "office"
    assert [(one.standing_value, one.other_value) for one in entities.conflicts(target)] == [("office", "departed")]


def test_a_branch_that_starts_with_a_create(collect: Collect, entities: EntityOffice) -> None:
    target = uuid4()
    assert collect.sends(create(target, HOUSE)) == ""
    assert collect.sends(update(target, {"adres": "checked in"}, 1, None, "b")) == ""
    newest = collect.version(target)
    assert (newest.version, newest.base_version, newest.trunk_version, newest.branch_base) == (2, 1, None, 1)
    assert entities.fields(target)["adres"] == "checked in"


def test_a_base_beyond_the_trunk_is_quietly_held(collect: Collect, entities: EntityOffice) -> None:
    target = entities.record_target()
    assert collect.sends(update(target, {"adres": "arrived"}, 2, 1, "b")) == "entity.held"
    assert (collect.version(target).version, entities.held()) == (1, 1)


def test_an_out_of_order_update_of_a_run_that_has_started_is_held(collect: Collect, entities: EntityOffice) -> None:
    target = entities.record_target()
    collect.sends(update(target, {"adres": "arrived"}, 1, 1, "b"))
    assert collect.sends(update(target, {"adres": "departed"}, 3, 1, "b")) == "entity.held"
    assert (collect.version(target).version, entities.fields(target)["adres"]) == (2, "arrived")


def test_a_later_trunk_version_past_the_existing_one_is_not_applied(collect: Collect, entities: EntityOffice) -> None:
    target = entities.record_target()
    assert collect.sends(update(target, {"adres": "weird case"}, 2, 2, "b")) == "entity.base_unknown"
    assert (collect.version(target).version, entities.held()) == (1, 0)


def test_a_later_run_received_earlier(collect: Collect, entities: EntityOffice) -> None:
    target = entities.record_target()
    collect.sends(update(target, {"adres": "arrived"}, 1, 1, "b"))
    late = f"uuid:{uuid4()}"
    assert collect.sends(update(target, {"adres": "departed"}, 3, 1, "b"), instance_id=late) == "entity.held"
    collect.sends(update(target, {"adres": "working"}, 2, 1, "b"))
    assert (collect.version(target).version, collect.version(target).branch_base, entities.held()) == (4, 3, 0)
    assert entities.fields(target)["adres"] == "departed"
    assert collect.flags(late) == ""


def test_an_update_before_a_create(collect: Collect, entities: EntityOffice) -> None:
    target = uuid4()
    assert collect.sends(update(target, {"adres": "checked in"}, 1, None, "b")) == "entity.held"
    collect.sends(create(target, HOUSE))
    assert (collect.version(target).version, entities.held()) == (2, 0)
    assert (entities.fields(target)["adres"], entities.fields(target)["ad"]) == ("checked in", HOUSE["ad"])


def test_a_create_and_updates_that_come_backwards(collect: Collect, entities: EntityOffice) -> None:
    target = uuid4()
    collect.sends(update(target, {"adres": "working"}, 2, None, "b"))
    collect.sends(update(target, {"adres": "checked in"}, 1, None, "b"))
    assert entities.held() == 2
    collect.sends(create(target, HOUSE))
    newest = collect.version(target)
    assert (newest.version, newest.branch_base, entities.held()) == (3, 2, 0)
    assert entities.fields(target)["adres"] == "working"


def test_the_backlog_is_force_processed_where_the_previous_update_is_missing(
    collect: Collect, entities: EntityOffice
) -> None:
    target = entities.record_target()
    collect.sends(update(target, {"adres": "arrived"}, 2, 1, "b"))
    collect.sends(update(target, {"adres": "departed"}, 3, 1, "b"))
    assert entities.held() == 2
    entities.release(entities.now + timedelta(days=5))
    newest = collect.version(target)
    assert (newest.version, newest.base_version, newest.branch_base, entities.held()) == (3, 1, 3, 0)
    assert entities.fields(target)["adres"] == "departed"


def test_the_backlog_is_force_processed_as_a_create_and_then_the_delayed_create_comes(
    collect: Collect, entities: EntityOffice
) -> None:
    target = uuid4()
    collect.sends(update(target, {"adres": "checked in"}, 1, None, "b"))
    entities.release(entities.now + timedelta(days=5))
    assert (collect.version(target).version, entities.fields(target)) == (1, {"adres": "checked in"})
    # Central refuses a creation of what is there; here it adds what the update had left open.
    assert collect.sends(create(target, HOUSE)) == ""
    assert (entities.fields(target)["adres"], entities.fields(target)["ad"]) == ("checked in", HOUSE["ad"])


def test_a_trunk_version_without_a_branch_counts_as_no_branch(collect: Collect, entities: EntityOffice) -> None:
    # Central reports an error here; the base alone says all that is needed.
    target = entities.record_target()
    assert collect.sends(update(target, {"adres": "arrived"}, 1, 1, None)) == ""
    assert entities.fields(target)["adres"] == "arrived"
