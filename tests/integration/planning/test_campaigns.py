"""Campaigns through the office: what they plan, what they leave out, what they refuse, how they go on and end."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.wiring import Wiring
from tests.fixtures.municipality import NOON, SetClock
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import HOUSE, IN_AKPINAR, IN_FATIH, EntityOffice
from tests.integration.planning.sweeping import sweep
from visits.recording import NewTarget
from visits.tables import VisitAssignment

FRIDAY, NEXT_FRIDAY = "2026-11-20", "2026-11-27"


def a_plan(office: Office, **more: object) -> dict[str, Any]:
    place = office.municipality
    return {
        "name": "Kış öncesi hane ziyaretleri", "visit_type": "hane", "target_kind": "hane", "first_day": FRIDAY,
        "last_day": NEXT_FRIDAY, "quota": 10, "team_ids": [str(place.team), str(place.other_team)],
        "mahalle_ids": [str(place.akpinar), str(place.fatih)], "instructions": "Doğal gazı sorun", **more,
    }  # fmt: skip


def homes(entities: EntityOffice, count: int, point: str = IN_AKPINAR) -> list[UUID]:
    rows = [NewTarget({**HOUSE, "ad": f"Hane {no}", "geometry": point}) for no in range(count)]
    return [one.id for one in entities.record_targets(rows)]


def planned(wiring: Wiring, **where: object) -> list[VisitAssignment]:
    with wiring.database.reading() as session:
        return list(session.scalars(select(VisitAssignment).filter_by(**where).order_by(VisitAssignment.day)))


def test_a_campaign_plans_whom_it_may_within_its_quota_and_never_twice(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    near, far = homes(entities, 8), homes(entities, 6, IN_FATIH)
    entities.change(None, near[0], {"ziyaret_edilmesin": "evet"})
    entities.plan(near[1], place.team, days=1)
    made = office.post("koordinator", "/v1/campaigns", json=a_plan(office, per_day=3, windows="17:00-19:00"))
    assert made.status_code == 201, made.text
    answer = made.json()
    campaign, visits = answer["campaign"], planned(wiring, campaign_id=UUID(answer["campaign"]["id"]))
    assert (answer["planned"], len(visits)) == (10, 10)
    assert len({visit.target_id for visit in visits}) == 10
    assert not {visit.target_id for visit in visits} & set(near[:2])
    # Each goes to the team of its mahalle, on days on which teams work, never more than three a day.
    assert all((visit.target_id in far) == (visit.team_id == place.other_team) for visit in visits)
    assert max(Counter((visit.day, visit.team_id) for visit in visits).values()) <= 3
    assert not {visit.day.isoformat() for visit in visits} & {"2026-11-21", "2026-11-22"}
    fields = visits[0].fields
    assert (fields["saatler"], fields["son_gun"], fields["aciklama"]) == (
        "17:00-19:00",
        NEXT_FRIDAY,
        "Doğal gazı sorun",
    )
    assert campaign["progress"] == {
        "first_day": FRIDAY, "last_day": NEXT_FRIDAY, "planned": 10, "done": 0, "tried": 0
    }  # fmt: skip
    # A larger quota plans what is left: two of the fourteen may not be visited now.
    again = a_plan(office, per_day=3, quota=500, version=campaign["version"])
    grown = office.ask("koordinator", "PUT", f"/v1/campaigns/{campaign['id']}", json=again)
    assert (grown.status_code, grown.json()["planned"]) == (200, 2)
    assert len(planned(wiring, campaign_id=UUID(campaign["id"]))) == 12


def test_two_coordinators_do_not_overwrite_each_other_and_a_finished_campaign_rests(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    homes(entities, 3)
    made = office.post("koordinator", "/v1/campaigns", json=a_plan(office, quota=3)).json()["campaign"]
    path = f"/v1/campaigns/{made['id']}"
    first = office.ask("koordinator", "PUT", path, json=a_plan(office, quota=3, name="Bir", version=1))
    second = office.ask("koordinator", "PUT", path, json=a_plan(office, quota=3, name="İki", version=1))
    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 409, "campaign.changed")
    assert office.get("koordinator", path).json()["name"] == "Bir"
    assert office.post("koordinator", f"{path}/state", json={"act": "finish", "version": 1}).status_code == 409
    finished = office.post("koordinator", f"{path}/state", json={"act": "finish", "version": 2})
    assert finished.json()["state"]["code"] == "finished"
    assert {visit.status for visit in planned(wiring, campaign_id=UUID(made["id"]))} == {"iptal"}
    late = office.ask("koordinator", "PUT", path, json=a_plan(office, version=3))
    assert (late.status_code, late.json()["code"]) == (409, "campaign.finished")


def test_what_cannot_be_carried_out_is_refused_with_its_reason(office: Office, entities: EntityOffice) -> None:
    homes(entities, 1)
    for field, wrong in (
        ("quota", {"quota": 0}),
        ("last_day", {"first_day": NEXT_FRIDAY, "last_day": FRIDAY}),
        ("last_day", {"first_day": "2026-11-01", "last_day": "2026-11-02"}),
        ("windows", {"windows": "19:00-17:00"}),
        ("team_ids", {"team_ids": []}),
        ("team_ids", {"team_ids": [str(office.municipality.fatih)]}),
    ):
        answer = office.post("koordinator", "/v1/campaigns", json=a_plan(office, **wrong))
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "campaign.bad", field)
    nobody = office.post("koordinator", "/v1/campaigns", json=a_plan(office, target_kind="asker"))
    assert (nobody.status_code, nobody.json()["code"]) == (422, "campaign.no_target")
    assert office.get("koordinator", "/v1/campaigns").json()["items"] == []


def test_a_weekly_campaign_goes_on_by_itself_and_ends_by_itself(
    office: Office, entities: EntityOffice, wiring: Wiring, clock: SetClock
) -> None:
    homes(entities, 2)
    plan = a_plan(office, quota=2, repeats="weekly", last_day="2026-12-03")
    made = office.post("koordinator", "/v1/campaigns", json=plan).json()["campaign"]
    assert made["next_round_on"] == NEXT_FRIDAY
    for visit in planned(wiring, campaign_id=UUID(made["id"])):
        tablet = entities.tablet if visit.team_id == office.municipality.team else entities.other_team
        entities.change(tablet, visit.id, {"durum": "yapildi"}, kind="assignment", base_version=1)
    sweep(wiring)
    assert len(planned(wiring, campaign_id=UUID(made["id"]))) == 2
    clock.now = NOON + timedelta(days=6)
    sweep(wiring)
    sweep(wiring)
    visits = planned(wiring, campaign_id=UUID(made["id"]))
    assert Counter(visit.day >= date(2026, 11, 27) for visit in visits) == {False: 2, True: 2}
    clock.now = NOON + timedelta(days=14)
    sweep(wiring)
    office.sign_in("koordinator")
    assert office.get("koordinator", f"/v1/campaigns/{made['id']}").json()["state"]["code"] == "finished"


def let_team_be(office: Office, team: UUID, *members: tuple[str, str]) -> None:
    """Give a team members with their genders."""
    given = [{"user_id": str(office.municipality.users[name]), "gender": gender} for name, gender in members]
    listed = office.get("koordinator", "/v1/teams").json()["items"]
    version = next(one["version"] for one in listed if one["id"] == str(team))
    plan = {"name": "Ekip", "members": given, "version": version}
    answer = office.ask("koordinator", "PUT", f"/v1/teams/{team}", json=plan)
    assert answer.status_code == 200, answer.text


def test_whoever_asked_for_a_woman_gets_one_or_is_listed_with_the_reason(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    let_team_be(office, place.team, ("saha", "erkek"))
    let_team_be(office, place.other_team, ("saha2", "kadin"))
    asks_for_her, asks_for_nobody = homes(entities, 2)
    # What was written into an earlier visit stays the wish of the household.
    entities.plan(asks_for_her, place.team, days=-40, fields={"ziyaretci": "kadin", "durum": "yapildi"})
    made = office.post("koordinator", "/v1/campaigns", json=a_plan(office)).json()
    visits = {visit.target_id: visit for visit in planned(wiring, campaign_id=UUID(made["campaign"]["id"]))}
    # The mahalle is the first team's; only the other one has a woman.
    assert visits[asks_for_her].team_id == place.other_team
    assert visits[asks_for_her].fields["ziyaretci"] == "kadin"
    assert visits[asks_for_nobody].team_id == place.team
    assert "ziyaretci" not in visits[asks_for_nobody].fields
    path = f"/v1/campaigns/{made['campaign']['id']}/left-out"
    assert office.get("koordinator", path).json() == {"items": [], "count": 0}
    # While she is on leave, whoever is found later has to wait; nobody else is sent.
    away = {"first_day": FRIDAY, "last_day": NEXT_FRIDAY, "user_id": str(place.users["saha2"])}
    assert office.post("koordinator", "/v1/team-leaves", json=away).status_code == 201
    (later,) = homes(entities, 1)
    entities.plan(later, place.team, days=-40, fields={"ziyaretci": "kadin", "durum": "yapildi"})
    again = a_plan(office, version=made["campaign"]["version"])
    grown = office.ask("koordinator", "PUT", path.removesuffix("/left-out"), json=again).json()
    assert (grown["planned"], grown["found"]) == (0, 1)
    (left_out,) = office.get("koordinator", path).json()["items"]
    assert (left_out["target"]["id"], left_out["visitor"]) == (str(later), "Kadın görevli")
    assert "kampanyanın hiçbir ekibinde yok" in left_out["reason"]


def test_a_campaign_may_ask_for_a_woman_or_a_man_as_a_whole(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    let_team_be(office, place.other_team, ("saha2", "kadin"))
    homes(entities, 3)
    wrong = office.post("koordinator", "/v1/campaigns", json=a_plan(office, visitor="kedi"))
    assert (wrong.status_code, wrong.json()["field"]) == (422, "visitor")
    nobody = office.post("koordinator", "/v1/campaigns", json=a_plan(office, visitor="erkek"))
    assert nobody.json()["code"] == "campaign.no_target"
    made = office.post("koordinator", "/v1/campaigns", json=a_plan(office, visitor="kadin")).json()
    visits = planned(wiring, campaign_id=UUID(made["campaign"]["id"]))
    assert {(visit.team_id, visit.fields["ziyaretci"]) for visit in visits} == {(place.other_team, "kadin")}
    assert len(visits) == 3
    # What a campaign wanted is no wish of the households: another one sends whom it has.
    other = a_plan(office, visit_type="memnuniyet", team_ids=[str(place.team)])
    assert office.post("koordinator", "/v1/campaigns", json=other).json()["planned"] == 3


def test_wishes_that_nobody_can_meet_keep_no_place_of_others(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    asking, others = homes(entities, 3), homes(entities, 4)
    for target in asking:
        entities.plan(target, place.team, days=-40, fields={"ziyaretci": "kadin", "durum": "yapildi"})
    made = office.post("koordinator", "/v1/campaigns", json=a_plan(office, quota=3)).json()
    assert made["planned"] == 3
    visits = planned(wiring, campaign_id=UUID(made["campaign"]["id"]))
    assert {visit.target_id for visit in visits} <= set(others)
    left_out = office.get("koordinator", f"/v1/campaigns/{made['campaign']['id']}/left-out").json()
    assert left_out["count"] == 0  # the quota is full


def test_a_campaign_sends_the_team_that_a_household_wants_while_it_has_room(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    wanting, plain = homes(entities, 3), homes(entities, 1)
    for target in wanting:
        entities.change(None, target, {"istenen_ekip": str(place.other_team)})
    plan = a_plan(office, first_day=FRIDAY, last_day="2026-11-22", per_day=2)
    made = office.post("koordinator", "/v1/campaigns", json=plan).json()
    visits = {visit.target_id: visit.team_id for visit in planned(wiring, campaign_id=UUID(made["campaign"]["id"]))}
    # The mahalle is the first team's. The other one has two places on its only day; the third goes as any other would.
    assert Counter(visits[target] for target in wanting) == {place.other_team: 2, place.team: 1}
    assert visits[plain[0]] == place.team
    # A team that is none of the campaign's is not sent by it.
    alone = a_plan(office, visit_type="memnuniyet", team_ids=[str(place.team)])
    again = office.post("koordinator", "/v1/campaigns", json=alone).json()
    assert {one.team_id for one in planned(wiring, campaign_id=UUID(again["campaign"]["id"]))} == {place.team}
