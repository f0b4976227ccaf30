"""Who is behind a Basic header or a key: remembered for a while, forgotten at once when told to, never guessed."""

import asyncio
import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from api.remembered_sign_in import REMEMBERED_S, RememberedSignIns, _read_basic
from foundation.database import Base, Database
from teams.passwords import hash_password
from teams.permissions import Actor, Role
from teams.sign_in_attempts import WINDOW, SignInAttempts, TooManyAttempts
from teams.tables import User
from tests.fixtures.municipality import NOON, SetClock

PASSWORD = "gül-bahçesi-é"


def basic(username: str, password: str, encoding: str = "utf-8") -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode(encoding)).decode()


class Door:
    """A sign-in memory with a clock and a monotonic clock that the test sets, and one user."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = SetClock()
        self.monotonic_s = 0.0
        self.user_id = uuid4()
        with database.writing() as session:
            session.add(
                User(
                    id=self.user_id, username="saha", username_key="saha", display_name="Saha", created_at=NOON,
                    role=Role.ADMINISTRATOR.value, password_hash=hash_password(PASSWORD),
                )
            )  # fmt: skip
        self.sign_ins = RememberedSignIns(
            database, b"k" * 32, self.clock, SignInAttempts(), monotonic=lambda: self.monotonic_s
        )

    def knock(self, header: str) -> Actor | None:
        return asyncio.run(self.sign_ins.by_basic_header(header))

    def close_account(self) -> None:
        with self.database.writing() as session:
            session.execute(update(User).where(User.id == self.user_id).values(is_active=False))


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    database = Database(f"sqlite:///{tmp_path / 'saha.sqlite3'}")
    Base.metadata.create_all(
        database.engine, [Base.metadata.tables[name] for name in ("team", "directorate", "user_account")]
    )
    yield Door(database)
    database.close()


def test_a_sign_in_is_remembered_for_two_minutes_and_then_checked_anew(door: Door) -> None:
    header = basic("saha", PASSWORD)
    assert door.knock(header) is not None
    door.close_account()
    door.monotonic_s = REMEMBERED_S - 0.01
    assert door.knock(header) is not None
    door.monotonic_s = REMEMBERED_S
    assert door.knock(header) is None


def test_who_is_forgotten_is_checked_anew_at_once_and_nobody_else(door: Door) -> None:
    header = basic("saha", PASSWORD)
    assert door.knock(header) is not None
    door.close_account()
    door.sign_ins.forget(uuid4())
    assert door.knock(header) is not None
    door.sign_ins.forget(door.user_id)
    assert door.knock(header) is None


def test_after_ten_wrong_passwords_a_name_waits_while_the_remembered_right_one_goes_on(door: Door) -> None:
    right = basic("saha", PASSWORD)
    assert door.knock(right) is not None
    for number in range(10):
        assert door.knock(basic("SAHA", f"yanlış-{number}")) is None
    with pytest.raises(TooManyAttempts) as told:
        door.knock(basic("saha", "yanlış"))
    assert (told.value.code, told.value.facts["retry_after_s"]) == ("auth.too_many_attempts", WINDOW.total_seconds())
    assert door.knock(right) is not None
    door.sign_ins.forget(door.user_id)
    with pytest.raises(TooManyAttempts):
        door.knock(right)
    door.clock.now += WINDOW - timedelta(seconds=1)
    with pytest.raises(TooManyAttempts):
        door.knock(right)
    door.clock.now += timedelta(seconds=1)
    assert door.knock(right) is not None


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_password_may_come_in_utf_8_or_latin_1(door: Door, encoding: str) -> None:
    assert door.knock(basic("saha", PASSWORD, encoding)) is not None


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic ", "Basic !!!", "Basic QQ", "Bearer abc", "Basic Og==", "basic  c2FoYTp4", "Basic c2FoYQ=="],
)
def test_a_malformed_header_is_nobodys(door: Door, header: str) -> None:
    assert door.knock(header) is None


@given(
    header=st.one_of(
        st.text(),
        st.text().map("Basic {}".format),
        st.binary().map(lambda raw: f"Basic {base64.b64encode(raw).decode()}"),
    )
)
def test_reading_a_header_never_fails(header: str) -> None:
    username, password = _read_basic(header)
    assert isinstance(username, str)
    assert isinstance(password, str)
