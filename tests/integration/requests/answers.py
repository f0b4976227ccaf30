"""Requests that wait for an answer, each opened by a real visit to a household, and answers by people of the office."""

from uuid import UUID

import httpx
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import ServiceRequest
from tests.builders import AFinding
from tests.fixtures.municipality import NOON
from tests.fixtures.office import Office
from tests.integration.intake.posts import hane
from tests.integration.push.pushes import PushingTablet
from tests.integration.push.test_household_history import done
from tests.planned_visits import PlannedVisit, plan_visit

WORDS = "Kaldırım 24 Kasım'da onarılacak."


def visit_with_findings(
    pushing: PushingTablet, wiring: Wiring, *categories: str, **planned: str
) -> tuple[PlannedVisit, list[UUID]]:
    """Plan a visit and have it made by the tablet; returns it and the requests of its findings, in their order."""
    visit = plan_visit(wiring, pushing.place.team, NOON, **planned)
    findings = [AFinding(category, f"{number}. {visit.target}") for number, category in enumerate(categories, 1)]
    [result] = pushing.push(pushing.form(hane(findings=findings, more=done(visit.assignment))))
    assert result["status"] == "applied"
    return visit, [request_about(wiring, finding.sentence) for finding in findings]


def request_about(wiring: Wiring, description: str) -> UUID:
    """Find a request by its sentence."""
    with wiring.database.reading() as session:
        return session.scalars(select(ServiceRequest.id).where(ServiceRequest.description == description)).one()


def answer(
    office: Office, request: UUID, text: str = WORDS, *, by: str = "mudurluk", replaces: str | None = None
) -> httpx.Response:
    """Answer a request as somebody of the office."""
    given = {"text": text, "replaces": replaces}
    return office.post(by, f"/v1/service-requests/{request}/answers", json=given)


def answered(office: Office, request: UUID, text: str = WORDS, **more: str) -> dict[str, str]:
    """Answer a request and return the answer that stands now: id, at, by, text."""
    given = answer(office, request, text, **more)
    assert given.status_code == 201, given.text
    standing: dict[str, str] = given.json()["answer"]
    return standing
