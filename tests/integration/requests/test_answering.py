"""Answering a request: who may, what is kept, what two people who answer at once are told, what tablets hear of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from api.wiring import Wiring
from service_requests.tables import RequestEvent, ServiceRequest, Submission
from teams.tables import AccessLog, TeamArea
from tests.fixtures.municipality import NOON, Municipality, SetClock
from tests.fixtures.office import Office
from tests.fixtures.tablets import Tablet, enrol_tablet
from tests.integration.push.pushes import PushingTablet
from tests.integration.requests.answers import WORDS, answer, answered, visit_with_findings


@pytest.fixture
def request_id(pushing: PushingTablet, wiring: Wiring) -> UUID:
    """Return a request that was routed to the officer's directorate."""
    _, [found] = visit_with_findings(pushing, wiring, "yol_kaldirim")
    return found


def steps(wiring: Wiring, request: UUID) -> list[tuple[str, str, str | None]]:
    with wiring.database.reading() as session:
        wanted = select(RequestEvent).where(RequestEvent.request_id == request)
        return [(one.kind, one.status, one.note) for one in session.scalars(wanted.order_by(RequestEvent.id))]


def test_the_officer_of_the_directorate_answers_and_every_reader_sees_who_said_what_when(
    office: Office, wiring: Wiring, clock: SetClock, request_id: UUID
) -> None:
    clock.now = NOON + timedelta(days=3)
    assert office.sign_in("mudurluk").is_success
    assert office.get("mudurluk", f"/v1/service-requests/{request_id}").json()["may_answer"] is True
    given = answer(office, request_id, f"  {WORDS}\r\nİyi günler.\x07 ")
    assert given.status_code == 201, given.text
    clock.now = NOON + timedelta(days=40)
    for reader in ("mudurluk", "koordinator"):
        assert office.sign_in(reader).is_success
        page = office.get(reader, f"/v1/service-requests/{request_id}").json()
        assert page["has_household"] is True
        standing = page["answer"]
        assert (standing["text"], standing["by"]) == (f"{WORDS}\nİyi günler.", "Mudurluk")
        assert (page["status"], page["answered_at"]) == (
            {"code": "answered", "name": "Cevaplandı"},
            "2026-11-23T09:00:00Z",
        )
        # It no longer gets older.
        assert (page["age_days"], page["history"][-1]["kind"]) == (3, "answered")
    [row] = office.get("mudurluk", "/v1/service-requests?status=answered").json()["items"]
    assert (row["id"], row["age_days"]) == (str(request_id), 3)
    assert office.get("mudurluk", "/v1/service-requests?status=open").json()["items"] == []
    header, line = office.get("mudurluk", "/v1/service-requests.csv").text.removeprefix("\ufeff").splitlines()
    cells = dict(zip(header.split(";"), line.split(";"), strict=True))
    assert (cells["Cevaplanma"], cells["Gün"], cells["Durum"]) == ("23.11.2026 12:00", "3", "Cevaplandı")
    with wiring.database.reading() as session:
        logged = select(AccessLog.action).where(
            AccessLog.subject_id == str(request_id), AccessLog.detail == "cevaplandı"
        )
        assert session.scalars(logged).all() == ["changed"]


def test_whoever_may_not_read_the_finding_may_not_answer_it_and_is_told_no_more_than_of_an_unknown_one(
    office: Office, wiring: Wiring, pushing: PushingTablet
) -> None:
    _, [foreign] = visit_with_findings(pushing, wiring, "cop_temizlik")
    unknown = answer(office, uuid4(), by="koordinator")
    assert unknown.status_code == 404
    for name in ("mudurluk", "yonetici", "saha", "admin"):
        refused = answer(office, foreign, by=name)
        assert (refused.status_code, refused.content) == (404, unknown.content), name
    assert [kind for kind, *_ in steps(wiring, foreign)] == ["opened", "routed"]
    assert answer(office, foreign, by="koordinator").status_code == 201
    seen = office.get("yonetici", f"/v1/service-requests/{foreign}").json()
    assert (seen["status"]["code"], seen["answer"], seen["may_answer"]) == ("answered", None, False)
    assert WORDS not in office.get("yonetici", f"/v1/service-requests/{foreign}").text


@pytest.mark.parametrize("text", ["", "  \n\t ", "ok", "\x00\x01\x02\x03", "a" * 2_001])
def test_an_answer_says_something_and_no_more_than_is_read(
    office: Office, wiring: Wiring, request_id: UUID, text: str
) -> None:
    refused = answer(office, request_id, text)
    assert (refused.status_code, refused.json()["code"]) == (422, "request.bad_answer")
    assert [kind for kind, *_ in steps(wiring, request_id)] == ["opened", "routed"]


def test_a_repeat_after_a_lost_reply_changes_nothing(office: Office, wiring: Wiring, request_id: UUID) -> None:
    first = answered(office, request_id)
    assert answered(office, request_id, f"{WORDS} ") == first
    assert [kind for kind, *_ in steps(wiring, request_id)] == ["opened", "routed", "answered"]


def test_whoever_answers_second_is_told_and_corrects_only_what_they_have_read(
    office: Office, wiring: Wiring, request_id: UUID
) -> None:
    first = answered(office, request_id)
    late = answer(office, request_id, "Başka bir cevap.", by="koordinator")
    assert (late.status_code, late.json()["code"]) == (409, "request.changed")
    assert late.json()["answer"] == first
    # The same words of somebody else are an answer of their own, not a repeat.
    assert answer(office, request_id, by="koordinator").status_code == 409
    second = answered(office, request_id, "25 Kasım'da onarılacak.", by="koordinator", replaces=first["id"])
    outdated = answer(office, request_id, "Onarıldı.", replaces=first["id"])
    assert (outdated.status_code, outdated.json()["answer"]) == (409, second)
    assert steps(wiring, request_id)[2:] == [
        ("answered", "answered", WORDS), ("corrected", "answered", "25 Kasım'da onarılacak.")
    ]  # fmt: skip
    # The time of the first answer stands: that is how long the citizen waited.
    page = office.get("koordinator", f"/v1/service-requests/{request_id}").json()
    assert (page["answered_at"], page["answer"]) == (first["at"], second)


def test_a_correction_stands_even_where_the_clock_of_its_server_is_behind(
    office: Office, clock: SetClock, request_id: UUID
) -> None:
    clock.now = NOON + timedelta(minutes=5)
    first = answered(office, request_id)
    clock.now = NOON
    second = answered(office, request_id, "Onarıldı.", replaces=first["id"])
    page = office.get("mudurluk", f"/v1/service-requests/{request_id}").json()
    assert page["answer"] == second
    assert [step["note"] for step in page["history"]][-2:] == [WORDS, "Onarıldı."]


def test_of_many_who_answer_at_the_same_moment_one_is_taken(office: Office, wiring: Wiring, request_id: UUID) -> None:
    assert office.sign_in("koordinator").is_success
    with ThreadPoolExecutor(6) as many:
        codes = list(
            many.map(lambda n: answer(office, request_id, f"Cevap {n}", by="koordinator").status_code, range(6))
        )
    assert sorted(codes) == [201, *[409] * 5]
    assert [kind for kind, *_ in steps(wiring, request_id)] == ["opened", "routed", "answered"]


@pytest.mark.parametrize("status", ["rejected", "closed"])
def test_a_request_that_had_its_last_word_is_not_answered(
    office: Office, wiring: Wiring, request_id: UUID, status: str
) -> None:
    with wiring.database.writing() as session:
        session.execute(update(ServiceRequest).where(ServiceRequest.id == request_id).values(status=status))
    refused = answer(office, request_id)
    assert (refused.status_code, refused.json()["code"], refused.json()["answer"]) == (409, "request.changed", None)
    assert office.get("mudurluk", f"/v1/service-requests/{request_id}").json()["may_answer"] is False


def test_a_request_that_no_visit_opened_is_answered_all_the_same(
    office: Office, wiring: Wiring, request_id: UUID
) -> None:
    with wiring.database.writing() as session:
        session.execute(update(ServiceRequest).where(ServiceRequest.id == request_id).values(submission_id=None))
    assert answered(office, request_id)["text"] == WORDS


def history(tablet: Tablet, target: UUID) -> dict[str, Any]:
    return tablet.held[("history", str(target))]


def test_tablets_of_the_area_get_the_answer_and_the_one_that_sent_the_finding_its_state(
    office: Office, wiring: Wiring, pushing: PushingTablet, municipality: Municipality
) -> None:
    with wiring.database.writing() as session:
        session.add(TeamArea(team_id=municipality.other_team, mahalle_id=municipality.akpinar))
    visit, [first, second] = visit_with_findings(pushing, wiring, "yol_kaldirim", "cop_temizlik")
    other = enrol_tablet(office, municipality.other_team)
    own = Tablet(office.client, pushing.token, pushing.id)
    for tablet in (other, own):
        tablet.pull_all()
        assert history(tablet, visit.target)["answered"] == []
    given = answered(office, first)
    number = office.get("koordinator", f"/v1/service-requests/{first}").json()["tracking_no"]
    for tablet in (other, own):
        tablet.pull_all()
        told = history(tablet, visit.target)
        assert told["answered"] == [
            {
                "tracking_no": number,
                "category": "yol_kaldirim",
                "opened_on": "2026-11-20",
                "answered_on": "2026-11-20",
                "answer": WORDS,
            }
        ]
        assert [one["category"] for one in told["requests"]] == ["cop_temizlik"]
    [sent] = [item for (kind, _), item in own.held.items() if kind == "submission"]
    assert {one["category"]: one["status"] for one in sent["requests"]} == {
        "yol_kaldirim": "answered",
        "cop_temizlik": "routed",
    }
    assert not any(kind == "submission" for kind, _ in other.held)
    # A correction takes the place of what was said, and what was answered last stands first.
    answered(office, second, "Çöpler alındı.", by="koordinator")
    answered(office, first, "Kaldırım onarıldı.", replaces=given["id"])
    other.pull_all()
    told = history(other, visit.target)
    assert [one["answer"] for one in told["answered"]] == ["Kaldırım onarıldı.", "Çöpler alındı."]
    assert told["requests"] == []


def test_of_many_answers_a_household_tells_the_last_three(
    office: Office, wiring: Wiring, pushing: PushingTablet
) -> None:
    visit, requests = visit_with_findings(pushing, wiring, *["yol_kaldirim", "cop_temizlik"] * 2)
    for number, request in enumerate(reversed(requests)):
        answered(office, request, f"Cevap {number}", by="koordinator")
    tablet = Tablet(office.client, pushing.token, pushing.id)
    tablet.pull_all()
    told = [one["answer"] for one in history(tablet, visit.target)["answered"]]
    assert told == ["Cevap 3", "Cevap 2", "Cevap 1"]


def test_answers_of_one_household_given_at_once_are_both_told(
    office: Office, wiring: Wiring, pushing: PushingTablet
) -> None:
    visit, requests = visit_with_findings(pushing, wiring, *["yol_kaldirim", "cop_temizlik"] * 2)
    assert office.sign_in("koordinator").is_success
    with ThreadPoolExecutor(4) as many:
        codes = list(many.map(lambda one: answer(office, one, by="koordinator").status_code, requests))
    assert codes == [201] * 4
    tablet = Tablet(office.client, pushing.token, pushing.id)
    tablet.pull_all()
    told = history(tablet, visit.target)
    assert (told["requests"], len(told["answered"])) == ([], 3)
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
