"""What is due is read piece by piece: no more of it than can be planned at once, and nobody is passed over."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import event

from api.wiring import Wiring
from sync.change_log import FeedChanges, write_feed
from tests.fixtures.municipality import NOON
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.planning.test_campaigns import let_team_be
from tests.integration.planning.test_what_follows import visits_of
from tests.integration.planning.test_wishes_of_households import asked_before, family
from visits.automatic_visits import list_unmet, plan_automatic_visits


@contextmanager
def asking_about(wiring: Wiring, targets: list[UUID]) -> Iterator[set[UUID]]:
    """Gather those of the targets that statements name in their parameters."""
    named: set[UUID] = set()

    def look(*given: object) -> None:
        told = str(given[3]).replace("-", "")
        named.update(target for target in targets if target.hex in told)

    event.listen(wiring.database.engine, "before_cursor_execute", look)
    yield named
    event.remove(wiring.database.engine, "before_cursor_execute", look)


def plan(wiring: Wiring, limit: int) -> int:
    with wiring.database.writing() as session:
        feed = FeedChanges()
        count = plan_automatic_visits(session, feed, NOON, limit=limit)
        write_feed(session, feed, NOON)
    return count


def welcomed(wiring: Wiring, targets: list[UUID]) -> list[UUID]:
    return [one for one in targets if any(visit.visit_type == "hos_geldiniz" for visit in visits_of(wiring, one))]


def test_a_sweep_asks_only_about_those_whom_it_plans(entities: EntityOffice, wiring: Wiring) -> None:
    targets = sorted(family(entities, f"Hane {number}") for number in range(7))
    with asking_about(wiring, targets) as named:
        assert plan(wiring, limit=3) == 3
    assert named == set(targets[:3]) == set(welcomed(wiring, targets))
    assert [plan(wiring, limit=3) for _ in range(3)] == [3, 1, 0]
    assert welcomed(wiring, targets) == targets


def test_a_piece_of_those_whom_nobody_can_visit_keeps_nobody_waiting(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    let_team_be(office, office.municipality.team, ("saha", "erkek"))
    targets = sorted(family(entities, f"Hane {number}") for number in range(7))
    for target in targets[:5]:
        asked_before(entities, target, "kadin")
    assert [plan(wiring, limit=2), plan(wiring, limit=2)] == [2, 0]
    assert welcomed(wiring, targets) == targets[5:]


def test_the_list_of_unmet_wishes_asks_only_about_those_who_wished_something(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    let_team_be(office, office.municipality.team, ("saha", "erkek"))
    targets = sorted(family(entities, f"Hane {number}") for number in range(5))
    asked_before(entities, targets[1], "kadin")
    asked_before(entities, targets[2], "erkek")
    entities.plan(targets[3], office.municipality.team, days=-400, fields={"durum": "yapildi"})
    with asking_about(wiring, targets) as named, wiring.database.reading() as session:
        unmet = list_unmet(session, NOON.date())
    assert [one.target_id for one in unmet] == [targets[1]]
    assert named == set(targets[1:3])
