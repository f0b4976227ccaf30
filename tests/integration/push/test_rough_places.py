"""A household without a point: told roughly to office and tablets, made exact by the first visit by either door."""

import csv
import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from api.wiring import Wiring
from sync.change_log import FeedChanges, write_feed
from teams.tables import TeamArea
from tests.builders import AKPINAR, OUTSIDE
from tests.fixtures.municipality import NOON, Municipality
from tests.fixtures.office import Office
from tests.fixtures.tablets import Tablet, enrol_tablet
from tests.integration.intake.posts import SAHA, hane, send
from tests.integration.push.pushes import PushingTablet
from tests.integration.push.test_household_history import done
from tests.planned_visits import plan_visit
from visits.duplicate_sweep import sweep_changed_targets
from visits.recording import NewAssignment, NewTarget, Recording, record_assignments, record_targets
from visits.tables import VisitTarget

Door = Callable[[bytes], None]


@pytest.fixture(params=["collect", "our own tablet"])
def door(request: pytest.FixtureRequest, client: TestClient[Litestar], pushing: PushingTablet) -> Door:
    """Return how filled forms come in."""

    def post(xml: bytes) -> None:
        answer = send(client, xml)
        assert answer.status_code == 201, answer.text

    def push(xml: bytes) -> None:
        [result] = pushing.push(pushing.form(xml))
        assert result["status"] == "applied", result

    return post if request.param == "collect" else push


@pytest.fixture
def held(office: Office, wiring: Wiring, municipality: Municipality) -> Tablet:
    """Return a tablet of the team that has Akpınar."""
    with wiring.database.writing() as session:
        session.add(TeamArea(team_id=municipality.team, mahalle_id=municipality.akpinar))
    return enrol_tablet(office)


def sweep(wiring: Wiring) -> None:
    with wiring.database.writing() as session:
        sweep_changed_targets(session, wiring.clock())


def record(wiring: Wiring, mahalle_id: UUID | None = None, **fields: str) -> UUID:
    """Record a target of a list of the office."""
    with wiring.database.writing() as session:
        feed, index = FeedChanges(), wiring.knowledge.current(session).index
        row = NewTarget({"tur": "hane", "ad": "Ayşe Yılmaz", **fields}, mahalle_id=mahalle_id)
        (made,) = record_targets(session, [row], feed, Recording(NOON, None, UUID(int=1)), index=index)
        write_feed(session, feed, NOON)
    return made.id


def on_the_tablet(tablet: Tablet, target: UUID) -> dict[str, Any]:
    tablet.pull_all()
    return tablet.held[("target", str(target))]


def at_the_office(office: Office, target: UUID) -> tuple[str, float | None, float | None]:
    (row,) = (one for one in office.get("koordinator", "/v1/visit-targets").json()["items"] if one["id"] == str(target))
    return row["precision"]["code"], row["lat"], row["lon"]


def of(target: UUID) -> str:
    """Write the part of a form that names a household of the list, and corrects nothing of it."""
    named = f'id="{target}" update="1" baseVersion="1" trunkVersion="1" branchId="b"'
    return f'<hedef_kaydi><meta><entity dataset="hedefler" {named}/></meta></hedef_kaydi>'


def test_the_first_visit_makes_a_rough_place_exact_for_office_and_tablets(
    door: Door, held: Tablet, office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    target = record(wiring, municipality.akpinar, adres="Lale Sk. 3")
    assert "rough" not in on_the_tablet(held, target)
    sweep(wiring)
    told = on_the_tablet(held, target)
    assert told["rough"] == {"lat": 41.005, "lon": 29.205, "precision": "mahalle"}
    assert (told["version"], "geometry" in told["fields"]) == (1, False)
    record(wiring, adres="Lale Sokak 7", geometry="41.0071 29.2031 0 8", ad="Komşu")
    sweep(wiring)
    assert on_the_tablet(held, target)["rough"] == {"lat": 41.0071, "lon": 29.2031, "precision": "sokak"}
    assert at_the_office(office, target) == ("sokak", 41.0071, 29.2031)
    # Collect would draw a point on its map as a door: to its lists a guess is none.
    listed = office.client.get("/openrosa/lists/hedefler.csv", auth=SAHA)
    assert {row["ad"]: row["geometry"] for row in csv.DictReader(io.StringIO(listed.text))} == {
        "Ayşe Yılmaz": "", "Komşu": "41.0071 29.2031 0 8",
    }  # fmt: skip
    door(hane(point="41.0052 29.2049 0 9", more=of(target)))
    told = on_the_tablet(held, target)
    assert "rough" not in told
    assert (told["version"], told["fields"]["geometry"]) == (2, "41.0052 29.2049 0 9")
    assert at_the_office(office, target) == ("nokta", 41.0052, 29.2049)
    sweep(wiring)
    assert "rough" not in on_the_tablet(held, target)


def test_a_planned_visit_makes_it_exact_though_its_form_says_nothing_of_the_household(
    door: Door, held: Tablet, office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    visit = plan_visit(wiring, municipality.team, NOON, geometry="", adres="Lale Sk. 3")
    record(wiring, adres="Lale Sokak 7", geometry="41.0071 29.2031 0 8", ad="Komşu")
    with wiring.database.writing() as session:
        session.get_one(VisitTarget, visit.target).mahalle_id = municipality.akpinar
    sweep(wiring)
    assert on_the_tablet(held, visit.target)["rough"]["precision"] == "sokak"
    door(hane(point="41.0052 29.2049 0 9", more=done(visit.assignment)))
    told = on_the_tablet(held, visit.target)
    assert ("rough" in told, told["fields"]["geometry"]) == (False, "41.0052 29.2049 0 9")
    assert at_the_office(office, visit.target) == ("nokta", 41.0052, 29.2049)
    (row,) = office.get("koordinator", "/v1/submissions").json()["items"]
    assert row["flags"] == []


@pytest.mark.parametrize("point", ["41.0052 29.2049 0 300", OUTSIDE])
def test_a_point_that_cannot_be_the_households_leaves_the_rough_one(
    door: Door, held: Tablet, wiring: Wiring, municipality: Municipality, point: str
) -> None:
    visit = plan_visit(wiring, municipality.team, NOON, geometry="", adres="Lale Sk. 3")
    with wiring.database.writing() as session:
        session.get_one(VisitTarget, visit.target).mahalle_id = municipality.akpinar
    sweep(wiring)
    door(hane(point=point, more=done(visit.assignment)))
    told = on_the_tablet(held, visit.target)
    assert (told["rough"]["precision"], "geometry" in told["fields"]) == ("mahalle", False)


@pytest.mark.usefixtures("held")
def test_a_visit_of_another_team_gives_the_household_no_point(
    door: Door, wiring: Wiring, municipality: Municipality
) -> None:
    visit = plan_visit(wiring, municipality.other_team, NOON, geometry="", adres="Lale Sk. 3")
    with wiring.database.writing() as session:
        session.get_one(VisitTarget, visit.target).mahalle_id = municipality.akpinar
    sweep(wiring)
    door(hane(point=AKPINAR, more=done(visit.assignment)))
    with wiring.database.reading() as session:
        place = select(VisitTarget.konum_hassasiyeti).where(VisitTarget.id == visit.target)
        assert session.scalars(place).one() == "mahalle"


def test_whose_place_is_not_known_at_all_is_told_to_the_team_that_is_sent_there(
    held: Tablet, wiring: Wiring, municipality: Municipality
) -> None:
    target = record(wiring, adres="Lale Sk. 3")
    sweep(wiring)
    with wiring.database.writing() as session:
        feed = FeedChanges()
        row = NewAssignment(target, municipality.team, "hane", NOON.date())
        record_assignments(session, [row], feed, Recording(NOON, None, UUID(int=2)))
        write_feed(session, feed, NOON)
    assert "rough" not in on_the_tablet(held, target)
    record(wiring, municipality.akpinar, adres="Lale Sokak 7", geometry="41.0071 29.2031 0 8", ad="Komşu")
