"""What a tablet pushes is there once, answered the same however often it comes, and nothing blocks anything else."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select

from foundation.database import Database
from service_requests.tables import ExpectedPhoto, Quarantine, Submission
from sync.tables import FeedBody, FeedEntry, Operation
from teams.tables import Device, TeamPosition
from tests.builders import AFinding, a_photo, an_instance_id
from tests.fixtures.municipality import NOON
from tests.integration.intake.posts import assert_recorded_once, count, hane, send
from tests.integration.push.pushes import PushingTablet
from visits.tables import VisitTarget


def test_a_pushed_form_is_recorded_and_its_tablet_is_told(pushing: PushingTablet, database: Database) -> None:
    [result] = pushing.push(pushing.form(hane(findings=[AFinding()])), unsent_count=3)
    assert (result["status"], result["replayed"], len(result["tracking_numbers"])) == ("applied", False, 1)
    assert_recorded_once(database, findings=1, photos=0)
    with database.reading() as session:
        entry = session.scalars(select(FeedEntry).where(FeedEntry.kind == "submission")).one()
        body = msgspec.json.decode(session.scalars(select(FeedBody.body).where(FeedBody.kind == "submission")).one())
        device = session.get_one(Device, pushing.id)
        seen = (device.unsent_count, device.app_version, device.last_device_seq, device.clock_offset_s)
    assert (entry.area, entry.sequence) == (f"device:{pushing.id}", result["sequence"])
    assert (body["state"], body["requests"][0]["tracking_no"]) == ("received", result["tracking_numbers"][0])
    assert seen == (2, "1.0.0", 1, 0)


def test_replaying_any_prefix_of_pushes_changes_nothing_and_is_answered_the_same(
    pushing: PushingTablet, database: Database
) -> None:
    target, xml = uuid4(), hane(findings=[AFinding()])
    pushes: list[list[object]] = [
        [pushing.form(xml), pushing.target(target)],
        [pushing.update(target, 1, **{"not": "zil bozuk"}), pushing.form(b"<data>"), 7],
        [pushing.form(hane(), by="saha2"), pushing.form(xml), pushing.operation("dance", {})],
    ]
    first = [pushing.push(*operations) for operations in pushes]
    tables = (Submission, Operation, Quarantine, VisitTarget, FeedEntry)
    before = [count(database, table) for table in tables]
    for length in range(1, len(pushes) + 1):
        for operations, answered in zip(pushes[:length], first, strict=False):
            again = pushing.push(*operations)
            assert [one | {"replayed": False} for one in again] == answered
            assert all(one["replayed"] or one["id"] is None for one in again)
        assert [count(database, table) for table in tables] == before
    assert [[one["status"] for one in answered] for answered in first] == [
        ["applied", "applied"], ["applied", "rejected", "rejected"], ["rejected", "duplicate", "rejected"],
    ]  # fmt: skip


def test_what_cannot_be_read_is_kept_at_its_place_and_blocks_nothing(
    pushing: PushingTablet, database: Database
) -> None:
    good = pushing.form(hane())
    body = msgspec.json.encode(good).decode()
    ugly = msgspec.json.encode(pushing.form(hane())).decode().replace("</data>", "\\ud83d</data>")
    content = f'{{"operations": [{ugly}, 7, {{"id": "x"}}, {body}, null]}}'
    headers = {"Authorization": f"Bearer {pushing.token}"}
    answer = pushing.client.post("/v1/sync/push", content=content, headers=headers)
    results = answer.json()["results"]
    assert [one["status"] for one in results] == ["rejected", "rejected", "rejected", "applied", "rejected"]
    assert [one["id"] for one in results][1:3] == [None, "x"]
    assert {one["code"] for one in results if one["status"] == "rejected"} == {"operation.unreadable"}
    assert count(database, Quarantine) == 4


def test_an_id_used_again_for_something_else_is_refused_and_kept(pushing: PushingTablet, database: Database) -> None:
    one = pushing.form(hane())
    other = one | {"payload": {"xml": hane().decode()}}
    assert [result.get("code") for result in pushing.push(one, other)] == [None, "operation.id_reused"]
    [again] = pushing.push(other)
    assert (again["status"], again["code"]) == ("rejected", "operation.id_reused")
    assert (count(database, Submission), count(database, Quarantine)) == (1, 1)
    assert [result["replayed"] for result in pushing.push(one, one)] == [True, True]


def test_the_same_id_twice_in_a_push_is_one_operation(pushing: PushingTablet, database: Database) -> None:
    one = pushing.form(hane())
    first, second = pushing.push(one, one)
    assert (first["replayed"], second["replayed"]) == (False, True)
    assert first | {"replayed": True} == second
    assert count(database, Submission) == 1


def test_a_form_of_both_doors_is_one_record(pushing: PushingTablet, database: Database) -> None:
    xml, instance_id = hane(), an_instance_id()
    assert send(pushing.client, xml).status_code == 201
    [same] = pushing.push(pushing.form(xml))
    assert same["status"] == "duplicate"
    pushing.push(pushing.form(hane(instance_id=instance_id)))
    [other] = pushing.push(pushing.form(hane(instance_id=instance_id, point="")))
    assert (other["status"], other["code"]) == ("rejected", "submission.other_content")
    assert (count(database, Submission), count(database, Quarantine)) == (2, 1)


def test_fifty_at_once_through_both_doors_are_one_record(pushing: PushingTablet, database: Database) -> None:
    xml = hane(findings=[AFinding()])
    tablets = [PushingTablet(pushing.client, database, pushing.place) for _ in range(25)]

    def by_push(number: int) -> str:
        [result] = tablets[number].push(tablets[number].form(xml))
        return str(result["status"])

    # All begin together and by turns, so that either door may come first.
    start = Barrier(50)

    def by_either(number: int) -> str | int:
        start.wait()
        return send(pushing.client, xml).status_code if number % 2 else by_push(number // 2)

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(by_either, range(50)))
    assert set(answers[1::2]) == {201}
    assert set(answers[::2]) <= {"applied", "duplicate"}
    assert_recorded_once(database, findings=1, photos=0)


def test_a_revoked_tablet_drains_into_quarantine(pushing: PushingTablet, database: Database) -> None:
    one = pushing.form(hane())
    pushing.revoke()
    for _ in range(2):
        [result] = pushing.push(one)
        assert (result["status"], result["code"]) == ("rejected", "device.revoked")
    assert (count(database, Submission), count(database, Quarantine)) == (0, 1)


def test_what_a_revoked_tablet_changes_and_where_it_is_changes_nothing(
    pushing: PushingTablet, database: Database
) -> None:
    known, new = uuid4(), uuid4()
    made = pushing.target(known, ad="Şükrü Iğdır")
    assert pushing.push(made)[0]["status"] == "applied"
    pushing.revoke()
    here = {"at": NOON.isoformat(), "lon": 29.205, "lat": 41.005}
    presence = {"worker_id": str(pushing.place.users["saha"]), "shares": True, "positions": [here]}
    results = pushing.push(made, pushing.update(known, 1, ad="Başkası"), pushing.target(new), presence=presence)
    assert [one["status"] for one in results] == ["applied", "rejected", "rejected"]
    assert {one["code"] for one in results[1:]} == {"device.revoked"}
    with database.reading() as session:
        [target] = session.scalars(select(VisitTarget)).all()
    assert (target.id, target.fields["ad"], target.version) == (known, "Şükrü Iğdır", 1)
    assert (count(database, Quarantine), count(database, TeamPosition)) == (2, 0)


def test_promised_photos_are_awaited_and_not_missing(pushing: PushingTablet, database: Database) -> None:
    promise = {"name": "a.jpg", "sha256": "a" * 64, "byte_size": len(a_photo()), "media_type": "image/jpeg"}
    pushing.push(pushing.form(hane(findings=[AFinding(photo="a.jpg")]), [promise]))
    with database.reading() as session:
        place = session.scalars(select(ExpectedPhoto)).one()
        visit = session.scalars(select(Submission)).one()
    assert (place.state, place.promised_sha256, visit.flags) == ("awaited", "a" * 64, "")


@pytest.mark.parametrize("year", ["1970", "2100"])
def test_a_clock_that_is_far_off_is_recorded_and_flagged(pushing: PushingTablet, database: Database, year: str) -> None:
    [result] = pushing.push(pushing.form(hane()), sent_at=f"{year}-01-01T00:00:00Z")
    assert result["status"] == "applied"
    with database.reading() as session:
        assert abs(session.get_one(Device, pushing.id).clock_offset_s) > 10**9
        assert ",clock.offset," in session.scalars(select(Submission)).one().flags


def test_entities_are_changed_and_refusals_are_kept(pushing: PushingTablet, database: Database) -> None:
    target = uuid4()
    results = pushing.push(
        pushing.target(target),
        pushing.update(target, 1, **{"not": "zil bozuk"}),
        pushing.update(target, 2, uydurma="x"),
        pushing.operation("update", {"kind": "assignment", "entity_id": str(uuid4()), "base_version": 1, "fields": {}}),
    )
    assert [one.get("code", one["status"]) for one in results] == [
        "applied", "applied", "entity.bad_field", "entity.unknown",
    ]  # fmt: skip
    assert [one.get("version") for one in results[:2]] == [1, 2]
    assert all(one["sequence"] for one in results[:2])
    assert count(database, Quarantine) == 2


def test_too_many_operations_and_no_envelope_are_refused_as_a_whole(pushing: PushingTablet) -> None:
    many = pushing.post([pushing.operation("dance", {})] * 201)
    assert (many.status_code, many.json()["code"]) == (413, "sync.batch_too_large")
    for content in (b"x", b"[]", b'{"operations": 7}', b'{"operations":' + b"[" * 70 + b"]" * 70 + b"}"):
        headers = {"Authorization": f"Bearer {pushing.token}"}
        answer = pushing.client.post("/v1/sync/push", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "sync.unreadable")
