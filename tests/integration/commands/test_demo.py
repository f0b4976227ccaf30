"""The demo municipality, small, on both databases; through `main` as the operator gives the command."""

import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.commands.command_line import main
from api.commands.demo import command
from api.commands.demo.given_answers import ANSWERED
from api.commands.demo.municipality import INTRODUCED
from foundation.database import Database
from foundation.settings import read_settings
from geo.tables import BoundarySet, Mahalle
from photos.storage import open_storage
from photos.tables import Photo
from service_requests.tables import Quarantine, RequestEvent, ServiceRequest, Submission
from sync.tables import FeedBody, FeedEntry
from teams.sign_in import check_password
from teams.tables import Team, TeamArea, User
from visits.tables import Campaign, VisitAssignment, VisitTarget

VISITS = 240
PASSWORD = "cok gizli bir parola"


@pytest.fixture
def environ(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {"SAHA_DATABASE_URL": database_url, "SAHA_DATA_DIR": str(tmp_path), "SAHA_DEMO_PASSWORD": PASSWORD}


@pytest.fixture
def load(environ: dict[str, str]) -> Callable[..., int]:
    def load(*, if_empty: bool = False) -> int:
        arguments = Namespace(scale=1, visits=VISITS, if_empty=if_empty)
        return command.load_demo(arguments, read_settings(environ), environ)

    return load


def test_the_demo_has_as_many_visits_requests_and_photos_as_it_says(
    load: Callable[..., int], database: Database
) -> None:
    assert load() == 0
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Submission.amends_id.is_(None))) == VISITS
        assert session.scalar(select(func.count()).select_from(ServiceRequest)) == VISITS // 4
        assert session.scalar(select(func.count()).select_from(Photo)) == VISITS // 20
        assert session.scalar(select(func.sum(Submission.photos_received))) == VISITS // 20


def test_every_visit_is_of_the_last_twelve_months_and_came_after_it_was_made(
    load: Callable[..., int], database: Database
) -> None:
    load()
    with database.reading() as session:
        received, visited = session.execute(
            select(func.max(Submission.received_at), func.min(Submission.visited_at))
        ).one()
        assert (received - visited).days <= 366
        assert session.scalar(select(func.count()).where(Submission.visited_at > Submission.received_at)) == 0


def test_visits_by_mahalle_add_up_and_every_mahalle_has_some(load: Callable[..., int], database: Database) -> None:
    load()
    of_mahalle = select(Submission.mahalle_id, func.count()).group_by(Submission.mahalle_id)
    with database.reading() as session:
        counts = dict(session.execute(of_mahalle).all())
        places = dict(session.execute(select(Submission.place, func.count()).group_by(Submission.place)).all())
        mahalle = set(session.scalars(select(Mahalle.id)))
    outside = counts.pop(None, 0)
    assert set(counts) == mahalle
    assert sum(counts.values()) == places["inside"]
    assert outside == places.get("outside", 0) + places.get("no_point", 0)


def test_requests_are_routed_by_category_and_each_has_its_two_first_steps(
    load: Callable[..., int], database: Database
) -> None:
    load()
    with database.reading() as session:
        requests = session.scalars(select(ServiceRequest)).all()
        events = session.scalar(select(func.count()).select_from(RequestEvent))
    assert events == 2 * len(requests) + ANSWERED
    assert {request.status for request in requests} == {"routed", "answered"}
    assert "kategori kuralı" in {request.routing_reason for request in requests}
    assert len({request.directorate_id for request in requests}) > 5


def test_some_requests_are_answered_as_a_sample_and_somebody_goes_and_asks(
    load: Callable[..., int], database: Database
) -> None:
    load()
    with database.reading() as session:
        answers = session.scalars(select(RequestEvent).where(RequestEvent.kind == "answered")).all()
        officers = set(session.scalars(select(User.id).where(User.role == "directorate_officer")))
        follow_ups = select(VisitAssignment).where(VisitAssignment.external_no.startswith("cevap:"))
        visits = session.scalars(follow_ups).all()
        histories = session.scalars(select(FeedBody.body).where(FeedBody.kind == "history")).all()
    assert len(answers) == len(visits) == ANSWERED
    assert {answer.actor_id for answer in answers} <= officers
    assert all((answer.note or "").startswith("Örnek cevap: ") for answer in answers)
    assert all("numaralı talep cevaplandı" in visit.fields["aciklama"] for visit in visits)
    assert sum("Örnek cevap: " in body for body in histories) == ANSWERED


def test_every_team_has_its_mahalle_targets_in_them_and_visits_planned_for_today(
    load: Callable[..., int], database: Database
) -> None:
    load()
    with database.reading() as session:
        areas = session.execute(select(TeamArea.team_id, TeamArea.mahalle_id)).all()
        targets = session.scalars(select(VisitTarget)).all()
        every = session.scalars(select(VisitAssignment).order_by(VisitAssignment.position)).all()
        planned = [visit for visit in every if (visit.external_no or "").startswith("ornek:")]
        teams = set(session.scalars(select(Team.id)))
        told = session.scalar(select(func.count()).where(FeedEntry.kind == "target", FeedEntry.area.like("mahalle:%")))
    listed = [target for target in targets if not (target.external_no or "").startswith("ornek:cevap:")]
    assert len(targets) == told == 2 * VISITS + ANSWERED
    assert len({mahalle for _, mahalle in areas}) == len(areas) == len({target.mahalle_id for target in targets})
    assert {target.external_no for target in listed} == {f"ornek:{number}" for number in range(1, 2 * VISITS + 1)}
    where = {target.id: target.mahalle_id for target in targets}
    mine = {(team, mahalle) for team, mahalle in areas}
    today = min(visit.day for visit in planned)
    for team in teams:
        of_team = [visit for visit in planned if visit.team_id == team and visit.day == today]
        assert [visit.position for visit in of_team] == list(range(1, 31))
        assert {visit.status for visit in of_team[8:]} == {"planli"}
        assert "planli" not in {visit.status for visit in of_team[:8]}
        assert all((team, where[visit.target_id]) in mine for visit in of_team)
    # Beyond the list: a campaign that runs, and what events ask for.
    assert {visit.campaign_id is None for visit in every if visit not in planned} == {True, False}
    of_campaign = [visit.target_id for visit in every if visit.campaign_id]
    assert len(set(of_campaign)) == len(of_campaign)


def test_most_visits_are_in_order_and_some_wait_for_review_or_in_quarantine(
    load: Callable[..., int], database: Database
) -> None:
    load()
    with database.reading() as session:
        flagged = session.scalars(select(Submission.flags).where(Submission.flags != "")).all()
        reasons = set(session.scalars(select(Quarantine.reason)))
    assert 0 < len(flagged) < VISITS / 5
    assert reasons == {
        "submission.edit_of_unknown",
        "submission.not_authorised",
        "submission.not_xml",
        "submission.other_content",
        "submission.unknown_form",
    }


def test_photos_have_pictures_place_and_time(
    load: Callable[..., int], database: Database, environ: dict[str, str]
) -> None:
    load()
    with database.reading() as session:
        photos = session.scalars(select(Photo)).all()
    storage = open_storage(read_settings(environ))
    for photo in photos:
        assert photo.failure is None
        assert photo.captured_at is not None
        assert photo.captured_lon is not None
        assert 29.1 < photo.captured_lon < 29.4
        assert storage.byte_size(photo.sha256, "thumb") > 0


def test_the_boundaries_are_marked_as_sample(load: Callable[..., int], database: Database) -> None:
    load()
    with database.reading() as session:
        assert session.scalars(select(BoundarySet.is_sample).where(BoundarySet.is_current)).all() == [True]


def test_the_five_who_are_introduced_can_sign_in(
    load: Callable[..., int], database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    load()
    told = capsys.readouterr().out
    with database.reading() as session:
        roles = {name: check_password(session, name, PASSWORD).role.value for name in dict(INTRODUCED)}
    assert roles == {
        "saha": "field_worker",
        "koordinator": "coordinator",
        "mudurluk": "directorate_officer",
        "yonetici": "manager",
        "admin": "administrator",
    }
    assert all(name in told for name in roles)
    assert PASSWORD not in told


def test_without_a_given_password_one_is_made_and_kept_for_the_owner_only(
    environ: dict[str, str], tmp_path: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    del environ["SAHA_DEMO_PASSWORD"]
    command.load_demo(Namespace(scale=1, visits=40, if_empty=False), read_settings(environ), environ)
    file = tmp_path / "demo-password"
    password = file.read_text(encoding="utf-8").strip()
    assert file.stat().st_mode & 0o777 == 0o600
    assert password in capsys.readouterr().out
    with database.reading() as session:
        assert check_password(session, "koordinator", password).username == "koordinator"


def test_a_second_demo_is_refused_and_changes_nothing(
    load: Callable[..., int], environ: dict[str, str], database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    load()
    capsys.readouterr()
    assert main(["demo"], environ) == 1
    assert "boş bir veritabanı" in capsys.readouterr().err
    assert main(["demo", "--if-empty"], environ) == 0
    assert "koordinator" in capsys.readouterr().out
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Submission.amends_id.is_(None))) == VISITS


def test_a_municipality_that_has_begun_gets_no_demo(
    environ: dict[str, str], database: Database, capsys: pytest.CaptureFixture[str], sample_file: Path
) -> None:
    assert main(["import-mahalle", str(sample_file), "--name-field", "ad", "--code-field", "kod"], environ) == 0
    assert main(["demo", "--if-empty"], environ) == 0
    assert main(["demo"], environ) == 1
    assert "koordinator" not in capsys.readouterr().out
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0


class _InterruptedAt:
    """Standard output on which Ctrl-C comes when a line says this."""

    def __init__(self, words: str) -> None:
        self.words = words

    def write(self, text: str) -> int:
        if self.words in text:
            raise KeyboardInterrupt
        return len(text)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return False


@pytest.mark.parametrize("moment", ["Ziyaretler", "Fotoğraflar"])
def test_an_interrupted_demo_goes_on_where_it_stopped(
    load: Callable[..., int], database: Database, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setattr(sys, "stdout", _InterruptedAt(moment))
    with pytest.raises(KeyboardInterrupt):
        load()
    monkeypatch.undo()
    assert load(if_empty=True) == 0
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Submission.amends_id.is_(None))) == VISITS
        assert session.scalar(select(func.count()).select_from(ServiceRequest)) == VISITS // 4
        assert session.scalar(select(func.count()).where(Photo.processed_at.is_(None))) == 0
        assert session.scalar(select(func.count()).select_from(User)) == 20
        assert session.scalar(select(func.count()).select_from(VisitTarget)) == 2 * VISITS + ANSWERED
        assert session.scalar(select(func.max(VisitTarget.version))) == 1
        listed = VisitAssignment.external_no.like("ornek:%")
        assert session.scalar(select(func.count()).select_from(VisitAssignment).where(listed)) == 3 * 60
        assert session.scalar(select(func.count()).select_from(Campaign)) == 1
        reasons = session.scalars(select(Quarantine.times_seen)).all()
    assert set(reasons) <= {1, 2}
    with pytest.raises(command.NotEmpty):
        load()


def test_a_senseless_scale_is_refused(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--scale", "0"], environ) == 1
    assert "--scale" in capsys.readouterr().err
