"""Where to go and who can sign in to the demo municipality; the password all its users share."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from api.commands.demo.municipality import INTRODUCED, NAME
from foundation.settings import Settings
from teams.permissions import Role

_GIVEN = "SAHA_DEMO_PASSWORD"
_WHO = {
    Role.FIELD_WORKER: "saha personeli",
    Role.COORDINATOR: "koordinatör",
    Role.DIRECTORATE_OFFICER: "Fen İşleri Müdürlüğü",
    Role.MANAGER: "yönetici",
    Role.ADMINISTRATOR: "sistem yöneticisi",
}


def demo_password(environ: Mapping[str, str], settings: Settings) -> str:
    """Return SAHA_DEMO_PASSWORD, else the password kept in the data folder, made at the first call (0600)."""
    if given := environ.get(_GIVEN):
        return given
    file = _password_file(settings)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        # Created unreadable for others; writing first and changing the mode later would leave a moment.
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
            new.write(f"{secrets.token_urlsafe(12)}\n")
    return file.read_text(encoding="utf-8").strip()


def introduce(environ: Mapping[str, str], settings: Settings) -> None:
    """Print where to go and who can sign in. The password itself is printed only where it is a demo's own."""
    print(f"\n{NAME}: {settings.base_url}")
    for username, role in INTRODUCED:
        print(f"  {username:<12} {_WHO[role]}")
    file = _password_file(settings)
    if environ.get(_GIVEN):
        print(f"Parola hepsinde aynı: {_GIVEN} değişkeninde verdiğiniz.")
    elif file.exists():
        print(f"Parola hepsinde aynı: {demo_password(environ, settings)}  ({file} dosyasında durur)")


def _password_file(settings: Settings) -> Path:
    return settings.data_dir / "demo-password"
