"""Targets that may be the same: proposed with reasons, merged by a person, followed by all that names them, undone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api.wiring import Wiring
from foundation.clock import utc_now
from foundation.identifiers import uuid7
from service_requests.tables import Submission
from tests.fixtures.municipality import SetClock
from tests.fixtures.office import Office
from tests.fixtures.tablets import enrolment_code
from tests.integration.entities.entity_office import EntityOffice
from tests.integration.entities.odk_forms import filled, publish, update
from tests.tablet.tablet import Tablet
from tests.tablet.wire import over_http
from visits.duplicate_sweep import sweep_changed_targets
from visits.duplicate_tables import TargetKey
from visits.recording import NewTarget
from visits.tables import VisitTarget

TWIN = {"ad": "SUKRU IGDIR", "adres": "Menekşe Sk. No: 12", "geometry": "41.0051 29.205 0 8", "not": "Köpek var"}


@pytest.fixture
def field_tablet(office: Office, entities: EntityOffice, clock: SetClock) -> Tablet:
    """Enrol the reference tablet for the team that has Akpınar."""
    del entities
    made = Tablet(over_http(office.client), ids=lambda: uuid7(utc_now()), clock=clock)
    made.enrol(enrolment_code(office))
    return made


def sweep(wiring: Wiring) -> None:
    """Look after all that changed."""
    while True:
        with wiring.database.writing() as session:
            if not sweep_changed_targets(session, wiring.clock()):
                return


def pairs(office: Office, state: str = "open") -> list[dict[str, Any]]:
    answer = office.get("koordinator", f"/v1/duplicates?state={state}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def decide(office: Office, pair_id: str, how: str, **body: object) -> dict[str, Any]:
    answer = office.post("koordinator", f"/v1/duplicates/{pair_id}/{how}", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def submissions(wiring: Wiring) -> set[tuple[UUID | None, UUID | None]]:
    with wiring.database.reading() as session:
        rows = session.execute(select(Submission.target_id, Submission.named_target_id))
        return {(target_id, named) for target_id, named in rows}


def test_those_that_share_a_phone_and_a_name_are_proposed_and_a_no_is_remembered(
    entities: EntityOffice, office: Office, wiring: Wiring
) -> None:
    one = entities.record_target()
    other = entities.record_target(**TWIN)
    entities.record_target(ad="Can Öz", telefon="0532 999 88 77", adres="Gül Sk. 1")
    sweep(wiring)
    (pair,) = pairs(office)
    assert {side["id"] for side in pair["sides"]} == {str(one), str(other)}
    assert pair["reasons"][0] == "aynı telefon"
    assert {"aynı ad", "aynı adres", "11 m"} <= set(pair["reasons"])
    assert decide(office, pair["id"], "not-same")["state"] == "not_same"
    entities.change(entities.tablet, other, {"not": "Zil bozuk"}, base_version=1)
    sweep(wiring)
    assert pairs(office) == []
    assert [one["id"] for one in pairs(office, "decided")] == [pair["id"]]
    assert decide(office, pair["id"], "undo")["state"] == "open"
    # Nothing is alike any more: nobody need look at it.
    entities.change(None, other, {"telefon": "", "ad": "Ayşe Kaya", "adres": "", "geometry": ""})
    sweep(wiring)
    assert pairs(office) == []


def test_what_thousands_share_is_never_compared_pair_by_pair(entities: EntityOffice, wiring: Wiring) -> None:
    shared = {"tur": "hane", "telefon": "0216 555 44 33"}
    entities.record_targets(
        [NewTarget(shared | {"ad": f"Kişi {chr(65 + n // 26)}{chr(65 + n % 26)}"}) for n in range(60)]
    )
    sweep(wiring)
    with wiring.database.reading() as session:
        assert len(session.scalars(select(TargetKey).where(TargetKey.value == "t:+902165554433")).all()) == 30


def test_a_merge_is_followed_by_forms_plans_and_tablets_that_were_offline_and_can_be_undone(
    entities: EntityOffice, office: Office, wiring: Wiring, field_tablet: Tablet
) -> None:
    publish(wiring)
    one = entities.record_target(uavt="1234567890")
    other = entities.record_target(**TWIN, ziyaret_edilmesin="evet")
    plan = entities.plan(other, entities.municipality.team)
    field_tablet.sync()
    field_tablet.fill_form(filled(update(other, {"uavt": ""}, 1, 1, "dal-1")))
    field_tablet.sync()
    sweep(wiring)
    # Offline: a field is edited, and a form filled, of the one that is merged meanwhile.
    field_tablet.edit("target", str(other), {"not": "Arka kapıdan girilir"})
    field_tablet.fill_form(filled(update(other, {"adres": "Menekşe Sk. 12 arka bina"}, 3, 3, "dal-2")))
    (pair,) = pairs(office)
    told = decide(office, pair["id"], "merge", survivor_id=str(one), taken_fields=["adres"])
    assert (told["state"], told["survivor_id"]) == ("merged", str(one))
    fields = entities.fields(one)
    assert (fields["ad"], fields["adres"], fields["not"]) == ("Şükrü Iğdır", TWIN["adres"], "Köpek var")
    # Whoever was not to be visited is not to be visited.
    assert fields["ziyaret_edilmesin"] == "evet"
    assert entities.assignment(plan).target_id == one
    assert submissions(wiring) == {(one, other)}
    results = field_tablet.push()
    assert [result["status"] for result in results] == ["applied", "applied"]
    field_tablet.pull()
    assert str(other) not in field_tablet.held("target")
    assert field_tablet.fields("target", str(one)) == entities.fields(one)
    assert entities.fields(one)["not"] == "Arka kapıdan girilir"
    assert entities.fields(one)["adres"] == "Menekşe Sk. 12 arka bina"
    assert field_tablet.fields("assignment", str(plan))["hedef"] == str(one)
    assert submissions(wiring) == {(one, other)}
    assert len(field_tablet.held("history")[str(one)]["visits"]) == 2
    refused = office.post("koordinator", f"/v1/duplicates/{pair['id']}/merge", json={"survivor_id": str(one)})
    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate.not_mergeable")
    assert decide(office, pair["id"], "undo")["state"] == "open"
    field_tablet.pull()
    assert field_tablet.fields("target", str(other))["ad"] == TWIN["ad"]
    # What the merge had given and nobody changed since is taken back; what came from the field stays.
    assert "ziyaret_edilmesin" not in entities.fields(one)
    assert entities.fields(one)["not"] == "Arka kapıdan girilir"
    assert field_tablet.fields("assignment", str(plan))["hedef"] == str(other)
    assert submissions(wiring) == {(other, None)}
    assert len(field_tablet.held("history")[str(other)]["visits"]) == 2


def test_merges_in_a_row_lead_to_the_last_and_are_undone_from_there(
    entities: EntityOffice, office: Office, wiring: Wiring
) -> None:
    first, second, third = (entities.record_target(ad=f"Şükrü Iğdır{mark}") for mark in ("", " ", "  "))
    sweep(wiring)
    by_ids = {frozenset(side["id"] for side in pair["sides"]): pair["id"] for pair in pairs(office)}
    ends = by_ids[frozenset({str(first), str(second)})], by_ids[frozenset({str(second), str(third)})]
    decide(office, ends[0], "merge", survivor_id=str(second))
    decide(office, ends[1], "merge", survivor_id=str(third))
    assert entities.change(entities.tablet, first, {"not": "Geç geldi"}, base_version=1).status == "applied"
    assert entities.fields(third)["not"] == "Geç geldi"
    refused = office.post("koordinator", f"/v1/duplicates/{ends[0]}/undo", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate.not_undoable")
    decide(office, ends[1], "undo")
    decide(office, ends[0], "undo")
    with wiring.database.reading() as session:
        there = session.scalars(select(VisitTarget.id).where(VisitTarget.is_removed.is_(False)))
        assert set(there) == {first, second, third}


def test_a_target_without_a_point_is_told_roughly_until_the_first_visit(
    entities: EntityOffice, office: Office, wiring: Wiring, clock: SetClock
) -> None:
    publish(wiring)
    akpinar = entities.municipality.akpinar

    def places() -> dict[str, tuple[str, float | None]]:
        sweep(wiring)
        rows = office.get("koordinator", "/v1/visit-targets").json()["items"]
        return {row["name"]: (row["precision"]["code"], row["lat"]) for row in rows}

    (made,) = entities.record_targets(
        [NewTarget({"tur": "hane", "ad": "Pointless", "adres": "Lale Sk. 3"}, mahalle_id=akpinar)]
    )
    entities.record_targets([NewTarget({"tur": "hane", "ad": "Nowhere", "adres": "Lale Sk. 5"})])
    assert places() == {"Pointless": ("mahalle", 41.005), "Nowhere": ("", None)}
    entities.record_target(ad="Komşu", telefon="", adres="Lale Sokak 7", geometry="41.0071 29.2031 0 8")
    assert places()["Pointless"] == ("sokak", 41.0071)
    # A change that says nothing of the place leaves it where it is thought to be.
    entities.change(None, made.id, {"not": "Üst kat"})
    assert places()["Pointless"] == ("sokak", 41.0071)
    clock.now += timedelta(hours=1)
    entities.change(entities.tablet, made.id, {"geometry": "41.0072 29.2033 0 6"}, base_version=1)
    assert places()["Pointless"] == ("nokta", 41.0072)
