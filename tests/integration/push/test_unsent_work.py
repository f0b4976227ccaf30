"""What the office is told of work that lies unsent on a tablet is true once a push is answered. On both databases."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from foundation.database import Database
from tests.fixtures.municipality import NOON
from tests.fixtures.office import Office
from tests.integration.intake.posts import hane
from tests.integration.push.pushes import PushingTablet
from tests.integration.push.test_what_cannot_be_stored import POISONED, poisoned_form, refused_by_the_database

OLDEST = NOON - timedelta(hours=5)


def told(count: int) -> dict[str, Any]:
    """What a tablet says of its outbox while it sends; every release of the application counts what it is sending."""
    return {"unsent_count": count, "oldest_unsent_at": OLDEST.isoformat()}


def shown(office: Office) -> tuple[int, int | None]:
    """How many the page shows, and how old the oldest is in minutes."""
    (row,) = office.get("koordinator", "/v1/devices").json()["items"]
    seconds = row["oldest_unsent_s"]
    return row["unsent_count"], None if seconds is None else seconds // 60


def test_after_a_push_that_took_everything_nothing_is_shown_as_unsent(office: Office, pushing: PushingTablet) -> None:
    refused = pushing.target(uuid4(), tur="olmayan")
    results = pushing.push(pushing.form(hane()), refused, pushing.operation("yok", {}), **told(3))
    assert [one["status"] for one in results] == ["applied", "rejected", "rejected"]
    assert shown(office) == (0, None)


def test_between_two_batches_what_is_left_is_shown_and_no_older_than_what_went(
    office: Office, pushing: PushingTablet
) -> None:
    first = [pushing.form(hane()) for _ in range(2)]
    first[0]["at"], first[1]["at"] = OLDEST.isoformat(), (NOON - timedelta(hours=2)).isoformat()
    pushing.push(*first, **told(5))
    assert shown(office) == (3, 120)
    pushing.push(pushing.form(hane()), **told(3))
    assert shown(office)[0] == 2


def test_a_push_whose_answer_was_lost_is_counted_once(office: Office, pushing: PushingTablet) -> None:
    operations = [pushing.form(hane()), pushing.form(hane())]
    for _ in range(2):
        pushing.push(*operations, **told(3))
        assert shown(office)[0] == 1
    # One of them twice in a batch is one on the tablet.
    pushing.push(*operations, operations[0], **told(3))
    assert shown(office)[0] == 1


def test_a_tablet_that_sends_nothing_says_what_lies_on_it(office: Office, pushing: PushingTablet) -> None:
    pushing.push(**told(4))
    assert shown(office) == (4, 300)
    pushing.push(pushing.form(hane()), unsent_count=0)
    assert shown(office) == (0, None)


def test_what_had_to_be_halved_is_counted_as_one_push(
    office: Office, pushing: PushingTablet, database: Database
) -> None:
    pushing.push(pushing.form(poisoned_form()), pushing.target(uuid4(), ad=POISONED))
    with refused_by_the_database(database):
        pushing.push(*(pushing.form(hane()) for _ in range(4)), pushing.form(poisoned_form()), **told(7))
        assert shown(office)[0] == 2
        pushing.push(pushing.form(poisoned_form()), **told(1))
        assert shown(office) == (0, None)
