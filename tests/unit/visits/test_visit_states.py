"""The state machine of a planned visit: its table, its page, and walks through it."""

import re
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.assignment_states import CANCELLED, DONE, MOST_ATTEMPTS, NAMES, OPEN, PLANNED, STEPS, may_step
from visits.next_attempts import Visit, attempt_of, made_needless, next_attempt

DAY = date(2026, 11, 20)
PAGE = (Path(__file__).parents[3] / "docs" / "visit-states.md").read_text(encoding="utf-8")


def a_visit(status: str = PLANNED, day: date = DAY, external_no: str | None = None, **fields: str) -> Visit:
    return Visit(uuid4(), uuid4(), uuid4(), fields.pop("tur", "hane"), day, status, external_no, fields)


def _sources(written: str) -> set[str]:
    named = set(re.findall(r"`(\w+)`", written))
    return set(NAMES) - named if written.startswith("any") else named


def test_the_page_lists_exactly_the_steps_there_are() -> None:
    told = set()
    for before, after, hand in re.findall(r"^\| ([^|]+) \| ([^|]+) \| (field|office) \|", PAGE, re.MULTILINE):
        told |= {(one, to, hand) for one in _sources(before) for to in _sources(after) if one != to}
    assert told == set(STEPS)


@given(st.lists(st.tuples(st.sampled_from(sorted(NAMES)), st.sampled_from(["field", "office"])), max_size=20))
def test_walks_never_leave_the_table_and_a_cancelled_visit_is_only_the_offices(walk: list[tuple[str, str]]) -> None:
    state = PLANNED
    for after, hand in walk:
        if not may_step(state, after, hand):  # type: ignore[arg-type]  # one of the two words
            continue
        if hand == "field":
            assert CANCELLED not in {state, after} or state == after
            assert not (state == DONE and after in OPEN - {PLANNED})
        state = after
    # Wherever a walk ends, the office can bring it to an end.
    assert may_step(state, DONE, "office")
    assert may_step(state, CANCELLED, "office")


@given(st.lists(st.sampled_from(["evde_yok", "ertelendi", "istemedi"]), max_size=12), st.booleans())
def test_attempts_end_however_a_household_answers(answers: list[str], says_when: bool) -> None:  # noqa: FBT001 - drawn
    visit, at_home_never = a_visit(), 0
    for answer in answers:
        agreed = {"tekrar_tarihi": (visit.day + timedelta(days=7)).isoformat()} if says_when else {}
        tried = Visit(
            visit.id, visit.target_id, visit.team_id, "hane", visit.day, answer, None, {**visit.fields, **agreed}
        )
        following = next_attempt(tried, [], visit.day + timedelta(days=1))
        at_home_never += answer == "evde_yok"
        if following is None:
            assert answer == "istemedi" or at_home_never >= MOST_ATTEMPTS or not says_when
            return
        assert following.day > visit.day
        assert attempt_of(following.fields) == 1 + at_home_never <= MOST_ATTEMPTS
        visit = a_visit(day=following.day, **following.fields)


def test_a_next_attempt_keeps_what_the_visit_is_and_not_what_its_day_was() -> None:
    kept = {"oncelik": "1", "saatler": "17:00-24:00", "ziyaretci": "kadin", "aciklama": "Zil çalışmıyor"}
    visit = a_visit("evde_yok", sabit="evet", saat="10:00", sira="3", neden="Kapı açılmadı", **kept)
    following = next_attempt(visit, [], DAY + timedelta(days=3))
    assert following is not None
    assert following.fields == kept | {"deneme": "2"}
    assert (following.day, following.position, following.external_no) == (date(2026, 11, 23), 0, f"sonra:{visit.id}:1")


def test_nobody_is_sent_twice_nor_after_the_end_of_a_campaign() -> None:
    visit = a_visit("evde_yok", kampanya=str(uuid4()), son_gun="2026-11-21")
    assert next_attempt(visit, [], date(2026, 11, 21)) is not None
    assert next_attempt(visit, [], date(2026, 11, 23)) is None
    assert next_attempt(visit, [a_visit(day=DAY + timedelta(days=2))], date(2026, 11, 21)) is None


@pytest.mark.parametrize(
    ("other", "is_closed"),
    [
        (a_visit(day=DAY + timedelta(days=1)), True),
        (a_visit(day=DAY - timedelta(days=1)), True),
        (a_visit(day=DAY + timedelta(days=2)), False),
        (a_visit(tur="taziye"), False),
        (a_visit(sabit="evet"), False),
        (a_visit("yolda"), False),
    ],
)
def test_a_visit_that_was_made_closes_what_was_planned_twice(other: Visit, is_closed: bool) -> None:  # noqa: FBT001
    assert bool(made_needless(a_visit("yapildi"), [other])) is is_closed


def test_a_result_that_is_taken_back_takes_its_next_attempt_along() -> None:
    visit = a_visit()
    successor, other = a_visit(day=DAY + timedelta(days=9), external_no=f"sonra:{visit.id}:1"), a_visit()
    assert [one for one, _ in made_needless(visit, [successor, other])] == [successor]
