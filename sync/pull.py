"""Reading the feed for one tablet: two statements, however long the feed is.

`find_puller` finds the tablet, its scope and the feed's state in one; `read_page` reads the next changes of that scope.
The state is read first: what the page shows beyond it is safe to go on from as well, because whoever sees a number
has seen every smaller one (`change_log.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from foundation.statements import Found, send_together
from sync.areas import area_of_device, name_areas
from sync.cursors import FeedState, scope_hash
from sync.tables import SequenceCounter
from teams.tables import Device, TeamArea

MOST_ITEMS = 500
DEFAULT_ITEMS = 200


class Scope(NamedTuple):
    """The areas of one tablet, and their hash as cursors carry it."""

    areas: tuple[str, ...]
    hash: bytes


class Puller(NamedTuple):
    """The tablet that pulls, what it may hold, and the feed as it stood before its page is read."""

    device_id: UUID
    team_id: UUID
    label: str
    revoked_at: datetime | None
    last_contact_at: datetime | None
    scope: Scope
    feed: FeedState


class Page(NamedTuple):
    """Items as JSON with commas between, in the feed's order; `last` is the sequence of the last (None: no items)."""

    items: str
    last: int | None
    is_full: bool


_MAHALLE = (
    select(func.aggregate_strings(cast(TeamArea.mahalle_id, String), ","))
    .where(TeamArea.team_id == Device.team_id)
    .scalar_subquery()
)
_PULLER = (
    select(
        Device.id, Device.team_id, Device.label, Device.revoked_at, Device.last_contact_at,
        SequenceCounter.epoch, SequenceCounter.feed_sequence, SequenceCounter.horizon, _MAHALLE,
    )
    .join(SequenceCounter, SequenceCounter.id == 1)
    .where(Device.token_hash == bindparam("token_hash"))
)  # fmt: skip


def find_puller(session: Session, token_hash: str) -> Puller | None:
    """Find the tablet with this token's hash, revoked ones too."""
    row = session.connection().execute(_PULLER, {"token_hash": token_hash}).one_or_none()
    if row is None:
        return None
    device_id, team_id, label, revoked_at, last_contact_at, epoch, sequence, horizon, mahalle = row
    scope = _scope(device_id, team_id, mahalle or "")
    return Puller(
        device_id, team_id, label, revoked_at, last_contact_at, scope, FeedState(epoch, sequence, horizon)
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _scope(device_id: UUID, team_id: UUID, mahalle: str) -> Scope:
    """Name the areas; remembered by all they are made of, so never stale. `mahalle`: ids, separated by commas."""
    areas = name_areas(team_id, (UUID(one) for one in mahalle.split(",") if one))
    whole = (*areas, area_of_device(device_id))
    return Scope(whole, scope_hash(whole))


class PageRead(NamedTuple):
    """The `Statement` that gives one row: how many follow (one over the limit at most), the items, the last number."""

    areas: tuple[str, ...]
    after: int
    limit: int

    def on_postgresql(self) -> tuple[str, tuple[Any, ...]]:
        """Have the items put together."""
        return self.written(is_sqlite=False)

    def on_sqlite(self, connection: Connection) -> Found:
        """Put the items together here."""
        rows = sorted(connection.exec_driver_sql(*self.written(is_sqlite=True)).all(), key=itemgetter(0))
        shown = rows[: self.limit]
        return [(len(rows), ",".join(item for _, item in shown), shown[-1][0] if shown else None)]

    def written(self, *, is_sqlite: bool) -> tuple[str, tuple[Any, ...]]:
        """Return the text and its parameters."""
        parameters = (*self.areas, *(one for area in self.areas for one in (area, self.after)))
        return _page_statement(len(self.areas), self.limit, is_sqlite=is_sqlite), parameters


def read_page(session: Session, areas: Sequence[str], after: int, limit: int) -> Page:
    """Read the next `limit` changes of these areas behind the sequence `after`."""
    [[(count, items, last)]] = send_together(session, PageRead(tuple(areas), after, limit))
    return Page(items or "", last, is_full=count > limit)


@lru_cache(maxsize=2048)
def _page_statement(area_count: int, limit: int, *, is_sqlite: bool) -> str:
    """Write the statement for so many areas: one ordered index scan each, merged, never sorted.

    PostgreSQL needs the limit on each scan, as a figure and not a parameter, or it plans to read the whole rest of an
    area and sort it; SQLite merges the scans as they stand. Bodies are looked up for the rows of the page alone, by
    subqueries that give one value: of a join or an EXISTS PostgreSQL might make a hash of the whole table. What left
    one area but lives on in another of the scope is sent as it is, not as gone. PostgreSQL gives the items as one text:
    a row each, 100 of them, cost this process half as much again (1.46 against 0.98 ms of CPU, PostgreSQL itself 1.1
    against 1.2); an older SQLite cannot do that in order.
    """
    mark = "?" if is_sqlite else "%s"
    scan = f"SELECT sequence, kind, entity_id, is_removed FROM feed WHERE area = {mark} AND sequence > {mark}"  # noqa: S608 - as below
    if not is_sqlite:
        scan = f"(SELECT * FROM ({scan} ORDER BY sequence LIMIT {limit + 1}) AS scan_{{}})"  # noqa: S608 - as below
    scans = " UNION ALL ".join(scan.format(number) for number in range(area_count))
    areas = ", ".join([mark] * area_count)
    entity_id = _DASHED if is_sqlite else "CAST(page.entity_id AS text)"
    merged = f"SELECT * FROM ({scans}) AS merged ORDER BY sequence LIMIT {limit + 1}"  # noqa: S608 - as below
    # SQLite would sort for this number and does not need it.
    number = "" if is_sqlite else ", row_number() OVER (ORDER BY sequence) AS place"
    place = "" if is_sqlite else "page.place, "
    told = f"""
        SELECT page.sequence, {place}CASE WHEN page.is_removed AND (
            SELECT 1 FROM feed AS other WHERE other.kind = page.kind AND other.entity_id = page.entity_id
              AND NOT other.is_removed AND other.area IN ({areas}) LIMIT 1
          ) IS NULL THEN '{{"op":"rm","kind":"' || page.kind || '","id":"' || {entity_id} || '"}}'
          ELSE (SELECT body FROM feed_body WHERE kind = page.kind AND entity_id = page.entity_id) END AS item
        FROM (SELECT *{number} FROM ({merged}) AS next_ones) AS page
        """  # noqa: S608 - figures and words of our own only
    if is_sqlite:
        return told
    of_the_page = f"FILTER (WHERE place <= {limit})"
    items = f"string_agg(item, ',' ORDER BY sequence) {of_the_page}"
    return f"SELECT count(*), {items}, max(sequence) {of_the_page} FROM ({told}) AS told"  # noqa: S608 - as above


# SQLite holds ids as 32 hexadecimal digits.
_DASHED = " || '-' || ".join(
    f"substr(page.entity_id, {start}, {length})" for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
)
