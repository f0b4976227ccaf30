"""What is planned by itself keeps off holidays and the weekend, and keeps deadlines as far as that lets it."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import select

from api.wiring import Wiring
from foundation.clock import ISTANBUL
from tests.fixtures.municipality import SetClock
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.planning.sweeping import sweep
from tests.integration.planning.test_campaigns import a_plan, homes, planned
from visits.tables import VisitAssignment


def at_work(entities: EntityOffice, clock: SetClock, day: date) -> None:
    """Let it be ten in the morning of a day."""
    entities.now = clock.now = datetime.combine(day, time(10), ISTANBUL).astimezone(UTC)


def condolence(wiring: Wiring, family: UUID) -> tuple[date, date | None]:
    with wiring.database.reading() as session:
        visit = session.scalars(select(VisitAssignment).where(VisitAssignment.target_id == family)).one()
        return visit.day, visit.last_day


def test_a_condolence_is_planned_for_the_last_working_day_that_keeps_its_deadline(
    entities: EntityOffice, wiring: Wiring, clock: SetClock
) -> None:
    # Tuesday, the eve of Kurban Bayramı 2026: from Wednesday to Sunday nobody works.
    eve = date(2026, 5, 26)
    at_work(entities, clock, eve)
    family = entities.record_target(tur="taziye_ailesi", olay_tarihi="2026-05-25")
    sweep(wiring)
    assert condolence(wiring, family) == (eve, date(2026, 5, 28))


def test_a_death_on_days_off_is_visited_on_the_first_day_after_them_and_told_to_be_late(
    office: Office, entities: EntityOffice, wiring: Wiring, clock: SetClock
) -> None:
    # Thursday, the second day of the feast; the first day of work is Monday.
    at_work(entities, clock, date(2026, 5, 28))
    noted = entities.record_target(tur="taziye_ailesi", olay_tarihi="2026-05-28")
    sweep(wiring)
    at_work(entities, clock, date(2026, 6, 1))
    # The office learns of this one only when it opens again; four days before that is too long ago on any other Monday.
    learnt = entities.record_target(ad="Öbür Aile", tur="taziye_ailesi", olay_tarihi="2026-05-25")
    sweep(wiring)
    assert condolence(wiring, noted) == (date(2026, 6, 1), date(2026, 5, 31))
    assert condolence(wiring, learnt) == (date(2026, 6, 1), date(2026, 5, 28))
    office.sign_in("koordinator")
    late = office.get("koordinator", "/v1/visit-assignments?attention=true").json()["items"]
    assert {one["target"]["id"] for one in late} == {str(noted), str(learnt)}
    assert {(one["attention"], one["last_day"]) for one in late} == {("late", "2026-05-31"), ("late", "2026-05-28")}


def test_a_campaign_keeps_off_holidays_and_off_the_weekend_that_the_municipality_sets(
    office: Office, entities: EntityOffice, wiring: Wiring, clock: SetClock
) -> None:
    at_work(entities, clock, date(2026, 5, 25))
    office.sign_in("koordinator")
    homes(entities, 40)
    path = "/v1/days-off"
    assert office.get("koordinator", path).json()["weekend"] == [5, 6]
    for wrong in ([7], [0, 1, 2, 3, 4, 5, 6]):
        answer = office.ask("koordinator", "PUT", f"{path}/weekend", json={"weekdays": wrong})
        assert (answer.status_code, answer.json()["code"]) == (422, "weekend.bad")
    assert office.ask("koordinator", "PUT", f"{path}/weekend", json={"weekdays": [0]}).status_code == 204
    shown = office.get("koordinator", path).json()
    assert shown["weekend"] == [0]
    assert shown["holidays"][0] == {
        "day": "2026-05-26", "name": "Kurban Bayramı (saat 13.00'ten)", "is_half_day": True
    }  # fmt: skip
    days = {"first_day": "2026-05-25", "last_day": "2026-06-03", "quota": 100}
    made = office.post("koordinator", "/v1/campaigns", json=a_plan(office, **days))
    assert made.status_code == 201, made.text
    # Mondays are off now; the feast is, too, and half of its eve; the Sunday after it is worked.
    assert {visit.day.isoformat() for visit in planned(wiring)} == {
        "2026-05-26", "2026-05-31", "2026-06-02", "2026-06-03"
    }  # fmt: skip
