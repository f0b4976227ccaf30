"""Looking after changed targets: locating those without a point, and proposing those that may be another one.

Only what changed since the last time is looked at (`match_due`), a batch at a time; each is held against those alone
that share a key with it. What a person said is not the same is not proposed again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundation.identifiers import uuid7
from foundation.insertion import insert_all
from sync.change_log import FeedChanges, write_feed
from sync.entity_records import chunks
from visits.approximate_places import locate_roughly, same_streets
from visits.duplicate_keys import MOST_OF_ONE_KEY, keys_of, keys_to_ask
from visits.duplicate_scoring import PROPOSED_FROM, Likeness, MatchedTarget, are_comparable, compare_targets
from visits.duplicate_tables import DuplicatePair, TargetKey
from visits.tables import VisitTarget

EXACT = "nokta"
_AT_ONCE = 300
_VALUES_AT_ONCE = 900

Pair = tuple[UUID, UUID]


def sweep_changed_targets(session: Session, at: datetime, *, limit: int = _AT_ONCE) -> int:
    """Look after up to `limit` changed targets; returns how many there were. Call again while it returns any."""
    due = select(VisitTarget.id).where(VisitTarget.match_due).order_by(VisitTarget.id).limit(limit)
    ids = list(session.scalars(due.with_for_update(skip_locked=True)))
    if not ids:
        return 0
    targets = read_matched(session, ids)
    _write_keys(session, ids, targets)
    feed = FeedChanges()
    locate_roughly(session, {*ids, *same_streets(session, targets.values())}, feed, at)
    _propose(session, ids, targets, at)
    session.execute(
        update(VisitTarget)
        .where(VisitTarget.id.in_(ids))
        .values(match_due=False)
        .execution_options(synchronize_session=False)
    )
    # Sent before the feed's row is taken, which everybody else waits for.
    session.flush()
    write_feed(session, feed, at)
    return len(ids)


def read_matched(session: Session, ids: Iterable[UUID]) -> dict[UUID, MatchedTarget]:
    """Read what is compared of targets; removed ones are left out."""
    table = VisitTarget.__table__.c
    columns = (table.id, table.kind, table.fields, table.mahalle_id, table.lon, table.lat, table.konum_hassasiyeti)
    found: dict[UUID, MatchedTarget] = {}
    for some in chunks(ids):
        wanted = select(*columns).where(table.id.in_(some), table.is_removed.is_(False))
        for one, kind, fields, mahalle_id, lon, lat, precision in session.connection().execute(wanted):
            point = (lon, lat) if precision == EXACT else (None, None)
            found[one] = MatchedTarget(one, kind, fields, mahalle_id, *point)
    return found


def _write_keys(session: Session, ids: Sequence[UUID], targets: Mapping[UUID, MatchedTarget]) -> None:
    """Keep the keys of targets anew; of removed ones none. A key that many share already takes no more."""
    session.execute(delete(TargetKey).where(TargetKey.target_id.in_(ids)))
    wanted = {one: keys_of(target) for one, target in targets.items()}
    holders = {value: len(those) for value, those in _holders(session, set().union(*wanted.values())).items()}
    rows = []
    for one in sorted(wanted):
        for value in sorted(wanted[one]):
            if holders.setdefault(value, 0) < MOST_OF_ONE_KEY:
                holders[value] += 1
                rows.append({"value": value, "target_id": one})
    insert_all(session, TargetKey, sorted(rows, key=lambda row: (row["value"], str(row["target_id"]))))


def _holders(session: Session, values: set[str]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = defaultdict(list)
    ordered = sorted(values)
    for start in range(0, len(ordered), _VALUES_AT_ONCE):
        some = ordered[start : start + _VALUES_AT_ONCE]
        for value, one in session.execute(
            select(TargetKey.value, TargetKey.target_id).where(TargetKey.value.in_(some))
        ):
            found[value].append(one)
    return found


def _propose(session: Session, ids: Sequence[UUID], targets: Mapping[UUID, MatchedTarget], at: datetime) -> None:
    """Propose what is like enough, and take back open proposals of changed targets that are so no longer."""
    asked = {one: keys_to_ask(target) for one, target in targets.items()}
    holders = _holders(session, set().union(*asked.values()))
    pairs = {_pair(one, other) for one, keys in asked.items() for key in keys for other in holders[key] if other != one}
    others = {one for pair in pairs for one in pair} - targets.keys()
    every = {**targets, **read_matched(session, others)}
    alike = {pair: likeness for pair in pairs if (likeness := _likeness(every, pair)) is not None}
    known = _known_pairs(session, ids)
    for pair, row in known.items():
        if row.state == "open" and pair not in alike:
            session.delete(row)
        elif row.state == "open":
            row.score, row.reasons = alike[pair].score, alike[pair].reasons
    fresh = sorted(pair for pair in alike if pair not in known)
    insert_all(session, DuplicatePair, [_row(pair, alike[pair], at) for pair in fresh])


def _likeness(every: Mapping[UUID, MatchedTarget], pair: Pair) -> Likeness | None:
    one, other = every.get(pair[0]), every.get(pair[1])
    if one is None or other is None or not are_comparable(one, other):
        return None
    likeness = compare_targets(one, other)
    return likeness if likeness.score >= PROPOSED_FROM else None


def _known_pairs(session: Session, ids: Sequence[UUID]) -> dict[Pair, DuplicatePair]:
    known: dict[Pair, DuplicatePair] = {}
    for some in chunks(ids):
        for column in (DuplicatePair.first_id, DuplicatePair.second_id):
            for row in session.scalars(select(DuplicatePair).where(column.in_(some))):
                known[(row.first_id, row.second_id)] = row
    return known


def _row(pair: Pair, likeness: Likeness, at: datetime) -> dict[str, object]:
    return {
        "id": uuid7(at), "first_id": pair[0], "second_id": pair[1], "state": "open", "score": likeness.score,
        "reasons": likeness.reasons, "found_at": at, "decided_by": None, "decided_at": None,
    }  # fmt: skip


def _pair(one: UUID, other: UUID) -> Pair:
    return (one, other) if one < other else (other, one)
