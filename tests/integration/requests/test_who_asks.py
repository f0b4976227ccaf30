"""Who asks a household whether an answer helped, and that nobody asks twice, whatever day it becomes."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from api.wiring import Wiring
from sync.change_log import FeedChanges, write_feed
from teams.tables import TeamArea
from tests.fixtures.municipality import NOON, SetClock
from tests.fixtures.office import Office
from tests.integration.planning.sweeping import sweep
from tests.integration.planning.test_campaigns import let_team_be
from tests.integration.planning.test_wishes_by_hand import third_team
from tests.integration.planning.test_wishes_of_households import let_be_away, unmet
from tests.integration.push.pushes import PushingTablet
from tests.integration.requests.answers import answered, visit_with_findings
from tests.integration.requests.test_follow_up_visits import follow_ups
from tests.planned_visits import PlannedVisit, plan_visit
from visits.assignment_changes import change_assignments
from visits.recording import NewAssignment, Recording, record_assignments
from visits.tables import VisitAssignment

MONDAY = date(2026, 11, 23)
THREE = ("yol_kaldirim", "cop_temizlik", "yol_kaldirim")


def sweep_for_three_minutes(wiring: Wiring, clock: SetClock) -> None:
    for _ in range(3):
        sweep(wiring)
        clock.now += timedelta(minutes=1)


def give_akpinar(office: Office, wiring: Wiring, *teams: UUID) -> None:
    with wiring.database.writing() as session:
        session.add_all(TeamArea(team_id=team, mahalle_id=office.municipality.akpinar) for team in teams)


def three_answers(office: Office, wiring: Wiring, pushing: PushingTablet) -> PlannedVisit:
    visit, requests = visit_with_findings(pushing, wiring, *THREE)
    for request in requests:
        answered(office, request, by="koordinator")
    return visit


def the_visit(wiring: Wiring, visit: PlannedVisit) -> VisitAssignment:
    (one,) = follow_ups(wiring, visit)
    return one


def test_a_team_on_a_long_leave_asks_once_when_it_is_back(
    office: Office, wiring: Wiring, pushing: PushingTablet, clock: SetClock
) -> None:
    visit = three_answers(office, wiring, pushing)
    let_be_away(office, NOON.date(), MONDAY + timedelta(days=20), team_id=office.municipality.team)
    sweep_for_three_minutes(wiring, clock)
    told = the_visit(wiring, visit)
    assert (told.team_id, told.day) == (office.municipality.team, MONDAY + timedelta(days=21))
    assert "numaralı talepler cevaplandı" in told.fields["aciklama"]


def test_another_team_of_the_mahalle_asks_where_the_first_would_come_too_late(
    office: Office, wiring: Wiring, pushing: PushingTablet, clock: SetClock
) -> None:
    place = office.municipality
    give_akpinar(office, wiring, place.team, place.other_team)
    visit = three_answers(office, wiring, pushing)
    let_be_away(office, NOON.date(), MONDAY + timedelta(days=20), team_id=place.team)
    sweep_for_three_minutes(wiring, clock)
    told = the_visit(wiring, visit)
    assert (told.team_id, told.day) == (place.other_team, MONDAY)


def test_a_visit_made_on_the_day_of_the_answers_asked_about_those_before_it_only(
    office: Office, wiring: Wiring, pushing: PushingTablet, clock: SetClock
) -> None:
    visit, requests = visit_with_findings(pushing, wiring, *THREE, "cop_temizlik")
    for request in requests[:3]:
        answered(office, request, by="koordinator")
    sweep(wiring)
    made = the_visit(wiring, visit)
    clock.now += timedelta(hours=1)
    with wiring.database.writing() as session:
        feed, values = FeedChanges(), {"gun": NOON.date().isoformat(), "durum": "yapildi"}
        change_assignments(session, {made.id: values}, feed, Recording(clock.now, None, uuid4()))
        write_feed(session, feed, clock.now)
    sweep_for_three_minutes(wiring, clock)
    assert the_visit(wiring, visit).status == "yapildi"
    answered(office, requests[3], by="koordinator")
    sweep_for_three_minutes(wiring, clock)
    assert [one.day for one in follow_ups(wiring, visit)] == [NOON.date(), MONDAY]


def test_whom_nobody_can_visit_stays_listed_and_is_visited_once_somebody_can(
    office: Office, wiring: Wiring, pushing: PushingTablet, clock: SetClock
) -> None:
    place = office.municipality
    let_team_be(office, place.team, ("saha", "erkek"))
    visit, [request] = visit_with_findings(pushing, wiring, "yol_kaldirim")
    with wiring.database.writing() as session:
        feed, earlier = FeedChanges(), {"ziyaretci": "kadin", "durum": "yapildi"}
        before = NewAssignment(visit.target, place.team, "hane", NOON.date() - timedelta(days=400), fields=earlier)
        record_assignments(session, [before], feed, Recording(NOON, None, uuid4()))
        write_feed(session, feed, NOON)
    answered(office, request)
    clock.now = NOON + timedelta(days=10)
    sweep(wiring)
    office.sign_in("koordinator")
    assert unmet(office) == [(str(visit.target), "hane", "Kadın görevli")]
    let_team_be(office, place.team, ("saha", "kadin"))
    sweep(wiring)
    assert [one.day for one in follow_ups(wiring, visit) if one.external_no] == [date(2026, 12, 1)]
    assert unmet(office) == []


def test_of_the_teams_of_the_mahalle_the_one_with_fewer_visits_that_day_asks(
    office: Office, wiring: Wiring, pushing: PushingTablet
) -> None:
    place = office.municipality
    third = third_team(office)
    give_akpinar(office, wiring, place.other_team, third)
    busy, idle = sorted((place.other_team, third))
    plan_visit(wiring, busy, NOON, day=MONDAY, ad="Başka hane")
    visit = three_answers(office, wiring, pushing)
    let_be_away(office, NOON.date(), MONDAY + timedelta(days=20), team_id=place.team)
    sweep(wiring)
    told = the_visit(wiring, visit)
    assert (told.team_id, told.day) == (idle, MONDAY)


def test_an_answer_of_a_clock_that_is_ahead_waits_until_it_was_given(
    office: Office, wiring: Wiring, pushing: PushingTablet, clock: SetClock
) -> None:
    visit, [request] = visit_with_findings(pushing, wiring, "yol_kaldirim")
    clock.now = NOON + timedelta(seconds=5)
    answered(office, request)
    clock.now = NOON
    sweep(wiring)
    assert follow_ups(wiring, visit) == []
    clock.now = NOON + timedelta(minutes=1)
    sweep(wiring)
    assert the_visit(wiring, visit).day == MONDAY
