"""The organisation file: what is wrong with one is told with its place, and what is written reads the same."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service_requests.organisation import (
    KnownCodes,
    Named,
    Organisation,
    OrganisationRefused,
    PlannedRoute,
    read_organisation,
    write_organisation,
)

KNOWN = KnownCodes(directorate={"fen_isleri"}, category={"yol_kaldirim"}, mahalle={"101"})
DEFAULT = '[[route]]\ndirectorate = "fen_isleri"\n'


def problems_of(content: str | bytes) -> list[str]:
    with pytest.raises(OrganisationRefused) as refused:
        read_organisation(content if isinstance(content, bytes) else content.encode(), KNOWN)
    return refused.value.problems


def test_a_whole_file_is_read() -> None:
    content = (
        '[[team]]\ncode = "ekip-1"\nname = " 1. Ekip "\nmahalle = ["101", "101"]\n'
        '[[directorate]]\ncode = "iski"\nname = "İSKİ"\noutside_body = true\n'
        '[[route]]\ncategory = "yol_kaldirim"\nmahalle = "101"\nfrom = 2026-01-01\nuntil = "2026-06-30"\n'
        'directorate = "iski"\n' + DEFAULT
    )
    assert read_organisation(b"\xef\xbb\xbf" + content.encode(), KNOWN) == Organisation(
        team=(Named("ekip-1", "1. Ekip", mahalle=("101",)),),
        directorate=(Named("iski", "İSKİ", outside_body=True),),
        route=(
            PlannedRoute("iski", "yol_kaldirim", "101", date(2026, 1, 1), date(2026, 6, 30)),
            PlannedRoute("fen_isleri"),
        ),
    )


def test_every_mistake_is_listed_with_its_line() -> None:
    problems = problems_of(
        '[[team]]\ncode = "ekip 1"\n\n[[team]]\nname = "2. Ekip"\nrenk = "mavi"\n'
        '[[directorate]]\ncode = "iski"\nname = "İSKİ"\noutside_body = "evet"\n'
        '[[route]]\ncategory = "yok"\nmahalle = "999"\nfrom = "31.12.2026"\ndirectorate = "su"\n'
        '[[route]]\nfrom = 2026-02-01\nuntil = 2026-01-01\ndirectorate = "fen_isleri"\n[[ekip]]\ncode = "x"\n'
    )
    expected = [
        "[[ekip]] diye bir bölüm yok",
        "satır 1, 1. [[team]]: name eksik",
        "satır 1, 1. [[team]]: code «ekip 1»",
        "satır 4, 2. [[team]]: «renk»",
        "satır 4, 2. [[team]]: code eksik",
        "satır 7, 1. [[directorate]]: outside_body",
        "satır 11, 1. [[route]]: directorate «su»: bu kodla kayıt yok",
        "satır 11, 1. [[route]]: category «yok»",
        "satır 11, 1. [[route]]: mahalle «999»",
        "satır 11, 1. [[route]]: from bir gün olmalı",
        "satır 16, 2. [[route]]: until",
        "[[route]]: Yönlendirme tablosunda varsayılan kural yok",
    ]
    assert [problem[: len(start)] for problem, start in zip(problems, expected, strict=True)] == expected


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('[[team]\ncode = "x"', "TOML"),
        ('[[team]]\ncode = "x"\nname = "İ"'.encode("utf-16"), "UTF-8"),
        ('team = "x"', "[[team]]"),
        ('[team]\ncode = "x"', "[[team]]"),
        ("route = []", "varsayılan"),
        ('[[team]]\ncode = "a"\nname = "A"\nmahalle = ["999"]', "mahalle «999»: bu kodla kayıt yok"),
        ('[[team]]\ncode = "a"\nname = "A"\nmahalle = "101"', "kodların listesi"),
        ('[[directorate]]\ncode = "a"\nname = "A"\nmahalle = ["101"]', "«mahalle»"),
        ('[[team]]\ncode = "a"\nname = "A"\n[[team]]\ncode = "a"\nname = "B"', "birden çok"),
        ('[[team]]\ncode = 7\nname = "A"', "tırnak"),
        (f'[[team]]\ncode = "{"a" * 41}"\nname = "A"', "en çok 40"),
        ("[[route]]\nfrom = 2026-01-01T10:00:00\n" + DEFAULT.split("\n", 1)[1] + DEFAULT, "bir gün"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused_in_a_sentence(content: str | bytes, told: str) -> None:
    problems = problems_of(content)
    assert any(told in problem for problem in problems), problems


def test_routes_may_name_what_the_same_file_brings() -> None:
    content = '[[directorate]]\ncode = "yeni"\nname = "Yeni"\n[[route]]\ndirectorate = "yeni"\n'
    assert read_organisation(content.encode(), KNOWN).route == (PlannedRoute("yeni"),)


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=120).filter(
    lambda text: text == text.strip() != ""
)
CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)
NAMED = st.lists(st.builds(Named, CODES, NAMES), unique_by=lambda one: one.code).map(tuple)
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))
ROUTES = st.builds(
    lambda category, mahalle, days: PlannedRoute("fen_isleri", category, mahalle, *days),
    st.sampled_from([None, "yol_kaldirim"]),
    st.sampled_from([None, "101"]),
    st.tuples(DAYS, DAYS).map(lambda days: tuple(sorted(days)) if None not in days else days),  # type: ignore[type-var] # neither is None
)


TEAMS = st.lists(
    st.builds(Named, CODES, NAMES, mahalle=st.sampled_from([None, (), ("101",)])), unique_by=lambda one: one.code
).map(tuple)


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine making the names takes long
@given(st.builds(Organisation, TEAMS, NAMED, NAMED, NAMED, st.lists(ROUTES).map(tuple)))
def test_what_is_written_reads_the_same(organisation: Organisation) -> None:
    routes = (*organisation.route, PlannedRoute("fen_isleri"))
    whole = Organisation(
        organisation.team, organisation.directorate, organisation.category, organisation.visit_type, routes
    )
    assert read_organisation(write_organisation(whole).encode(), KNOWN) == whole
