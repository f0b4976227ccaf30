"""What an answer brings: somebody goes to the household and asks, once, unless somebody goes there anyhow."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from api.wiring import Wiring
from service_requests.tables import Submission
from sync.change_log import FeedChanges, write_feed
from teams.tables import Team
from tests.fixtures.municipality import NOON, Municipality, SetClock
from tests.fixtures.office import Office
from tests.fixtures.tablets import Tablet
from tests.integration.planning.sweeping import sweep
from tests.integration.push.pushes import PushingTablet
from tests.integration.requests.answers import answered, visit_with_findings
from tests.planned_visits import PlannedVisit, plan_visit
from visits.assignment_changes import cancelling, change_assignments
from visits.recording import NewAssignment, Recording, record_assignments
from visits.tables import VisitAssignment, VisitTarget

# The twentieth is a Friday.
MONDAY = date(2026, 11, 23)


def follow_ups(wiring: Wiring, visit: PlannedVisit) -> list[VisitAssignment]:
    """List the visits of the household beside the one that opened the requests."""
    wanted = select(VisitAssignment).where(
        VisitAssignment.target_id == visit.target, VisitAssignment.id != visit.assignment
    )
    with wiring.database.reading() as session:
        return list(session.scalars(wanted.order_by(VisitAssignment.day)))


def plan(wiring: Wiring, target: UUID, team: UUID, day: date, visit_type: str = "hane") -> UUID:
    with wiring.database.writing() as session:
        feed = FeedChanges()
        row = NewAssignment(target, team, visit_type, day)
        [made] = record_assignments(session, [row], feed, Recording(NOON, None, uuid4()))
        write_feed(session, feed, NOON)
    return made.id


def cancel(wiring: Wiring, visit: UUID) -> None:
    with wiring.database.writing() as session:
        feed = FeedChanges()
        change_assignments(session, {visit: cancelling("Gerek kalmadı.")}, feed, Recording(NOON, None, uuid4()))
        write_feed(session, feed, NOON)


def test_an_answer_brings_a_visit_that_its_team_sees_and_the_office_finds_from_the_request(
    office: Office, wiring: Wiring, pushing: PushingTablet, municipality: Municipality
) -> None:
    visit, [request] = visit_with_findings(pushing, wiring, "yol_kaldirim")
    sweep(wiring)
    assert follow_ups(wiring, visit) == []
    first = answered(office, request)
    sweep(wiring)
    sweep(wiring)
    [follow_up] = follow_ups(wiring, visit)
    page = office.get("koordinator", f"/v1/service-requests/{request}").json()
    assert page["tracking_no"] in follow_up.fields["aciklama"]
    assert (follow_up.team_id, follow_up.day, follow_up.fields["son_gun"]) == (municipality.team, MONDAY, "2026-12-04")
    assert page["follow_up"] == {
        "day": "2026-11-23",
        "team": {"id": str(municipality.team), "name": "1. Ekip"},
        "status": {"code": "planli", "name": "Planlı"},
    }
    # Visits are the coordinator's to see.
    assert office.get("mudurluk", f"/v1/service-requests/{request}").json()["follow_up"] is None
    tablet = Tablet(office.client, pushing.token, pushing.id)
    tablet.pull_all()
    told = tablet.held[("assignment", str(follow_up.id))]["fields"]
    assert (told["hedef"], told["aciklama"]) == (str(visit.target), follow_up.fields["aciklama"])
    # A correction brings nobody a second time.
    answered(office, request, "Kaldırım onarıldı.", replaces=first["id"])
    sweep(wiring)
    assert len(follow_ups(wiring, visit)) == 1


def test_a_household_is_asked_once_about_all_that_was_answered(
    office: Office, wiring: Wiring, pushing: PushingTablet
) -> None:
    visit, requests = visit_with_findings(pushing, wiring, "yol_kaldirim", "cop_temizlik", "yol_kaldirim")
    for request in requests[:2]:
        answered(office, request, by="koordinator")
    sweep(wiring)
    [follow_up] = follow_ups(wiring, visit)
    numbers = [office.get("koordinator", f"/v1/service-requests/{one}").json()["tracking_no"] for one in requests]
    assert follow_up.fields["aciklama"].startswith(f"{numbers[0]}, {numbers[1]} numaralı talepler cevaplandı")
    answered(office, requests[2], by="koordinator")
    sweep(wiring)
    assert len(follow_ups(wiring, visit)) == 1
    # Whichever of them one looks at, the visit that asks about it is there.
    for request in requests:
        shown = office.get("koordinator", f"/v1/service-requests/{request}").json()["follow_up"]
        assert (shown["day"], shown["status"]["code"]) == (follow_up.day.isoformat(), "planli")


@pytest.mark.parametrize("why", ["unwanted", "removed", "unknown", "no household", "team"])
def test_nobody_is_sent_where_nobody_may_go_and_answering_works_all_the_same(
    office: Office, wiring: Wiring, pushing: PushingTablet, municipality: Municipality, why: str
) -> None:
    more = {"ziyaret_edilmesin": "evet"} if why == "unwanted" else {}
    visit, [request] = visit_with_findings(pushing, wiring, "yol_kaldirim", **more)
    with wiring.database.writing() as session:
        if why == "removed":
            session.execute(update(VisitTarget).where(VisitTarget.id == visit.target).values(is_removed=True))
        elif why == "unknown":
            session.execute(update(Submission).values(target_id=uuid4()))
        elif why == "no household":
            session.execute(update(Submission).values(target_id=None))
        elif why == "team":
            session.execute(update(Team).where(Team.id == municipality.team).values(is_active=False))
    answered(office, request)
    sweep(wiring)
    assert follow_ups(wiring, visit) == []
    page = office.get("koordinator", f"/v1/service-requests/{request}").json()
    assert (page["follow_up"], page["has_household"]) == (None, why != "no household")


def test_of_two_that_were_merged_the_one_that_stayed_is_visited_and_told(
    office: Office, wiring: Wiring, pushing: PushingTablet, municipality: Municipality
) -> None:
    visit, [request] = visit_with_findings(pushing, wiring, "yol_kaldirim", telefon="0532 123 45 67")
    twin = plan_visit(wiring, municipality.team, NOON, day=date(2026, 12, 28), telefon="0532 123 45 67")
    sweep(wiring)
    [pair] = office.get("koordinator", "/v1/duplicates?state=open").json()["items"]
    merging = {"survivor_id": str(twin.target), "taken_fields": []}
    assert office.post("koordinator", f"/v1/duplicates/{pair['id']}/merge", json=merging).status_code == 200
    answered(office, request)
    sweep(wiring)
    assert [one.day for one in follow_ups(wiring, twin) if one.id != visit.assignment] == [MONDAY]
    tablet = Tablet(office.client, pushing.token, pushing.id)
    tablet.pull_all()
    assert ("history", str(visit.target)) not in tablet.held
    assert len(tablet.held[("history", str(twin.target))]["answered"]) == 1


def test_where_somebody_goes_anyhow_no_other_visit_is_planned(
    office: Office, wiring: Wiring, pushing: PushingTablet, municipality: Municipality
) -> None:
    seen = {}
    for name, day, visit_type in (
        ("soon", MONDAY + timedelta(days=3), "hane"),
        ("too late", NOON.date() + timedelta(days=15), "hane"),
        ("of another kind", MONDAY, "yasli_ziyareti"),
    ):
        visit, [request] = visit_with_findings(pushing, wiring, "yol_kaldirim", ad=name)
        plan(wiring, visit.target, municipality.other_team, day, visit_type)
        answered(office, request)
        sweep(wiring)
        seen[name] = len(follow_ups(wiring, visit)) - 1
    assert seen == {"soon": 0, "too late": 1, "of another kind": 1}


def test_a_visit_that_fell_through_makes_room_but_a_cancelled_follow_up_stays_cancelled(
    office: Office, wiring: Wiring, pushing: PushingTablet, municipality: Municipality
) -> None:
    visit, [first, second] = visit_with_findings(pushing, wiring, "yol_kaldirim", "cop_temizlik")
    others = plan(wiring, visit.target, municipality.other_team, MONDAY + timedelta(days=1))
    answered(office, first, by="koordinator")
    sweep(wiring)
    assert [one.id for one in follow_ups(wiring, visit)] == [others]
    cancel(wiring, others)
    sweep(wiring)
    [follow_up] = [one for one in follow_ups(wiring, visit) if one.id != others]
    cancel(wiring, follow_up.id)
    answered(office, second, by="koordinator")
    sweep(wiring)
    assert {one.id for one in follow_ups(wiring, visit)} == {others, follow_up.id}


def test_what_was_answered_long_ago_brings_nobody(
    office: Office, wiring: Wiring, pushing: PushingTablet, clock: SetClock
) -> None:
    visit, [request] = visit_with_findings(pushing, wiring, "yol_kaldirim")
    answered(office, request)
    clock.now = NOON + timedelta(days=15)
    sweep(wiring)
    assert follow_ups(wiring, visit) == []
