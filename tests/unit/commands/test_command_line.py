from pathlib import Path

import pytest

from api.commands.command_line import main


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ([], "Eksik"),
        (["kos"], "«kos» diye bir seçenek yok"),
        (["locate", "41"], "Eksik: BOYLAM"),
        (["locate", "41", "doğu"], "bir sayı olmalı"),
        (["serve", "--workers"], "--workers bir değer ister"),
        (["migrate", "--hemen"], "Bilinmeyen: --hemen"),
    ],
)
def test_what_is_not_understood_is_told_in_turkish(
    arguments: list[str], answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments, {}) == 2
    told = capsys.readouterr().err
    assert answer in told
    assert "--help" in told


def test_help_is_turkish(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["locate", "--help"], {}) == 0
    told = capsys.readouterr().out
    assert told.startswith("kullanım: saha locate")
    assert "usage" not in told


def test_a_misspelt_setting_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"], {"SAHA_PROT": "1"}) == 1
    assert ".env.example" in capsys.readouterr().err


def test_a_database_that_was_never_migrated_is_told_and_not_created(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"SAHA_DATA_DIR": str(tmp_path)}
    for command in (["serve"], ["demo"], ["locate", "41", "29"], ["user", "list"]):
        assert main(command, environ) == 1
        assert "saha migrate" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert main(["migrate"], environ) == 0
    assert main(["user", "list"], environ) == 0
    assert "administrator" in capsys.readouterr().out


def test_a_database_that_cannot_be_reached_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = {"SAHA_DATABASE_URL": "postgresql+psycopg://kimse@127.0.0.1:1/yok"}
    for command in (["serve"], ["migrate"], ["user", "list"]):
        assert main(command, nowhere) == 1
        assert "Veritabanına ulaşılamadı" in capsys.readouterr().err


def test_several_workers_need_postgresql(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--workers", "2"], {"SAHA_DATA_DIR": str(tmp_path)}) == 1
    assert "PostgreSQL gerekir" in capsys.readouterr().err
