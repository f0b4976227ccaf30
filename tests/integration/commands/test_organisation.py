"""`saha organisation`: a municipality set up without SQL."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.commands.command_line import main
from api.intake_line import load_routing
from foundation.database import Database
from service_requests.tables import Category, RoutingRule
from teams.tables import Directorate, Team
from visits.tables import VisitType

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "organisation.toml"


@pytest.fixture
def environ(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {"SAHA_DATABASE_URL": database_url, "SAHA_DATA_DIR": str(tmp_path / "data")}


def printed(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["organisation", "--print"], environ) == 0
    return capsys.readouterr().out


def test_the_example_sets_a_municipality_up(
    environ: dict[str, str], database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["organisation", str(EXAMPLE)], environ) == 0
    told = capsys.readouterr().out
    assert told == "Yeni ya da değişen: 2 ekip, 3 müdürlük, 1 talep konusu, 1 ziyaret türü, 5 yönlendirme kuralı.\n"
    with database.reading() as session:
        assert set(session.scalars(select(Team.code))) == {"ekip-1", "ekip-2"}
        outside = session.scalars(select(Directorate.code).where(Directorate.is_outside_body)).all()
        assert outside == ["iski"]
        positions = session.execute(select(Category.code).order_by(Category.position)).scalars().all()
        assert positions[-1] == "kacak_dokum"
        assert session.get(VisitType, "muhtar_bulusmasi") is not None
        assert session.scalar(select(func.count()).select_from(RoutingRule)) == 5
        load_routing(session)
    assert main(["organisation", str(EXAMPLE)], environ) == 0
    assert capsys.readouterr().out == "Değişen bir şey yok.\n"


def test_what_is_printed_can_be_edited_and_given_back(
    environ: dict[str, str], sample_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-mahalle", str(sample_file), "--name-field", "ad", "--code-field", "kod"], environ) == 0
    assert main(["organisation", str(EXAMPLE)], environ) == 0
    before = printed(environ, capsys)
    file = tmp_path / "belediye.toml"
    file.write_text(before, encoding="utf-8")
    assert main(["organisation", str(file)], environ) == 0
    assert capsys.readouterr().out == "Değişen bir şey yok.\n"
    edited = before.replace('"1. Saha Ekibi"', '"Birinci Ekip"')
    edited += '\n[[route]]\nmahalle = "101"\ndirectorate = "fen_isleri"\n'
    file.write_text(edited, encoding="utf-8")
    assert main(["organisation", str(file)], environ) == 0
    assert capsys.readouterr().out == "Yeni ya da değişen: 1 ekip, 6 yönlendirme kuralı.\n"
    assert printed(environ, capsys) == edited


def test_a_file_without_routes_leaves_the_routing_alone(
    environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["organisation", str(EXAMPLE)], environ) == 0
    before = printed(environ, capsys)
    file = tmp_path / "ekip.toml"
    file.write_text('[[team]]\ncode = "ekip-3"\nname = "3. Ekip"\n', encoding="utf-8")
    assert main(["organisation", str(file)], environ) == 0
    after = printed(environ, capsys)
    assert after.partition("\n[[route]]")[2] == before.partition("\n[[route]]")[2]
    assert '"ekip-1"' in after
    assert '"ekip-3"' in after


def test_a_file_with_a_mistake_stores_nothing(
    environ: dict[str, str], database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "yanlis.toml"
    file.write_text(EXAMPLE.read_text(encoding="utf-8").replace('"iski"\n\n# Var', '"yok"\n\n# Var'), encoding="utf-8")
    assert main(["organisation", str(file)], environ) == 1
    told = capsys.readouterr().err
    assert "hiçbir şey kaydedilmedi" in told
    assert "4. [[route]]: directorate «yok»" in told
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Team)) == 0


def test_the_command_wants_a_file_or_print(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["organisation"], environ) == 2
    assert "Şunlardan birini verin" in capsys.readouterr().err
    assert main(["organisation", "yok.toml"], environ) == 1
    assert "okunamadı" in capsys.readouterr().err


def test_a_team_is_given_its_mahalle_and_keeps_them_where_a_file_does_not_say(
    environ: dict[str, str], sample_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-mahalle", str(sample_file), "--name-field", "ad", "--code-field", "kod"], environ) == 0
    file = tmp_path / "ekip.toml"
    team = '[[team]]\ncode = "ekip-1"\nname = "1. Ekip"\n'
    for content, told in (
        (team + 'mahalle = ["102", "101"]\n', "1 ekip"), (team, "Değişen bir şey yok"),
        (team + 'mahalle = ["101"]\n', "1 ekip"), (team + "mahalle = []\n", "1 ekip"),
    ):  # fmt: skip
        file.write_text(content, encoding="utf-8")
        capsys.readouterr()
        assert main(["organisation", str(file)], environ) == 0
        assert told in capsys.readouterr().out
        expected = 'mahalle = ["101", "102"]' if '"102"' in content or content == team else 'mahalle = ["101"]'
        assert (expected in printed(environ, capsys)) is ("[]" not in content)
