"""What is planned by itself keeps off holidays and the weekend, and keeps deadlines as far as that lets it."""

from collections import Counter
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import select

from api.wiring import Wiring
from foundation.clock import ISTANBUL
from teams.device_profiles import read_team_profile
from teams.tables import AccessLog
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
        "day": "2026-05-26", "name": "Kurban Bayramı (saat 13.00'ten)", "is_half_day": True, "is_own": False,
    }  # fmt: skip
    days = {"first_day": "2026-05-25", "last_day": "2026-06-03", "quota": 100}
    made = office.post("koordinator", "/v1/campaigns", json=a_plan(office, **days))
    assert made.status_code == 201, made.text
    # Mondays are off now; the feast is, too, and half of its eve; the Sunday after it is worked.
    assert {visit.day.isoformat() for visit in planned(wiring)} == {
        "2026-05-26", "2026-05-31", "2026-06-02", "2026-06-03"
    }  # fmt: skip


def test_a_day_that_the_governor_gave_is_as_free_as_a_holiday_until_it_is_cancelled(
    office: Office, entities: EntityOffice, wiring: Wiring, clock: SetClock
) -> None:
    # Tuesday; the governor gives Wednesday for the snow, and half of Thursday.
    tuesday = date(2026, 1, 13)
    at_work(entities, clock, tuesday)
    office.sign_in("koordinator")
    homes(entities, 40)
    path = "/v1/days-off"
    snow = {"first_day": "2026-01-14", "last_day": "2026-01-14", "name": " İdari izin:  kar "}
    entities.plan(entities.record_target(ad="Önceden"), office.municipality.team, days=1)
    assert office.post("koordinator", path, json=snow).json() == {"planned": 1}
    half = snow | {"first_day": "2026-01-15", "last_day": "2026-01-15", "name": "Buzlanma", "is_half_day": True}
    assert office.post("koordinator", path, json=half).json() == {"planned": 0}
    shown = office.get("koordinator", path).json()["holidays"]
    assert [one for one in shown if one["is_own"]] == [
        {"day": "2026-01-14", "name": "İdari izin: kar", "is_half_day": False, "is_own": True},
        {"day": "2026-01-15", "name": "Buzlanma", "is_half_day": True, "is_own": True},
    ]
    family = entities.record_target(tur="taziye_ailesi", olay_tarihi="2026-01-12")
    sweep(wiring)
    # Its three days end on Thursday, which is worked in the morning.
    assert condolence(wiring, family)[0] == date(2026, 1, 15)
    days = {"first_day": "2026-01-14", "last_day": "2026-01-16", "quota": 100}
    made = office.post("koordinator", "/v1/campaigns", json=a_plan(office, **days))
    assert made.status_code == 201, made.text
    by_day = Counter(visit.day.isoformat() for visit in planned(wiring) if visit.campaign_id)
    assert set(by_day) == {"2026-01-15", "2026-01-16"}
    assert by_day["2026-01-15"] < by_day["2026-01-16"]
    # Positions are asked for on none of it.
    profile = shifts_told(wiring, office.municipality.team, tuesday)
    assert (profile.get("2026-01-14"), profile["2026-01-15"]) == (None, "13:00:00")

    assert office.ask("koordinator", "DELETE", f"{path}/2026-01-14").status_code == 204
    assert office.ask("koordinator", "DELETE", f"{path}/2026-01-14").status_code == 404
    assert shifts_told(wiring, office.municipality.team, tuesday)["2026-01-14"] == "17:00:00"
    assert details_logged(wiring)[-1] == "tatil iptal 2026-01-14"


def test_a_day_off_has_a_reason_comes_and_is_noted_once(
    office: Office, entities: EntityOffice, clock: SetClock
) -> None:
    at_work(entities, clock, date(2026, 1, 13))
    office.sign_in("koordinator")
    right = {"first_day": "2026-01-14", "last_day": "2026-01-15", "name": "İdari izin"}
    for field, wrong in (
        ("name", {"name": "  "}), ("last_day", {"first_day": "2026-01-12"}), ("last_day", {"last_day": "2026-01-13"}),
        ("last_day", {"last_day": "2026-02-14"}),
    ):  # fmt: skip
        answer = office.post("koordinator", "/v1/days-off", json=right | wrong)
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "day_off.bad", field)
    assert office.post("koordinator", "/v1/days-off", json=right).status_code == 201
    again = office.post("koordinator", "/v1/days-off", json=right | {"last_day": "2026-01-17"})
    assert (again.status_code, again.json()["code"]) == (409, "day_off.noted")
    own = [one["day"] for one in office.get("koordinator", "/v1/days-off").json()["holidays"] if one["is_own"]]
    assert own == ["2026-01-14", "2026-01-15"]
    office.sign_in("saha")
    assert office.post("saha", "/v1/days-off", json=right | {"first_day": "2026-01-15"}).status_code in {403, 404}


def shifts_told(wiring: Wiring, team: UUID, today: date) -> dict[str, str]:
    """Return until when a team's tablets are told that it works, by day."""
    with wiring.database.reading() as session:
        shifts = read_team_profile(session, team, today).shifts
        return {shift.day.isoformat(): shift.ends.isoformat() for shift in shifts}


def details_logged(wiring: Wiring) -> list[str]:
    with wiring.database.reading() as session:
        return list(session.scalars(select(AccessLog.detail).order_by(AccessLog.id)))
