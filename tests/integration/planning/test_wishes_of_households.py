"""What is planned without a person: a woman or a man who was asked for goes or nobody, a team where it works."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, update

from api.wiring import Wiring
from foundation.identifiers import uuid7
from service_requests.tables import RequestEvent, ServiceRequest, Submission
from teams.tables import Team, TeamArea
from tests.builders import AFinding, a_submission
from tests.fixtures.municipality import NOON, Municipality, version_of
from tests.fixtures.office import Office
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.office.list_uploads import report_of
from tests.integration.planning.planned_days import planned, stops_of
from tests.integration.planning.sweeping import sweep
from tests.integration.planning.test_campaigns import let_team_be
from tests.integration.planning.test_what_follows import visits_of
from tests.planned_visits import plan_visit

YESTERDAY = (NOON.date() - timedelta(days=1)).isoformat()
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def family(entities: EntityOffice, name: str, **more: str) -> UUID:
    """Record a family that moved in yesterday: due for a welcome within thirty days."""
    return entities.record_target(ad=name, olay_tarihi=YESTERDAY, **more)


def asked_before(entities: EntityOffice, target: UUID, visitor: str) -> None:
    """Write the wish into an earlier visit, of another kind than the one that is due."""
    fields = {"ziyaretci": visitor, "durum": "yapildi"}
    entities.plan(target, entities.municipality.team, days=-400, fields=fields)


def let_be_away(office: Office, first: date, last: date, **who: object) -> None:
    leave = {
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        **{name: str(one) for name, one in who.items()},
    }
    assert office.post("koordinator", "/v1/team-leaves", json=leave).status_code == 201


def both_in_akpinar(office: Office, wiring: Wiring) -> None:
    """Give the second team the mahalle of the first one, too."""
    with wiring.database.writing() as session:
        session.add(TeamArea(team_id=office.municipality.other_team, mahalle_id=office.municipality.akpinar))


def answered(office: Office, wiring: Wiring, target: UUID) -> None:
    """Let the household's request be answered; its form came from the first team."""
    sent = office.send(a_submission(version=version_of("hane"), findings=[AFinding()]))
    assert sent.status_code == 201
    with wiring.database.writing() as session:
        request = session.scalars(select(ServiceRequest).order_by(ServiceRequest.id.desc()).limit(1)).one()
        session.execute(update(Submission).where(Submission.id == request.submission_id).values(target_id=target))
        session.add(
            RequestEvent(
                id=uuid7(NOON), request_id=request.id, at=NOON, actor_id=None, kind="answered", status="answered"
            )
        )


def unmet(office: Office) -> list[tuple[str, str, str]]:
    listed = office.get("koordinator", "/v1/campaigns").json()["unmet"]
    return [(one["target"]["id"], one["visit_type"]["code"], one["visitor"]) for one in listed]


def test_an_event_sends_whom_the_family_asked_for_on_the_first_day_she_is_there(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    let_team_be(office, place.team, ("saha", "erkek"))
    let_team_be(office, place.other_team, ("saha2", "kadin"))
    both_in_akpinar(office, wiring)
    let_be_away(office, MONDAY, MONDAY, user_id=place.users["saha2"])
    hers, his = family(entities, "Kadın ister"), family(entities, "Erkek ister")
    asked_before(entities, hers, "kadin")
    asked_before(entities, his, "erkek")
    sweep(wiring)
    (_, for_her), (_, for_him) = visits_of(wiring, hers), visits_of(wiring, his)
    assert (for_her.team_id, for_her.day, for_her.fields["ziyaretci"]) == (place.other_team, TUESDAY, "kadin")
    assert (for_him.team_id, for_him.day, for_him.fields["ziyaretci"]) == (place.team, MONDAY, "erkek")
    assert unmet(office) == []


def test_whom_nobody_can_visit_is_listed_and_keeps_nobody_waiting(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    let_team_be(office, place.team, ("saha", "erkek"))
    hers, anybodys = family(entities, "Kadın ister"), family(entities, "Herkes olur")
    asked_before(entities, hers, "kadin")
    sweep(wiring)
    sweep(wiring)
    assert [visit.visit_type for visit in visits_of(wiring, hers)] == ["hane"]
    assert [visit.visit_type for visit in visits_of(wiring, anybodys)] == ["hos_geldiniz"]
    assert unmet(office) == [(str(hers), "hos_geldiniz", "Kadın görevli")]
    # Somebody joins the team of the mahalle: then she goes, and the list is empty.
    let_team_be(office, place.team, ("saha", "kadin"))
    sweep(wiring)
    assert [visit.visit_type for visit in visits_of(wiring, hers)] == ["hane", "hos_geldiniz"]
    assert unmet(office) == []


def test_an_event_sends_the_team_that_is_wanted_where_it_works_on_that_day(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    wish = {"istenen_ekip": str(place.other_team)}
    works = family(entities, "Pazartesi", **wish)
    sweep(wiring)
    let_be_away(office, MONDAY, MONDAY, team_id=place.other_team)
    is_away = family(entities, "İzinli", **wish)
    sweep(wiring)
    ((one,), (other,)) = visits_of(wiring, works), visits_of(wiring, is_away)
    # Akpınar is the first team's, and nobody waits a day for the other one.
    assert (one.team_id, one.day) == (place.other_team, MONDAY)
    assert (other.team_id, other.day) == (place.team, MONDAY)


def test_an_answer_is_told_by_whom_the_household_asked_for(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    let_team_be(office, place.team, ("saha", "erkek"))
    let_team_be(office, place.other_team, ("saha2", "kadin"))
    hers, wanting = (
        entities.record_target(ad="Kadın ister"),
        entities.record_target(ad="Ekip ister", istenen_ekip=str(place.other_team)),
    )
    asked_before(entities, hers, "kadin")
    for target in (hers, wanting):
        answered(office, wiring, target)
    sweep(wiring)
    # The team that took the request has no woman, and no other has the mahalle.
    assert len(visits_of(wiring, hers)) == 1
    assert unmet(office) == [(str(hers), "hane", "Kadın görevli")]
    (told,) = visits_of(wiring, wanting)
    assert told.team_id == place.other_team
    both_in_akpinar(office, wiring)
    sweep(wiring)
    *_, told = visits_of(wiring, hers)
    assert (told.team_id, told.fields["ziyaretci"]) == (place.other_team, "kadin")
    assert unmet(office) == []


def test_the_next_attempt_goes_to_the_team_that_is_wanted_where_it_works(
    office: Office, entities: EntityOffice, wiring: Wiring
) -> None:
    place = office.municipality
    let_team_be(office, place.other_team, ("saha2", "erkek"))
    wish = {"istenen_ekip": str(place.other_team)}
    of_household = entities.record_target(ad="Hane ister", **wish)
    of_visit, with_her = entities.record_target(ad="Ziyaret ister"), entities.record_target(ad="İkisini ister", **wish)
    visits = {
        of_household: entities.plan(of_household, place.team),
        of_visit: entities.plan(of_visit, place.team, fields=wish),
        # The team that is wanted has no woman: the same one goes again.
        with_her: entities.plan(with_her, place.team, fields={"ziyaretci": "kadin"}),
    }
    for visit in visits.values():
        entities.change(entities.tablet, visit, {"durum": "evde_yok"}, kind="assignment", base_version=1)
    sweep(wiring)
    again = {target: visits_of(wiring, target)[1] for target in visits}
    assert {target: visit.team_id for target, visit in again.items()} == {
        of_household: place.other_team, of_visit: place.other_team, with_her: place.team
    }  # fmt: skip
    assert again[of_visit].fields["istenen_ekip"] == str(place.other_team)
    assert "istenen_ekip" not in again[of_household].fields


def test_a_leave_moves_visits_to_the_team_that_is_wanted(office: Office, entities: EntityOffice) -> None:
    place = office.municipality
    added = office.post("koordinator", "/v1/teams", json={"name": "3. Ekip"})
    assert added.status_code == 201, added.text
    third = added.json()["id"]
    plain = entities.plan(entities.record_target(ad="Herkes olur"), place.team, days=3)
    wanting = entities.plan(entities.record_target(ad="İster", istenen_ekip=third), place.team, days=3)
    leave = {"first_day": MONDAY.isoformat(), "last_day": MONDAY.isoformat(), "team_id": str(place.team)}
    made = office.post("koordinator", "/v1/team-leaves", json=leave).json()
    office.post("koordinator", f"/v1/team-leaves/{made['id']}/move-visits", json={"way": "other_teams"})
    assert str(entities.assignment(wanting).team_id) == third
    assert entities.assignment(plain).team_id in {place.other_team, UUID(third)}


def test_a_plan_prefers_the_team_that_is_wanted_and_says_why_another_one_goes(
    office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    team, other = municipality.team, municipality.other_team
    of_household = str(plan_visit(wiring, team, NOON, ad="Hane ister", istenen_ekip=str(other)).assignment)
    wish = {"istenen_ekip": str(other)}
    of_visit = str(plan_visit(wiring, team, NOON, ad="Ziyaret ister", fields=wish).assignment)
    held = str(plan_visit(wiring, team, NOON, ad="Sözlü", fields={**wish, "sabit": "evet"}).assignment)
    view = planned(office, [team, other], seconds=0.5)
    assert {key: set(stops) for key, stops in stops_of(view).items()} == {
        str(other): {of_household, of_visit}, str(team): {held}
    }  # fmt: skip
    stops = {stop["visit"]["id"]: stop for route in view["routes"] for stop in route["stops"]}
    assert {stop["visit"]["preferred_team"]["name"] for stop in stops.values()} == {"2. Ekip"}
    assert {one: stop["missed"] for one, stop in stops.items()} == {
        of_household: "", of_visit: "",
        held: "İstenen ekip 2. Ekip gidemiyor: ziyaretin günü ve ekibi sabit.",
    }  # fmt: skip
    # Without that team nobody is left out, and each says why.
    alone = planned(office, [team], beside=True)
    told = {stop["visit"]["id"]: stop["missed"] for route in alone["routes"] for stop in route["stops"]}
    assert set(told) == {of_household, of_visit, held}
    assert all("bu planda yok" in sentence for sentence in told.values())
    # Once it is removed, a plan made before says so, and after that nobody is told to want it.
    with wiring.database.writing() as session:
        session.execute(update(Team).where(Team.id == other).values(is_active=False))
    before = office.get("koordinator", f"/v1/day-plans/{alone['plan']['id']}").json()
    said = {stop["missed"] for route in before["routes"] for stop in route["stops"]}
    assert said == {"İstenen ekip 2. Ekip gidemiyor: ekip kaldırılmış."}
    later = planned(office, [team], beside=True)
    stops = {stop["visit"]["id"]: stop for route in later["routes"] for stop in route["stops"]}
    assert {(stop["missed"], stop["visit"]["preferred_team"]) for stop in stops.values()} == {("", None)}


def test_a_household_says_once_which_team_it_wants_and_may_take_it_back(office: Office, entities: EntityOffice) -> None:
    place, target = office.municipality, entities.record_target()
    path = f"/v1/visit-targets/{target}/preferred-team"
    assert office.ask("koordinator", "PUT", path, json={"team_id": str(place.other_team)}).status_code == 204
    (listed,) = office.get("koordinator", "/v1/visit-targets").json()["items"]
    assert listed["preferred_team"] == {"id": str(place.other_team), "name": "2. Ekip", "is_active": True}
    assert "2. Ekip" in office.get("koordinator", "/v1/visit-targets.csv").text
    assert str(place.other_team) in entities.body("target", target)
    assert office.ask("koordinator", "PUT", path, json={"team_id": None}).status_code == 204
    (listed,) = office.get("koordinator", "/v1/visit-targets").json()["items"]
    assert listed["preferred_team"] is None
    wrong = office.ask("koordinator", "PUT", path, json={"team_id": str(target)})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["field"]) == (422, "assignment.bad", "team_id")
    gone = f"/v1/visit-targets/{place.team}/preferred-team"
    assert office.ask("koordinator", "PUT", gone, json={"team_id": None}).status_code == 404
    # Which team goes is not the field's to say.
    outcome = entities.change(entities.tablet, target, {"istenen_ekip": str(place.team)}, base_version=3)
    assert outcome.status == "refused"
    assert entities.fields(target).get("istenen_ekip", "") == ""


def test_a_single_visit_may_ask_for_a_team(office: Office, entities: EntityOffice) -> None:
    place = office.municipality
    plan = {
        "target_id": str(entities.record_target()), "team_id": str(place.team), "visit_type": "hane",
        "day": MONDAY.isoformat(), "preferred_team_id": str(place.other_team),
    }  # fmt: skip
    made = office.post("koordinator", "/v1/visit-assignments", json=plan)
    assert made.status_code == 201, made.text
    visit = entities.assignment(UUID(made.json()["id"]))
    assert (visit.team_id, visit.fields["istenen_ekip"]) == (place.team, str(place.other_team))
    wrong = office.post("koordinator", "/v1/visit-assignments", json={**plan, "preferred_team_id": plan["target_id"]})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "preferred_team_id")
    # Changed by whoever moves it; what the move does not name stays, and nothing is as the household wants.
    path = f"/v1/visit-assignments/{visit.id}"
    for given, own in (
        ({}, True),
        ({"preferred_team_id": None}, False),
        ({"preferred_team_id": str(place.team)}, True),
    ):
        moved = office.ask("koordinator", "PATCH", path, json={"day": TUESDAY.isoformat(), **given})
        assert moved.status_code == 204, moved.text
        (listed,) = office.get("koordinator", "/v1/visit-assignments").json()["items"]
        assert listed["has_own_wish"] is own
    assert listed["preferred_team"]["id"] == str(place.team)
    wrong = office.ask("koordinator", "PATCH", path, json={"preferred_team_id": plan["target_id"]})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "preferred_team_id")


def test_a_list_says_which_team_households_want(office: Office, entities: EntityOffice) -> None:
    rows = "Ad Soyad;Adres;İstenen Ekip\nAli Kaya;Gül Sk. 1;2. EKİP\nCan Öz;Gül Sk. 2;Ekip yok\nEce Su;Gül Sk. 3;\n"
    report = report_of(office, rows.encode())
    assert [column["field"] for column in report["columns"]] == ["ad", "adres", "istenen_ekip"]
    assert (report["counts"]["rows"], report["counts"]["bad"]) == (3, 1)
    (bad,) = report["bad"]
    assert "Bu ad ya da kodda bir ekip yok." in str(bad)
    listed = {one["name"]: one for one in office.get("koordinator", "/v1/visit-targets").json()["items"]}
    assert listed["Ali Kaya"]["preferred_team"]["name"] == "2. Ekip"
    assert listed["Ece Su"]["preferred_team"] is None
    # The same list again changes nothing, and an empty cell takes no wish back.
    entities.change(None, UUID(listed["Ece Su"]["id"]), {"istenen_ekip": str(office.municipality.team)})
    again = report_of(office, rows.encode() + b"\n")
    assert again["targets"] == {"new": 0, "changed": 0, "unchanged": 2, "unsettled": 0}
    assert entities.fields(UUID(listed["Ece Su"]["id"]))["istenen_ekip"] == str(office.municipality.team)


def test_a_merge_keeps_the_wish_of_either(office: Office, entities: EntityOffice, wiring: Wiring) -> None:
    wish = str(office.municipality.other_team)
    plain, wanting = entities.record_target(), entities.record_target(istenen_ekip=wish)
    sweep(wiring)
    (pair,) = office.get("koordinator", "/v1/duplicates").json()["items"]
    assert {side["id"] for side in pair["sides"]} == {str(plain), str(wanting)}
    merged = office.post("koordinator", f"/v1/duplicates/{pair['id']}/merge", json={"survivor_id": str(plain)})
    assert merged.status_code in {200, 204}, merged.text
    assert entities.fields(plain)["istenen_ekip"] == wish
