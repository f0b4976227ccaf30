"""What follows from visits and events by itself: next attempts, closed doubles, condolences."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from api.wiring import Wiring
from tests.fixtures.municipality import NOON
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import HOUSE, EntityOffice
from tests.integration.planning.sweeping import sweep
from visits.tables import VisitAssignment


def visits_of(wiring: Wiring, target: UUID) -> list[VisitAssignment]:
    with wiring.database.reading() as session:
        wanted = select(VisitAssignment).where(VisitAssignment.target_id == target)
        return list(session.scalars(wanted.order_by(VisitAssignment.day, VisitAssignment.id)))


def test_a_household_that_nobody_opened_is_tried_again_and_a_taken_back_result_takes_that_along(
    entities: EntityOffice, wiring: Wiring
) -> None:
    target = entities.record_target()
    visit = entities.plan(target, entities.municipality.team, fields={"saatler": "17:00-19:00"})
    entities.change(entities.tablet, visit, {"durum": "evde_yok"}, kind="assignment", base_version=1)
    sweep(wiring)
    sweep(wiring)
    _, again = visits_of(wiring, target)
    # The twentieth is a Friday, and nobody works at the weekend.
    assert (again.day, again.status, again.fields["deneme"]) == (date(2026, 11, 23), "planli", "2")
    assert again.fields["saatler"] == "17:00-19:00"
    assert entities.areas("assignment", again.id) == {"team"}
    entities.change(entities.tablet, visit, {"durum": "planli"}, kind="assignment", base_version=2)
    sweep(wiring)
    assert [one.status for one in visits_of(wiring, target)] == ["planli", "iptal"]
    agreed = {"durum": "ertelendi", "tekrar_tarihi": "2026-12-01"}
    entities.change(entities.tablet, visit, agreed, kind="assignment", base_version=3)
    sweep(wiring)
    assert [(one.day.day, one.status) for one in visits_of(wiring, target)] == [
        (20, "ertelendi"), (23, "iptal"), (1, "planli")
    ]  # fmt: skip


def test_a_step_that_cannot_be_is_left_to_the_coordinator(entities: EntityOffice) -> None:
    visit = entities.plan(entities.record_target(), entities.municipality.team, fields={"durum": "iptal"})
    done = entities.change(entities.tablet, visit, {"durum": "yapildi"}, kind="assignment", base_version=1)
    assert (done.status, entities.assignment(visit).status) == ("conflict", "iptal")
    (conflict,) = entities.conflicts(visit)
    assert (conflict.field, conflict.standing_value, conflict.other_value) == ("durum", "iptal", "yapildi")


def test_two_offline_teams_at_one_household_are_seen_and_settled(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place, target = entities.municipality, entities.record_target()
    mine, theirs = entities.plan(target, place.team), entities.plan(target, place.other_team, days=1)
    # Both were away from any network all day: neither knew of the other.
    for tablet, visit in ((entities.tablet, mine), (entities.other_team, theirs)):
        outcome = entities.change(tablet, visit, {"durum": "yapildi"}, kind="assignment", base_version=1)
        assert outcome.status == "applied"
    sweep(wiring)
    (pair,) = office.get("koordinator", "/v1/visit-doubles").json()["items"]
    assert (pair["target"]["name"], {pair["first"]["id"], pair["second"]["id"]}) == (
        HOUSE["ad"],
        {str(mine), str(theirs)},
    )
    ids = {"first_id": pair["first"]["id"], "second_id": pair["second"]["id"]}
    refused = office.post("koordinator", "/v1/visit-doubles/settle", json={**ids, "keep": "first"})
    assert (refused.status_code, refused.json()["code"]) == (409, "double.done_stays")
    assert office.post("koordinator", "/v1/visit-doubles/settle", json={**ids, "keep": "both"}).status_code == 204
    assert office.get("koordinator", "/v1/visit-doubles").json()["items"] == []
    # Two that are only planned: one is kept, and the other team is told.
    other = entities.record_target(ad="Başka Hane")
    kept, dropped = entities.plan(other, place.team, days=3), entities.plan(other, place.other_team, days=3)
    (pair,) = office.get("koordinator", "/v1/visit-doubles").json()["items"]
    ids = {"first_id": pair["first"]["id"], "second_id": pair["second"]["id"]}
    keep = "first" if pair["first"]["id"] == str(kept) else "second"
    assert office.post("koordinator", "/v1/visit-doubles/settle", json={**ids, "keep": keep}).status_code == 204
    assert [entities.assignment(one).status for one in (kept, dropped)] == ["planli", "iptal"]
    again = office.post("koordinator", "/v1/visit-doubles/settle", json={**ids, "keep": keep})
    assert (again.status_code, again.json()["code"]) == (409, "double.changed")


def test_a_visit_that_was_made_closes_the_one_that_was_planned_twice(entities: EntityOffice, wiring: Wiring) -> None:
    place, target = entities.municipality, entities.record_target()
    mine, theirs = entities.plan(target, place.team), entities.plan(target, place.other_team, days=1)
    entities.change(entities.tablet, mine, {"durum": "yapildi"}, kind="assignment", base_version=1)
    sweep(wiring)
    assert entities.assignment(theirs).status == "iptal"
    assert "20.11.2026" in entities.assignment(theirs).fields["neden"]


def test_events_plan_visits_in_time_once_and_only_where_somebody_may_go(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    yesterday, opened, leaves = NOON.date() - timedelta(days=1), NOON.date() - timedelta(days=15), date(2026, 11, 30)

    def of_event(kind: str, event_on: date, **more: str) -> UUID:
        return entities.record_target(tur=kind, olay_tarihi=event_on.isoformat(), **more)

    mourning = of_event("taziye_ailesi", yesterday)
    too_late = of_event("taziye_ailesi", NOON.date() - timedelta(days=4))
    unwanted = of_event("taziye_ailesi", yesterday, ziyaret_edilmesin="evet")
    nowhere = of_event("taziye_ailesi", yesterday, geometry="")
    shop, soldier, family = of_event("esnaf", opened), of_event("asker", leaves), of_event("hane", yesterday)
    sweep(wiring)
    sweep(wiring)
    found = {}
    for target in (mourning, too_late, unwanted, nowhere, shop, soldier, family):
        (found[target],) = visits_of(wiring, target) or [None]
    assert not any(found[one] for one in (too_late, unwanted, nowhere))
    # Of the next working day and the last day in time, today counts where the next one would be too late.
    told = {one: (visit.visit_type, visit.day, visit.last_day) for one, visit in found.items() if visit}
    assert told == {
        mourning: ("taziye", date(2026, 11, 20), date(2026, 11, 22)),
        shop: ("hayirli_olsun", date(2026, 11, 20), date(2026, 11, 20)),
        soldier: ("asker_ugurlama", date(2026, 11, 23), date(2026, 11, 29)),
        family: ("hos_geldiniz", date(2026, 11, 23), date(2026, 12, 19)),
    }
    assert office.get("koordinator", "/v1/campaigns").json()["waiting"] == [{"visit_type": "taziye", "count": 1}]


def waiting(office: Office) -> dict[str, str]:
    listed = office.get("koordinator", "/v1/visit-assignments?attention=true").json()
    return {one["id"]: one["attention"] for one in listed["items"]}


def test_a_postponed_visit_without_a_day_waits_until_a_coordinator_says_when(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place, target = entities.municipality, entities.record_target()
    visit = entities.plan(target, place.team, fields={"ziyaretci": "kadin"})
    entities.change(entities.tablet, visit, {"durum": "ertelendi"}, kind="assignment", base_version=1)
    sweep(wiring)
    assert waiting(office) == {str(visit): "no_day"}
    path = f"/v1/visit-assignments/{visit}/next"
    past = office.post("koordinator", path, json={"day": "2026-11-19"})
    assert (past.status_code, past.json()["field"]) == (422, "day")
    assert (
        office.post("koordinator", path, json={"day": "2026-11-24", "team_id": str(place.other_team)}).status_code
        == 204
    )
    _, again = visits_of(wiring, target)
    assert (again.day, again.team_id, again.fields["ziyaretci"]) == (date(2026, 11, 24), place.other_team, "kadin")
    assert waiting(office) == {}
    twice = office.post("koordinator", path, json={"day": "2026-11-25"})
    assert (twice.status_code, twice.json()["code"]) == (409, "assignment.decided")
    # The team had been there after all: then nobody needs to go again.
    entities.change(entities.tablet, visit, {"durum": "yapildi"}, kind="assignment", base_version=2)
    sweep(wiring)
    assert [one.status for one in visits_of(wiring, target)] == ["yapildi", "iptal"]


def test_what_was_done_meanwhile_wants_no_decision(office: Office, entities: EntityOffice, wiring: Wiring) -> None:
    visit = entities.plan(entities.record_target(), entities.municipality.team)
    entities.change(entities.tablet, visit, {"durum": "ertelendi"}, kind="assignment", base_version=1)
    sweep(wiring)
    entities.change(entities.tablet, visit, {"durum": "yapildi"}, kind="assignment", base_version=2)
    late = office.post("koordinator", f"/v1/visit-assignments/{visit}/next", json={"day": "2026-11-25"})
    assert (late.status_code, late.json()["code"]) == (409, "assignment.decided")


def test_a_type_may_only_propose_that_somebody_goes_again(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    changed = office.ask("koordinator", "PATCH", "/v1/visit-types/hane", json={"proposes_next": True})
    assert (changed.status_code, changed.json()["proposes_next"]) == (200, True)
    place = entities.municipality
    targets = [entities.record_target(ad=f"Hane {no}") for no in range(4)]
    visits = [entities.plan(target, place.team) for target in targets]
    for visit in visits[:3]:
        entities.change(entities.tablet, visit, {"durum": "evde_yok"}, kind="assignment", base_version=1)
    # Somebody at the door said when to come: that is a plan, not a question.
    agreed = {"durum": "evde_yok", "tekrar_tarihi": "2026-12-01"}
    entities.change(entities.tablet, visits[3], agreed, kind="assignment", base_version=1)
    sweep(wiring)
    assert waiting(office) == {str(visit): "not_home" for visit in visits[:3]}
    assert [len(visits_of(wiring, target)) for target in targets] == [1, 1, 1, 2]
    # Nobody goes; a visit planned by hand; a result that is corrected: in all three nothing is left to decide.
    assert office.post("koordinator", f"/v1/visit-assignments/{visits[0]}/next", json={}).status_code == 204
    plan = {"target_id": str(targets[1]), "team_id": str(place.team), "visit_type": "hane", "day": "2026-11-24"}
    assert office.post("koordinator", "/v1/visit-assignments", json=plan).status_code == 201
    entities.change(entities.tablet, visits[2], {"durum": "yapildi"}, kind="assignment", base_version=2)
    sweep(wiring)
    assert waiting(office) == {}
    assert [len(visits_of(wiring, target)) for target in targets] == [1, 2, 1, 2]
