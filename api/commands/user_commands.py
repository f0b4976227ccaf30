"""`saha user`: accounts from the command line, for the first administrator and for when nobody can sign in.

Passwords are asked for, or read from standard input where that is no terminal; never taken from the command line,
which every process of the machine can read.
"""

import getpass
import sys
from argparse import Namespace
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.commands.open_database import open_database
from foundation.clock import utc_now
from foundation.errors import SahaError
from foundation.settings import Settings
from teams.accounts import NewUser, UserChange, create_user, edit_user, list_users
from teams.permissions import Actor, Role
from teams.sign_in import username_key
from teams.tables import Directorate, Team, User

# Whoever can read the settings of the server acts for nobody in particular.
_OPERATOR = Actor(UUID(int=0), "saha", "Komut satırı", Role.ADMINISTRATOR)


class BadAnswer(SahaError):
    """What was asked for on the command line does not exist, or the passwords differ."""

    code = "command.bad_answer"


def add_user(arguments: Namespace, settings: Settings, _: Mapping[str, str]) -> int:
    """Open an account. Raises `BadAccount`, `UserNameTaken`, `WeakPassword`, `BadAnswer`."""
    if arguments.role not in set(Role):
        raise BadAnswer(f"«{arguments.role}» diye bir rol yok: {', '.join(Role)} rollerinden birini yazın.")
    with open_database(settings) as database:
        with database.reading() as session:
            team_id, directorate_id = _place(session, arguments)
        password = _ask_password()
        with database.writing() as session:
            new = NewUser(arguments.username, arguments.name, Role(arguments.role), password, team_id, directorate_id)
            view = create_user(session, new, at=utc_now())
    print(f"Hesap açıldı: {view.username} ({view.display_name}, {view.role}).")
    return 0


def list_accounts(_: Namespace, settings: Settings, __: Mapping[str, str]) -> int:
    """Print one line per account."""
    with open_database(settings) as database, database.reading() as session:
        users = list_users(session)
    for user in users:
        belongs_to = user.team or user.directorate
        place = belongs_to.name if belongs_to else ""
        state = "" if user.is_active else "  KAPALI"
        print(f"{user.username:<20} {user.role:<20} {user.display_name:<30} {place}{state}".rstrip())
    if not users:
        print("Hesap yok: 'saha user add' ile ilk yöneticiyi ekleyin (--role administrator).")
    return 0


def set_password(arguments: Namespace, settings: Settings, _: Mapping[str, str]) -> int:
    """Give an account a new password and sign it out everywhere. Raises `BadAnswer`, `WeakPassword`."""
    with open_database(settings) as database:
        with database.reading() as session:
            user_id = _user_id(session, arguments.username)
        password = _ask_password()
        with database.writing() as session:
            edit_user(session, _OPERATOR, user_id, UserChange(password=password))
    print("Parola değişti; açık oturumlar kapatıldı.")
    return 0


def deactivate(arguments: Namespace, settings: Settings, _: Mapping[str, str]) -> int:
    """Close an account: its sessions end, its tablets' keys open nothing any more. Raises `BadAnswer`."""
    with open_database(settings) as database, database.writing() as session:
        edit_user(session, _OPERATOR, _user_id(session, arguments.username), UserChange(is_active=False))
    print("Hesap kapatıldı.")
    return 0


def _user_id(session: Session, username: str) -> UUID:
    user_id = session.scalar(select(User.id).where(User.username_key == username_key(username)))
    if user_id is None:
        raise BadAnswer(f"«{username}» adlı bir hesap yok: adları görmek için 'saha user list' komutunu verin.")
    return user_id


def _place(session: Session, arguments: Namespace) -> tuple[UUID | None, UUID | None]:
    """Find team and directorate by their codes."""
    teams = {team.code: team.id for team in session.scalars(select(Team))}
    directorates = {one.code: one.id for one in session.scalars(select(Directorate))}
    return _by_code(arguments.team, teams, "ekip"), _by_code(arguments.directorate, directorates, "müdürlük")


def _by_code(code: str | None, known: Mapping[str, UUID], what: str) -> UUID | None:
    if code is None:
        return None
    if code not in known:
        codes = ", ".join(sorted(known)) or "henüz hiç yok"
        raise BadAnswer(f"«{code}» kodlu bir {what} yok: şu kodlardan birini yazın ({codes}).")
    return known[code]


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Parola: ")
    if getpass.getpass("Parola (yeniden): ") != password:
        raise BadAnswer("İki parola aynı değil: komutu yeniden verip aynısını iki kez yazın.")
    return password
