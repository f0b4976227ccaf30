"""Look-ups by a unique column answer alike on both databases, however many values are asked for."""

from uuid import uuid4

import pytest

from foundation.database import Database
from foundation.looking_up import find_rows
from teams.tables import Team


@pytest.mark.parametrize("lock", [False, True])
def test_what_is_there_is_found_in_the_order_of_the_key(database: Database, lock: bool) -> None:  # noqa: FBT001 - a parameter
    ids = {code: uuid4() for code in ("c", "a", "b", "ğ%s")}
    with database.writing() as session:
        session.add_all([Team(id=ids[code], code=code, name=code.upper()) for code in ids])
    with database.writing() as session:
        rows = find_rows(session, Team, ("id", "code"), key="code", values={"b", "x", "ğ%s", "a"}, lock=lock)
        by_id = find_rows(session, Team, ("name",), key="id", values=[ids["c"], uuid4()], lock=lock)
        nothing = find_rows(session, Team, ("id",), key="code", values=[], lock=lock)
    assert [(row.id, row.code) for row in rows] == [(ids[code], code) for code in ("a", "b", "ğ%s")]
    assert [row.name for row in by_id] == ["C"]
    assert nothing == []
