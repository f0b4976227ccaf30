"""Lists, exports and pages of submissions and requests: figures against what was sent through the door."""

import csv
import io
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import Submission
from teams.tables import AccessLog
from tests.builders import FATIH, OUTSIDE, AFinding, a_photo, a_submission, an_instance_id
from tests.fixtures.municipality import SetClock, version_of
from tests.fixtures.office import Office, wait_for_pictures


def hane(**given: object) -> bytes:
    return a_submission(version=version_of("hane"), **given)  # type: ignore[arg-type] # handed on as given


def items(office: Office, path: str, by: str = "koordinator") -> list[dict[str, object]]:
    response = office.get(by, path)
    assert response.status_code == 200, response.text
    page = response.json()
    assert page["total"] == len(page["items"])
    rows: list[dict[str, object]] = page["items"]
    return rows


@pytest.fixture
def three_visits(office: Office, clock: SetClock) -> Office:
    """Send a visit with two findings, one of the other team, and one outside the district, a minute apart."""
    findings = [AFinding(photo="yol.jpg"), AFinding(category="cop_temizlik", sentence="Çöp %50 taşmış.", point=FATIH)]
    assert office.send(hane(findings=findings), {"yol.jpg": a_photo()}).status_code == 201
    clock.now += timedelta(minutes=1)
    answers = {"sokak": "Gül Sokağı"}
    assert office.send(hane(answers=answers, point=FATIH), by="saha2").status_code == 201
    clock.now += timedelta(minutes=1)
    assert office.send(hane(point=OUTSIDE)).status_code == 201
    return office


def test_the_list_is_newest_first_and_says_what_was_sent(three_visits: Office) -> None:
    rows = items(three_visits, "/v1/submissions")
    assert [row["place"] for row in rows] == ["outside", "inside", "inside"]
    first = rows[2]
    assert first["visit_type"] == {"code": "hane", "name": "Hane ziyareti"}
    assert first["team"] == {"id": str(three_visits.municipality.team), "name": "1. Ekip"}
    assert first["mahalle"] == {"id": str(three_visits.municipality.akpinar), "name": "Akpınar"}
    assert (first["person_name"], first["submitted_by"], first["result"]) == ("Şükrü Iğdır", "Saha", "Görüşüldü")
    assert (first["photos"], first["request_count"]) == ({"expected": 1, "received": 1}, 2)
    assert rows[0]["flags"] == ["place.outside"]
    assert rows[0]["review"] == "open"
    numbers = [row["tracking_no"] for row in items(three_visits, "/v1/service-requests")]
    assert [sorted(row["tracking_nos"]) for row in rows] == [[], [], sorted(numbers)]  # type: ignore[call-overload] # JSON


def test_a_field_worker_reads_in_the_row_what_became_of_the_visit(three_visits: Office) -> None:
    rows = items(three_visits, "/v1/submissions", by="saha")
    assert sorted(len(row["tracking_nos"]) for row in rows) == [0, 2]  # type: ignore[arg-type] # JSON


def test_each_filter_narrows_to_exactly_its_rows(three_visits: Office) -> None:
    place = three_visits.municipality
    expected = {
        f"mahalle={place.akpinar}": 1, f"mahalle={place.fatih}": 1, "mahalle=none": 1, "visit_type=hane": 3,
        f"team={place.team}": 2, "visit_type=esnaf": 0, "from=2026-11-20": 3, "from=2026-11-21": 0, "to=2026-11-19": 0,
        "from=2026-11-20&to=2026-11-20": 3, "flag=place.outside": 1, "flag=place": 0, "review=open": 1,
        "review=done": 0, "has_findings=yes": 1, "has_findings=no": 2, "place=outside": 1, "q=iğdır": 3,
        "q=IGDIR+gul": 1, "q=MENEKŞE+sukru": 2, "q=%25": 3, "q=olmayan": 0,
    }  # fmt: skip
    found = {query: len(items(three_visits, f"/v1/submissions?{query}")) for query in expected}
    assert found == expected


def test_pages_follow_each_other_without_gap_or_repetition(three_visits: Office) -> None:
    whole = [row["id"] for row in items(three_visits, "/v1/submissions")]
    first = three_visits.get("koordinator", "/v1/submissions?limit=2").json()
    second = three_visits.get("koordinator", f"/v1/submissions?limit=2&cursor={first['next_cursor']}").json()
    assert [row["id"] for row in first["items"] + second["items"]] == whole
    assert (first["total"], second["total"], second["next_cursor"]) == (3, 3, None)


@pytest.mark.parametrize("cursor", ["x", "ğ", "AAAA", "A" * 22 + "=", "!" * 22])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_cursor_that_is_none_of_ours_is_refused(office: Office, cursor: str) -> None:
    response = office.get("koordinator", "/v1/submissions", params={"cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (422, "list.bad_cursor")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("query", ["limit=0", "limit=201", "mahalle=x", "from=dün", "review=x"])
def test_filters_that_make_no_sense_are_refused(office: Office, query: str) -> None:
    assert office.get("koordinator", f"/v1/submissions?{query}").status_code == 400


def test_an_amended_visit_is_listed_and_counted_once_and_both_versions_can_be_read(
    office: Office, clock: SetClock
) -> None:
    earlier = an_instance_id()
    assert office.send(hane(instance_id=earlier, findings=[AFinding()])).status_code == 201
    clock.now += timedelta(minutes=1)
    assert office.send(hane(deprecated_id=earlier)).status_code == 201
    [row] = items(office, "/v1/submissions")
    page = office.get("koordinator", f"/v1/submissions/{row['id']}").json()
    [before] = page["earlier_versions"]
    old = office.get("koordinator", f"/v1/submissions/{before['id']}").json()
    assert (old["later_version"], page["later_version"]) == ({"id": row["id"]}, None)
    assert [request["description"] for request in page["requests"]] == ["Kaldırım taşları yerinden oynamış."]
    counts = office.get("koordinator", "/v1/mahalle/counts").json()["items"]
    assert counts == [{"mahalle_id": str(office.municipality.akpinar), "visits": 1, "open_requests": 1, "requests": 1}]


def test_the_page_of_a_submission_shows_answers_in_the_forms_words_with_its_photos(
    three_visits: Office, wiring: Wiring
) -> None:
    wait_for_pictures(wiring.database)
    row = items(three_visits, "/v1/submissions")[2]
    page = three_visits.get("koordinator", f"/v1/submissions/{row['id']}").json()
    answers = {answer["path"]: answer for answer in flat(page["answers"])}
    assert answers["/data/sonuc"]["value"] == "Görüşüldü"
    assert answers["/data/kisi/ad_soyad"]["value"] == "Şükrü Iğdır"
    assert answers["/data/yer/konum"]["point"] == {"lon": 29.205, "lat": 41.005, "accuracy_m": 8}
    assert answers["/data/talepler[1]/foto"]["photo_name"] == "yol.jpg"
    assert answers["/data/talepler[2]"]["label"].endswith(" 2")
    [photo] = page["photo_list"]
    assert (photo["name"], photo["state"], photo["width"], photo["height"]) == ("yol.jpg", "received", 64, 48)
    assert [request["category"]["code"] for request in page["requests"]] == ["yol_kaldirim", "cop_temizlik"]
    assert page["review"] == {"state": "none", "by": None, "at": None, "note": None}


def flat(answers: list[dict[str, object]]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for answer in answers:
        children = answer["children"]
        assert isinstance(children, list)
        found += [answer, *flat(children)]
    return found


def test_a_flagged_submission_is_marked_as_looked_at(three_visits: Office) -> None:
    [row] = items(three_visits, "/v1/submissions?review=open")
    address = f"/v1/submissions/{row['id']}/review"
    page = three_visits.post("koordinator", address, json={"note": " Komşu ilçe "}).json()
    assert (page["review"]["state"], page["review"]["by"], page["review"]["note"]) == (
        "done", "Koordinator", "Komşu ilçe",
    )  # fmt: skip
    assert page["remarks"][0]["code"] == "place.outside"
    assert items(three_visits, "/v1/submissions?review=open") == []
    assert three_visits.post("saha", address, json={"note": ""}).status_code == 404


def test_requests_are_listed_filtered_and_found_by_number(three_visits: Office) -> None:
    place = three_visits.municipality
    rows = items(three_visits, "/v1/service-requests")
    assert {row["status"]["code"] for row in rows if isinstance(row["status"], dict)} == {"routed"}
    assert {row["age_days"] for row in rows} == {0}
    number = next(row["tracking_no"] for row in rows if row["directorate"]["id"] == str(place.fen_isleri))  # type: ignore[index] # JSON
    expected = {
        "status=open": 2, "status=routed": 2, "status=closed": 0, "category=yol_kaldirim": 1,
        f"mahalle={place.fatih}": 1, f"directorate={place.temizlik}": 1, "visit_type=hane": 2, "q=KALDIRIM": 1,
        "mahalle=none": 0, "q=cop+50": 1, f"q={number}": 1, "from=2026-11-20": 2, "to=2026-11-19": 0,
    }  # fmt: skip
    found = {query: len(items(three_visits, f"/v1/service-requests?{query}")) for query in expected}
    assert found == expected
    by_number = three_visits.get("koordinator", f"/v1/service-requests/by-tracking-no/{number}")
    assert by_number.json()["photo_count"] == 1
    mistyped = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    wrong = three_visits.get("koordinator", f"/v1/service-requests/by-tracking-no/{mistyped}")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "tracking_no.mistyped")


def test_the_page_of_a_request_has_its_steps_and_only_the_findings_own_photo(three_visits: Office) -> None:
    for name, photos in (("koordinator", {"yol_kaldirim": 1, "cop_temizlik": 0}), ("mudurluk", {"yol_kaldirim": 1})):
        rows = items(three_visits, "/v1/service-requests", by=name)
        pages = [three_visits.get(name, f"/v1/service-requests/{row['id']}").json() for row in rows]
        assert {page["category"]["code"]: len(page["photos"]) for page in pages} == photos
        for page in pages:
            assert [step["kind"] for step in page["history"]] == ["opened", "routed"]
            assert f"“{page['category']['name']}” kategorisindeki talepler" in page["routing_reason"]
            assert (page["submission_id"] is None) == (name == "mudurluk")


def test_the_map_counts_what_the_lists_show(three_visits: Office) -> None:
    place = three_visits.municipality
    for query in ("", "?category=cop_temizlik", "?visit_type=hane", "?from=2026-11-21"):
        answer = three_visits.get("koordinator", f"/v1/mahalle/counts{query}").json()
        for count in answer["items"]:
            mahalle = f"{'&' if query else '?'}mahalle={count['mahalle_id'] or 'none'}"
            assert count["requests"] == len(items(three_visits, f"/v1/service-requests{query}{mahalle}"))
            listed = items(three_visits, f"/v1/submissions{query}{mahalle}".replace("category=cop_temizlik&", ""))
            assert count["visits"] == len(listed)
    officer = three_visits.get("mudurluk", "/v1/mahalle/counts").json()["items"]
    assert officer == [{"mahalle_id": str(place.akpinar), "visits": None, "open_requests": 1, "requests": 1}]


def test_boundaries_are_sent_once(office: Office) -> None:
    first = office.get("mudurluk", "/v1/mahalle/boundaries")
    names = [feature["properties"]["name"] for feature in first.json()["features"]]
    assert names == ["Akpınar", "Fatih"]
    again = office.get("mudurluk", "/v1/mahalle/boundaries", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_export_is_the_list_for_excel_with_formulas_defused(office: Office) -> None:
    assert office.send(hane(answers={"sokak": "=HYPERLINK(1)"})).status_code == 201
    response = office.get("koordinator", "/v1/submissions.csv?visit_type=hane")
    assert response.content.startswith(b"\xef\xbb\xbf")
    header, row = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    cells = dict(zip(header, row, strict=True))
    assert cells["Adres"] == "'=HYPERLINK(1) 12"
    assert cells["Takip no"] == ""
    assert (cells["Ad"], cells["Mahalle"], cells["Ziyaret zamanı"]) == ("Şükrü Iğdır", "Akpınar", "20.11.2026 11:55")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_export_of_many_pieces_has_every_row_once(three_visits: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.csv_export.ROWS_PER_PIECE", 2)
    for path, column, number in (("submissions", -1, 3), ("service-requests", 0, 2)):
        lines = three_visits.get("koordinator", f"/v1/{path}.csv").content.decode("utf-8-sig").splitlines()
        assert len({line.split(";")[column] for line in lines[1:]}) == number == len(lines) - 1


def test_whoever_looks_at_persons_is_recorded_and_managers_see_none(three_visits: Office, wiring: Wiring) -> None:
    row = items(three_visits, "/v1/submissions")[2]
    request = items(three_visits, "/v1/service-requests")[0]
    for path in (f"submissions/{row['id']}", f"service-requests/{request['id']}", "submissions.csv"):
        assert three_visits.get("koordinator", f"/v1/{path}").status_code == 200
    with wiring.database.reading() as session:
        looked = [
            (one.action, one.subject_kind, one.subject_id, one.user_id) for one in session.scalars(select(AccessLog))
        ]
    coordinator = three_visits.municipality.users["koordinator"]
    assert sorted(looked) == sorted(
        [
            ("viewed", "submission", row["id"], coordinator),
            ("viewed", "service_request", request["id"], coordinator),
            ("exported", "submission", "*", coordinator),
        ]
    )


def test_a_manager_finds_no_person_anywhere(three_visits: Office) -> None:
    row = items(three_visits, "/v1/submissions", by="yonetici")[2]
    request = items(three_visits, "/v1/service-requests", by="yonetici")[0]
    everything = "".join(
        three_visits.get("yonetici", f"/v1/{path}").text
        for path in (
            "submissions", f"submissions/{row['id']}", "service-requests", f"service-requests/{request['id']}",
            "submissions.csv", "service-requests.csv", f"service-requests/by-tracking-no/{request['tracking_no']}",
        )
    )  # fmt: skip
    secrets = ("Şükrü", "Menekşe", "5321234567", "Kaldırım taşları", "taşmış", "yol.jpg", "/photos/", "29.205", "Saha")
    for secret in secrets:
        assert secret not in everything
    assert three_visits.get("yonetici", "/v1/submissions?q=iğdır").json()["code"] == "list.search_not_open"
    assert three_visits.get("yonetici", "/v1/service-requests?q=kaldırım").status_code == 422
    number = request["tracking_no"]
    assert three_visits.get("yonetici", f"/v1/service-requests?q={number}").json()["total"] == 1


def test_a_submission_held_raw_shows_its_answers_as_sent(office: Office, wiring: Wiring) -> None:
    assert office.send(a_submission(version="henüz-yok")).status_code == 201
    [row] = items(office, "/v1/submissions?flag=form.held")
    assert row["visit_type"] == {"code": "hane", "name": "Hane ziyareti"}
    page = office.get("koordinator", f"/v1/submissions/{row['id']}").json()
    assert any(answer["kind"] == "unknown" for answer in page["answers"])
    with wiring.database.reading() as session:
        assert session.get_one(Submission, UUID(str(row["id"]))).form_version_id is None


def test_unknown_ids_are_not_found(office: Office) -> None:
    for path in ("submissions", "service-requests", "quarantine"):
        assert office.get("koordinator", f"/v1/{path}/{uuid4()}").status_code == 404
