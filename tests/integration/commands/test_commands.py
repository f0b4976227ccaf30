"""The command line as the operator gives it: what it does, and the one sentence when it cannot."""

import io
import re
import socket
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from api.commands.command_line import main
from field_forms.shipped_forms import shipped_forms
from field_forms.tables import Form, FormVersion
from foundation.database import Database
from geo.tables import Mahalle
from teams.sign_in import WrongCredentials, check_password
from teams.tables import Team

PASSWORD = "on harften uzun"
NEW_PASSWORD = "daha da uzun bir parola"


@pytest.fixture
def environ(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {"SAHA_DATABASE_URL": database_url, "SAHA_DATA_DIR": str(tmp_path / "data")}


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_boundaries_are_imported_and_points_located(
    environ: dict[str, str], sample_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["locate", "41.005", "29.205"], environ) == 1
    assert "import-mahalle" in capsys.readouterr().err
    assert main(["import-mahalle", str(sample_file), "--name-field", "ad", "--code-field", "kod"], environ) == 0
    assert "2 mahalle kaydedildi" in capsys.readouterr().out
    assert main(["locate", "41.005", "29.205"], environ) == 0
    assert capsys.readouterr().out == "Çınar (101)\n"
    assert main(["locate", "41.005", "29.2099", "--accuracy", "50"], environ) == 0
    assert "İğdeli (102)" in capsys.readouterr().out
    assert main(["locate", "41.005", "29.19"], environ) == 0
    assert re.search(r"dışında; en yakın mahalle Çınar \(101\), 8\d\d m", capsys.readouterr().out)
    assert main(["locate", "991", "29.19"], environ) == 0
    assert "önce enlemi" in capsys.readouterr().out


def test_a_file_with_errors_is_reported_and_stores_nothing(
    environ: dict[str, str], sample_file: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    sample_file.write_text(sample_file.read_text(encoding="utf-8").replace("İğdeli", ""), encoding="utf-8")
    assert main(["import-mahalle", str(sample_file), "--name-field", "ad", "--code-field", "kod"], environ) == 1
    told = capsys.readouterr()
    assert "HATA" in told.out
    assert "Hiçbir şey kaydedilmedi" in told.err
    assert main(["import-mahalle", "yok.geojson", "--name-field", "ad"], environ) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Mahalle)) == 0


def test_a_form_is_published_with_its_files(
    environ: dict[str, str], tmp_path: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    esnaf = next(form for form in shipped_forms() if form.visit_type == "esnaf")
    file = tmp_path / esnaf.file_name
    file.write_bytes(esnaf.source)
    assert main(["publish-form", str(file)], environ) == 1
    assert "is_kollari.csv" in capsys.readouterr().err
    attachments = []
    for name, content in esnaf.attachments.items():
        (tmp_path / name).write_bytes(content)
        attachments += ["--attachment", str(tmp_path / name)]
    assert main(["publish-form", str(file), *attachments, "--visit-type", "esnaff"], environ) == 1
    assert "esnaff" in capsys.readouterr().err
    assert main(["publish-form", str(file), *attachments, "--visit-type", "esnaf"], environ) == 0
    with database.reading() as session:
        assert session.scalars(select(Form.visit_type)).all() == ["esnaf"]
    assert main(["publish-form", str(file), *attachments], environ) == 0
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(FormVersion)) == 1


def test_a_form_that_does_not_compile_is_told_with_its_row_and_column(
    environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bozuk.md"
    file.write_text("| survey | type | name | label |\n|---|---|---|---|\n| | metin | ad | Ad |\n", encoding="utf-8")
    assert main(["publish-form", str(file)], environ) == 1
    assert "survey, satır 2, type: «metin» diye bir soru türü yok." in capsys.readouterr().err
    assert main(["publish-form", str(tmp_path / "yok.md")], environ) == 1
    assert "okunamadı" in capsys.readouterr().err


def test_an_account_is_opened_listed_given_a_password_and_closed(
    environ: dict[str, str],
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    type_in(monkeypatch, f"{PASSWORD}\n")
    assert main(["user", "add", "İlk", "--name", "İlk Yönetici", "--role", "administrator"], environ) == 0
    assert main(["user", "list"], environ) == 0
    assert "İlk Yönetici" in capsys.readouterr().out
    type_in(monkeypatch, f"{NEW_PASSWORD}\n")
    assert main(["user", "password", "ilk"], environ) == 0
    with database.reading() as session:
        assert check_password(session, "İLK", NEW_PASSWORD).username == "İlk"
        with pytest.raises(WrongCredentials):
            check_password(session, "ilk", PASSWORD)
    assert main(["user", "deactivate", "ilk"], environ) == 0
    with database.reading() as session, pytest.raises(WrongCredentials):
        check_password(session, "ilk", NEW_PASSWORD)
    assert main(["user", "list"], environ) == 0
    assert "KAPALI" in capsys.readouterr().out


def test_a_field_worker_is_placed_in_a_team_by_its_code(
    environ: dict[str, str],
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with database.writing() as session:
        session.add(Team(id=uuid4(), code="bir", name="Birinci"))
    add = ["user", "add", "isci", "--name", "İşçi Işık", "--role", "field_worker"]
    for arguments, answer in [
        ([], "ekib"),
        (["--team", "iki"], "bir"),
    ]:
        type_in(monkeypatch, f"{PASSWORD}\n")
        assert main([*add, *arguments], environ) == 1
        assert answer in capsys.readouterr().err
    type_in(monkeypatch, f"{PASSWORD}\n")
    assert main([*add, "--team", "bir"], environ) == 0


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["user", "add", "biri", "--name", "Biri", "--role", "sultan"], "«sultan» diye bir rol yok"),
        (["user", "add", "biri", "--name", "Biri", "--role", "manager"], "en az 10 karakter"),
        (["user", "password", "kimse"], "«kimse» adlı bir hesap yok"),
        (["user", "deactivate", "kimse"], "«kimse» adlı bir hesap yok"),
    ],
)
def test_bad_accounts_are_refused_in_a_sentence(
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    answer: str,
) -> None:
    type_in(monkeypatch, "kısa\n")
    assert main(arguments, environ) == 1
    assert answer in capsys.readouterr().err


def test_a_taken_port_is_a_sentence(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve"], {**environ, "SAHA_PORT": str(port)}) == 1
    assert f"{port} numaralı kapı dolu" in capsys.readouterr().err


def test_the_storage_is_tried(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["storage", "check"], environ) == 0
    assert "Depo kullanılabilir" in capsys.readouterr().out
