"""What a pull gives: everything of the tablet's scope, nothing else, in pages that add up. On both databases."""

import gzip
import random
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import text, update

from api.wiring import Wiring
from sync.areas import area_of_device, area_of_mahalle, area_of_team
from sync.tables import SequenceCounter
from tests.fixtures.office import Office
from tests.fixtures.tablets import Tablet, enrol_tablet
from tests.integration.sync.feeds import Change, commit, put, remove


def give_areas(office: Office, *mahalle: UUID, team: UUID | None = None) -> None:
    address = f"/v1/teams/{team or office.municipality.team}/areas"
    given = {"mahalle": [str(one) for one in mahalle]}
    assert office.ask("koordinator", "PUT", address, json=given).status_code == 200


def held_ids(tablet: Tablet) -> set[UUID]:
    return {UUID(entity_id) for _, entity_id in tablet.held}


def reason_of(tablet: Tablet, cursor: str | None) -> tuple[int, str, str | None]:
    answer = tablet.pull(cursor)
    return answer.status_code, answer.json().get("code"), answer.json().get("reason")


def test_a_first_pull_of_nothing_is_one_short_answer(tablet: Tablet) -> None:
    answer = tablet.pull()
    assert answer.status_code == 200
    assert len(answer.content) < 1024
    page = answer.json()
    assert (page["items"], page["more"], page["commands"]) == ([], False, [])
    assert page["server_time"] == "2026-11-20T09:00:00.000Z"
    assert page["limits"] == {
        "operations": 200, "bytes": 1048576, "photo_parallelism": 2, "pull_limit": 500, "next_contact_s": 900,
    }  # fmt: skip
    assert len(page["profile"]) == 16
    assert isinstance(page["package"], int)
    assert tablet.pull(page["cursor"]).json()["items"] == []


def test_what_changed_is_told_once_in_its_newest_form(office: Office, tablet: Tablet, wiring: Wiring) -> None:
    area, ids = area_of_team(office.municipality.team), [uuid4() for _ in range(3)]
    commit(wiring.database, *(put([area], one) for one in ids))
    commit(wiring.database, put([area], ids[0], version=2))
    commit(wiring.database, put([area], ids[0], version=3))
    items = tablet.pull_all()
    assert [(item["op"], item["id"], item["version"]) for item in items] == [
        ("put", str(ids[1]), 1), ("put", str(ids[2]), 1), ("put", str(ids[0]), 3),
    ]  # fmt: skip
    assert items[0] == {"op": "put", "kind": "target", "id": str(ids[1]), "version": 1, "fields": {"ad": "Şükrü"}}
    assert tablet.pull_all() == []
    commit(wiring.database, put([area], ids[1], version=2), remove([area], ids[2]))
    assert tablet.pull_all() == [
        {"op": "put", "kind": "target", "id": str(ids[1]), "version": 2, "fields": {"ad": "Şükrü"}},
        {"op": "rm", "kind": "target", "id": str(ids[2])},
    ]
    assert held_ids(tablet) == {ids[0], ids[1]}


def test_a_tablet_never_sees_what_is_outside_its_scope(office: Office, tablet: Tablet, wiring: Wiring) -> None:
    place, other = office.municipality, enrol_tablet(office, office.municipality.other_team)
    sibling = enrol_tablet(office)
    give_areas(office, place.akpinar)
    give_areas(office, place.fatih, team=place.other_team)
    areas = {
        area_of_team(place.team): {tablet, sibling},
        area_of_team(place.other_team): {other},
        area_of_mahalle(place.akpinar): {tablet, sibling},
        area_of_mahalle(place.fatih): {other},
        area_of_mahalle(uuid4()): set(),
        area_of_device(tablet.device_id): {tablet},
        area_of_device(sibling.device_id): {sibling},
    }
    ids = {area: uuid4() for area in areas}
    commit(wiring.database, *(put([area], entity_id) for area, entity_id in ids.items()))
    for one in (tablet, sibling, other):
        one.pull_all()
        assert held_ids(one) == {ids[area] for area, seers in areas.items() if one in seers}
    commit(wiring.database, *(remove([area], entity_id) for area, entity_id in ids.items()))
    for one in (tablet, sibling, other):
        told = {UUID(item["id"]) for item in one.pull_all()}
        assert told == {ids[area] for area, seers in areas.items() if one in seers}
        assert one.held == {}


def test_other_areas_take_effect_at_the_next_pull_removals_included(
    office: Office, tablet: Tablet, wiring: Wiring
) -> None:
    place = office.municipality
    in_akpinar, in_fatih = uuid4(), uuid4()
    commit(wiring.database, put([area_of_mahalle(place.akpinar)], in_akpinar))
    commit(wiring.database, put([area_of_mahalle(place.fatih)], in_fatih))
    give_areas(office, place.akpinar)
    tablet.pull_all()
    assert held_ids(tablet) == {in_akpinar}
    give_areas(office, place.fatih)
    assert reason_of(tablet, tablet.cursor) == (409, "sync.reset", "scope")
    tablet.pull_all()
    assert held_ids(tablet) == {in_fatih}
    give_areas(office, place.fatih)
    assert tablet.pull(tablet.cursor).status_code == 200
    moved = {"team_id": str(place.other_team)}
    assert office.post("koordinator", f"/v1/devices/{tablet.device_id}/team", json=moved).status_code == 204
    assert reason_of(tablet, tablet.cursor) == (409, "sync.reset", "scope")
    tablet.pull_all()
    assert tablet.held == {}


def test_what_leaves_one_area_but_lives_on_in_another_of_the_scope_stays(
    office: Office, tablet: Tablet, wiring: Wiring
) -> None:
    place, moving, going = office.municipality, uuid4(), uuid4()
    give_areas(office, place.akpinar, place.fatih)
    team, akpinar, fatih = area_of_team(place.team), area_of_mahalle(place.akpinar), area_of_mahalle(place.fatih)
    commit(wiring.database, put([team, akpinar], moving), put([team, akpinar], going))
    tablet.pull_all()
    commit(wiring.database, put([fatih], moving, version=2), remove([akpinar], moving), remove([akpinar], going))
    assert {item["op"] for item in tablet.pull_all()} == {"put"}
    assert held_ids(tablet) == {moving, going}
    assert tablet.held[("target", str(moving))]["version"] == 2
    commit(wiring.database, remove([team], moving), remove([team], going))
    tablet.pull_all()
    assert held_ids(tablet) == {moving}


def test_the_same_id_of_another_kind_is_another_thing(office: Office, tablet: Tablet, wiring: Wiring) -> None:
    place, entity_id = office.municipality, uuid4()
    give_areas(office, place.akpinar)
    team, akpinar = area_of_team(place.team), area_of_mahalle(place.akpinar)
    commit(wiring.database, put([team], entity_id), put([akpinar], entity_id, kind="history"))
    commit(wiring.database, remove([team], entity_id))
    assert {(item["op"], item["kind"]) for item in tablet.pull_all()} == {("rm", "target"), ("put", "history")}


@pytest.mark.parametrize("seed", range(3))
def test_pages_of_any_size_add_up_to_what_the_scope_holds(
    office: Office, tablet: Tablet, wiring: Wiring, seed: int
) -> None:
    rng, place = random.Random(seed), office.municipality
    give_areas(office, place.akpinar, place.fatih)
    areas = [
        area_of_team(place.team), area_of_mahalle(place.akpinar), area_of_mahalle(place.fatih),
        area_of_device(tablet.device_id), area_of_team(place.other_team),
    ]  # fmt: skip
    ids = [uuid4() for _ in range(40)]
    live: dict[UUID, set[str]] = {one: set() for one in ids}
    versions = dict.fromkeys(ids, 0)
    for _ in range(15):
        for one in rng.sample(ids, 8):
            commit(wiring.database, _any_change(rng, areas, one, live, versions))
        if rng.random() < 0.7:
            page = tablet.pull(tablet.cursor, rng.randint(1, 12))
            for item in page.json()["items"]:
                tablet._hold(item)
            tablet.cursor = page.json()["cursor"]
    tablet.pull_all(rng.randint(1, 12))
    expected = {one: versions[one] for one in ids if live[one] & set(areas[:4])}
    assert {UUID(entity_id): item["version"] for (_, entity_id), item in tablet.held.items()} == expected
    fresh = Tablet(tablet.client, tablet.token, tablet.device_id)
    fresh.pull_all(rng.randint(1, 12))
    assert fresh.held == tablet.held


def _any_change(
    rng: random.Random, areas: list[str], one: UUID, live: dict[UUID, set[str]], versions: dict[UUID, int]
) -> Change:
    """Put an entity into other areas or take it out of some; what it is in keeps the newest form, as above."""
    gone = {area for area in live[one] if rng.random() < 0.4}
    live[one] = (live[one] - gone) | {area for area in areas if rng.random() < 0.3}
    gone -= live[one]
    versions[one] += 1
    version, now_in = versions[one], sorted(live[one])

    def change(feed: Any) -> None:  # noqa: ANN401 - FeedChanges
        put(now_in, one, version)(feed)
        remove(sorted(gone), one)(feed)

    return change


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "1.5"])
def test_a_page_has_at_least_one_and_at_most_500_items(tablet: Tablet, limit: str) -> None:
    answer = tablet.ask("GET", f"/v1/sync/pull?limit={limit}")
    assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid")


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "\0", "ş", "A" * 5_000, "....", "null"])
def test_any_other_text_is_no_cursor(tablet: Tablet, cursor: str) -> None:
    assert reason_of(tablet, cursor) == (400, "sync.bad_cursor", None)


def test_a_changed_or_cut_cursor_is_no_cursor(tablet: Tablet) -> None:
    good = tablet.pull().json()["cursor"]
    assert tablet.pull(good).status_code == 200
    for position in range(0, len(good), 7):
        changed = good[:position] + ("A" if good[position] != "A" else "B") + good[position + 1 :]
        assert reason_of(tablet, changed) == (400, "sync.bad_cursor", None)
    for text_of in (good[:-1], good[1:], good + "A", good + "=", good + " ", f" {good}"):
        assert reason_of(tablet, text_of) == (400, "sync.bad_cursor", None)


def test_another_tablets_cursor_is_of_no_use(office: Office, tablet: Tablet) -> None:
    sibling = enrol_tablet(office)
    assert reason_of(sibling, tablet.pull().json()["cursor"]) == (409, "sync.reset", "device")


def test_a_cursor_of_another_history_or_newer_than_this_one_is_reset(
    office: Office, tablet: Tablet, wiring: Wiring
) -> None:
    commit(wiring.database, put([area_of_team(office.municipality.team)], uuid4()))
    cursor = tablet.pull().json()["cursor"]
    with wiring.database.writing() as session:
        session.execute(update(SequenceCounter).values(feed_sequence=SequenceCounter.feed_sequence - 1))
    assert reason_of(tablet, cursor) == (409, "sync.reset", "ahead")
    with wiring.database.writing() as session:
        session.execute(update(SequenceCounter).values(epoch=uuid4()))
    assert reason_of(tablet, cursor) == (409, "sync.reset", "epoch")


def test_a_page_is_packed_where_the_tablet_takes_it(office: Office, tablet: Tablet, wiring: Wiring) -> None:
    area = area_of_team(office.municipality.team)
    commit(wiring.database, *(put([area], uuid4()) for _ in range(100)))
    plain = tablet.ask("GET", "/v1/sync/pull", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with tablet.client.stream(
        "GET", "/v1/sync/pull", headers={"Authorization": f"Bearer {tablet.token}", "Accept-Encoding": "br, gzip;q=0.5"}
    ) as packed:
        raw = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert len(raw) < len(plain.content) / 2
    assert msgspec.json.decode(gzip.decompress(raw)) == plain.json()


def test_a_page_is_read_in_the_order_of_an_index_and_nothing_is_sorted(
    office: Office, wiring: Wiring, database_url: str
) -> None:
    """Read all and sort would be as right, and slower with every row."""
    from sync.pull import PageRead  # noqa: PLC0415 - the statement itself is looked at

    is_sqlite = database_url.startswith("sqlite")
    areas = tuple(area_of_team(uuid4()) for _ in range(6))
    statement, parameters = PageRead(areas, 5, 100).written(is_sqlite=is_sqlite)
    fill = text(
        "INSERT INTO feed (area, kind, entity_id, sequence, is_removed) VALUES (:area, 'target', :id, :sequence, :gone)"
    )
    rows = [
        {"area": area, "id": uuid4().hex, "sequence": number, "gone": False}
        for number, area in enumerate(areas * 2_000)
    ]
    with wiring.database.writing() as session:
        session.execute(fill, rows)
        session.execute(text("ANALYZE"))
    del office
    with wiring.database.reading() as session:
        explain = f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{statement}"
        plan = "\n".join(str(tuple(row)) for row in session.connection().exec_driver_sql(explain, parameters))
    assert plan.count("ix_feed_area_sequence") >= 6, plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort  (" not in plan, plan
    assert "Bitmap" not in plan, plan
    assert "Seq Scan on feed " not in plan, plan
