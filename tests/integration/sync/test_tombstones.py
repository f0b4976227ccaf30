"""Tombstones are kept for 180 days; who was away for longer begins anew. On both databases."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select

from api.wiring import Wiring
from sync.areas import area_of_team
from sync.tables import FeedBody, FeedEntry
from sync.tombstones import sweep_tombstones
from tests.fixtures.municipality import NOON
from tests.fixtures.office import Office
from tests.fixtures.tablets import Tablet
from tests.integration.sync.feeds import commit, put, remove


def sweep(wiring: Wiring, days: float) -> int:
    with wiring.database.writing() as session:
        return sweep_tombstones(session, NOON + timedelta(days=days))


def test_old_tombstones_go_with_what_they_were_about_and_move_the_horizon(
    office: Office, tablet: Tablet, wiring: Wiring
) -> None:
    area, other = area_of_team(office.municipality.team), area_of_team(office.municipality.other_team)
    gone, stays, moved = uuid4(), uuid4(), uuid4()
    commit(wiring.database, put([area], gone), put([area], stays), put([area, other], moved))
    tablet.pull_all()
    before = tablet.cursor
    commit(wiring.database, remove([area], gone), remove([area], moved))
    assert sweep(wiring, 180) == 0
    assert tablet.pull(before).status_code == 200
    assert sweep(wiring, 180.1) == 2
    assert sweep(wiring, 181) == 0
    answer = tablet.pull(before)
    assert (answer.status_code, answer.json()["reason"]) == (409, "horizon")
    tablet.pull_all(limit=1)
    assert {entity_id for _, entity_id in tablet.held} == {str(stays)}
    with wiring.database.reading() as session:
        assert set(session.scalars(select(FeedBody.entity_id))) == {stays, moved}
        assert session.scalar(select(func.count()).select_from(FeedEntry)) == 2


def test_a_first_load_goes_on_below_the_horizon_it_began_above(office: Office, tablet: Tablet, wiring: Wiring) -> None:
    """The rows that are left have numbers below the horizon, and still a first load must come to its end."""
    area = area_of_team(office.municipality.team)
    ids = [uuid4() for _ in range(6)]
    commit(wiring.database, *(put([area], one) for one in ids))
    commit(wiring.database, remove([area], ids[0]))
    assert sweep(wiring, 200) == 1
    tablet.pull_all(limit=2)
    assert {entity_id for _, entity_id in tablet.held} == {str(one) for one in ids[1:]}


def test_a_first_load_that_a_sweep_overtakes_begins_anew(office: Office, tablet: Tablet, wiring: Wiring) -> None:
    area = area_of_team(office.municipality.team)
    ids = [uuid4() for _ in range(6)]
    commit(wiring.database, *(put([area], one) for one in ids))
    cursor = tablet.pull(limit=2).json()["cursor"]
    commit(wiring.database, remove([area], ids[0]))
    assert sweep(wiring, 200) == 1
    assert tablet.pull(cursor).json()["reason"] == "horizon"


def test_what_comes_back_into_an_area_is_no_tombstone_any_more(office: Office, tablet: Tablet, wiring: Wiring) -> None:
    area, one = area_of_team(office.municipality.team), uuid4()
    commit(wiring.database, put([area], one))
    commit(wiring.database, remove([area], one))
    commit(wiring.database, put([area], one, version=2))
    assert sweep(wiring, 365) == 0
    tablet.pull_all()
    assert tablet.held[("target", str(one))]["version"] == 2
