"""What a team is told of a household that another team was at before: its open requests, and nothing about persons."""

from uuid import UUID, uuid4

from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import ServiceRequest
from sync.change_log import FeedChanges, write_feed
from tests.builders import AFinding
from tests.fixtures.municipality import NOON, Municipality
from tests.fixtures.office import Office
from tests.fixtures.tablets import enrol_tablet
from tests.integration.intake.posts import hane
from tests.integration.push.pushes import PushingTablet
from tests.planned_visits import plan_visit
from visits.recording import NewAssignment, Recording, record_assignments

FINDINGS = [
    AFinding("yol_kaldirim", "Ayşe Yılmaz'ın kapısının önü çökmüş"), AFinding("basibos_hayvan", "Köpekler var"),
]  # fmt: skip


def done(assignment: UUID) -> str:
    """Write the part of the form that names the planned visit."""
    named = f'id="{assignment}" update="1" baseVersion="1" trunkVersion="1" branchId="b"'
    return (
        f'<planli_sonuc><planli_durum>yapildi</planli_durum><meta><entity dataset="ziyaretler" {named}/></meta>'
        "</planli_sonuc>"
    )


def also_plan(wiring: Wiring, target: UUID, team: UUID) -> None:
    """Send another team to the same household."""
    with wiring.database.writing() as session:
        feed = FeedChanges()
        row = NewAssignment(target, team, "hane", NOON.date())
        record_assignments(session, [row], feed, Recording(NOON, None, uuid4()))
        write_feed(session, feed, NOON)


def test_a_team_sees_what_others_opened_at_its_household_and_no_word_of_it(
    pushing: PushingTablet, office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    shared, own = (plan_visit(wiring, municipality.team, NOON, position=at) for at in (1, 2))
    also_plan(wiring, shared.target, municipality.other_team)
    for visit in (shared, own):
        [result] = pushing.push(pushing.form(hane(findings=FINDINGS, more=done(visit.assignment))))
        assert result["status"] == "applied"
    other = enrol_tablet(office, municipality.other_team)
    other.pull_all()
    assert ("history", str(own.target)) not in other.held
    told = other.held[("history", str(shared.target))]["requests"]
    with wiring.database.reading() as session:
        directorates = set(session.scalars(select(ServiceRequest.directorate_id)))
    assert len(directorates) == 2
    numbers = {one.pop("tracking_no") for one in told}
    assert len(numbers) == 2
    assert sorted(told, key=lambda one: one["category"]) == [
        {"category": category, "status": "routed", "opened_on": "2026-11-20"}
        for category in ("basibos_hayvan", "yol_kaldirim")
    ]
