"""A visit list against what is there: what it would bring, and bringing it. The same list twice changes nothing.

Works on a piece of the list at a time, in the list's order; `ListRun` remembers between pieces. `visit_list_rows.py`
says what a row means; `recording.py` records, as one more writer of each entity.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from geo.mahalle_index import MahalleIndex
from geo.turkish import search_key
from sync.change_log import FeedChanges
from sync.field_changes import ChangeOutcome
from visits.known_targets import KnownTarget, Touched, read_known_targets, read_known_visits, read_names
from visits.recording import (
    NewAssignment,
    NewTarget,
    Recorded,
    Recording,
    foresee_assignments,
    foresee_targets,
    record_assignments,
    record_targets,
)
from visits.row_fields import Problem
from visits.visit_list_rows import BadRow, KnownNames, RowReading, TargetRow, key_of_visit, read_row

_OTHERS_NUMBER = (
    "Bu numara başka ad ve adresle kayıtlı. Satır sayısı değil, kişinin ya da yerin kalıcı numarası yazılmalı."
)
_NOT_TO_BE_VISITED = "Bu hedef «ziyaret edilmesin» diye kayıtlı. Satırdan ziyaret planını (ekip, tür, gün) silin."
_TAKEN_OFF = "Bu kayıt daha önce listeden çıkarılmış; yeniden alınmaz."


class Tally(msgspec.Struct):
    """How many entities a list brings. `unsettled`: changed by somebody else meanwhile, so a person decides."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    unsettled: int = 0


class ListCounts(msgspec.Struct):
    """What a list brings: rows that hold anything, bad ones among them, and what the good ones make."""

    rows: int = 0
    bad: int = 0
    targets: Tally = msgspec.field(default_factory=Tally)
    visits: Tally = msgspec.field(default_factory=Tally)


class ReadPiece(msgspec.Struct, frozen=True):
    """What the rows of a piece say, without a look at what is there."""

    good: list[TargetRow]
    bad: list[BadRow]


class _Piece(NamedTuple):
    """The good rows of a piece, and what is known of them."""

    good: list[TargetRow]
    known: Mapping[str, KnownTarget]


class ListRun:
    """One passage through a list, either only looking (`check`) or recording (`record`); `counts` grows with it."""

    def __init__(self, session: Session, reading: RowReading, recording: Recording, index: MahalleIndex) -> None:
        self.counts = ListCounts()
        self.targets: set[UUID] = set()
        self._names: KnownNames = read_names(session, index)
        self._reading, self._recording, self._index = reading, recording, index
        # What rows before have said, by key: a target may stand in several rows, one for each visit to it.
        self._said: dict[str, set[bytes]] = {}
        self._visits: set[str] = set()

    def read(self, rows: Iterable[tuple[int, list[str]]]) -> ReadPiece:
        """Say what the rows of a piece mean; needs no transaction."""
        read = [read_row(number, cells, self._reading, self._names) for number, cells in rows]
        good = [row for row in read if isinstance(row, TargetRow)]
        return ReadPiece(good, [row for row in read if isinstance(row, BadRow)])

    def find_touched(self, session: Session, read: ReadPiece, touched: Touched) -> None:
        """Note what is there of what a piece will change, so that all of it is locked at once and in order."""
        known = read_known_targets(session, {row.key for row in read.good})
        for row in read.good:
            target = known.get(row.key)
            if target and (row.plan or not _says_nothing_new(row.target.fields, target.fields)):
                touched.targets.add(target.id)
        planned = {key_of_visit(row, row.plan) for row in read.good if row.plan}
        touched.visits.update(one.id for one in read_known_visits(session, planned).values())

    def check(self, session: Session, read: ReadPiece) -> list[BadRow]:
        """Count what a piece would bring; returns its bad rows."""
        piece, bad = self._sort(session, read)
        tally = self.counts.targets
        asked: list[NewTarget] = []
        for row, is_again in self._distinct(piece.good):
            known = piece.known.get(row.key)
            if known is None:
                tally.new += not is_again
                tally.changed += is_again
            elif _says_nothing_new(row.target.fields, known.fields):
                tally.unchanged += 1
            else:
                asked.append(NewTarget(_news(row.target.fields, known), id=known.id))
        count_outcomes(tally, foresee_targets(session, asked, self._recording, index=self._index))
        self._check_visits(session, piece)
        return bad

    def record(self, session: Session, read: ReadPiece, feed: FeedChanges) -> list[BadRow]:
        """Record what the good rows of a piece say, and count it; takes no sequence number (`write_feed` after)."""
        piece, bad = self._sort(session, read)
        given: list[NewTarget] = []
        ids = {key: one.id for key, one in piece.known.items()}
        keys: list[str] = []
        for row, _ in self._distinct(piece.good):
            known = piece.known.get(row.key)
            if known is not None and _says_nothing_new(row.target.fields, known.fields):
                self.counts.targets.unchanged += 1
                continue
            keys.append(row.key)
            given.append(row.target if known is None else _again(row, known))
        recorded = record_targets(session, given, feed, self._recording, index=self._index)
        ids |= {key: one.id for key, one in zip(keys, recorded, strict=True)}
        _count_recorded(self.counts.targets, recorded)
        self.targets.update(one.id for one in recorded)
        self._record_visits(session, piece.good, ids, feed)
        return bad

    def _sort(self, session: Session, read: ReadPiece) -> tuple[_Piece, list[BadRow]]:
        known = read_known_targets(session, {row.key for row in read.good})
        checked = [self._against(row, known.get(row.key)) for row in read.good]
        bad = sorted((*read.bad, *(row for row in checked if isinstance(row, BadRow))), key=lambda row: row.number)
        self.counts.rows += len(read.good) + len(read.bad)
        self.counts.bad += len(bad)
        return _Piece([row for row in checked if isinstance(row, TargetRow)], known), bad

    def _against(self, row: TargetRow, known: KnownTarget | None) -> TargetRow | BadRow:
        """Hold a row against the target it names: it may be somebody else's, taken off, or not to be visited."""
        if known is None:
            return row
        if known.is_removed:
            return self._bad(row, "ad", _TAKEN_OFF)
        # Lists that count their rows from 1 would mix people.
        if row.key.startswith("no:") and not _is_same(row.target.fields, known.fields):
            return self._bad(row, "no", _OTHERS_NUMBER)
        if known.do_not_visit and row.plan is not None:
            return self._bad(row, "ekip", _NOT_TO_BE_VISITED)
        return row

    def _bad(self, row: TargetRow, field: str, reason: str) -> BadRow:
        columns = self._reading.columns
        value = row.key.removeprefix("no:") if field == "no" else row.target.fields.get(field, "")
        return BadRow(row.number, (Problem(columns.index(field) if field in columns else None, value[:200], reason),))

    def _distinct(self, good: Sequence[TargetRow]) -> list[tuple[TargetRow, bool]]:
        """Leave out rows that say what a row before said of the same target; tell who was named before."""
        found: list[tuple[TargetRow, bool]] = []
        for row in good:
            said = hashlib.blake2b(msgspec.json.encode(row.target.fields), digest_size=8).digest()
            before = self._said.setdefault(row.key, set())
            if said not in before:
                found.append((row, bool(before)))
                before.add(said)
        return found

    def _check_visits(self, session: Session, piece: _Piece) -> None:
        planned = self._planned(piece.good)
        known = read_known_visits(session, set(planned))
        tally = self.counts.visits
        asked: list[NewAssignment] = []
        for number, row in planned.items():
            visit, target = known.get(number), piece.known.get(row.key)
            if visit is None or target is None:
                tally.new += 1
            else:
                asked.append(_visit(row, target.id, visit.id))
        count_outcomes(tally, foresee_assignments(session, asked, self._recording))

    def _record_visits(
        self, session: Session, good: Sequence[TargetRow], ids: Mapping[str, UUID], feed: FeedChanges
    ) -> None:
        planned = self._planned(good)
        visits = [_visit(row, ids[row.key]) for row in planned.values()]
        _count_recorded(self.counts.visits, record_assignments(session, visits, feed, self._recording))

    def _planned(self, good: Sequence[TargetRow]) -> dict[str, TargetRow]:
        """Name the visits that rows plan, each once."""
        planned = {key_of_visit(row, row.plan): row for row in good if row.plan is not None}
        fresh = {number: row for number, row in planned.items() if number not in self._visits}
        self._visits.update(fresh)
        return fresh


def count_outcomes(tally: Tally, outcomes: Iterable[ChangeOutcome]) -> None:
    """Count what became, or would become, of changes to what is there already."""
    for outcome in outcomes:
        tally.unsettled += outcome.status == "conflict"
        tally.unchanged += not outcome.is_version and outcome.status != "conflict"
        tally.changed += outcome.is_version and outcome.status != "conflict"


def _count_recorded(tally: Tally, recorded: Sequence[Recorded]) -> None:
    tally.new += sum(one.is_new for one in recorded)
    count_outcomes(tally, (one.outcome for one in recorded if not one.is_new))


def _visit(row: TargetRow, target_id: UUID, known_id: UUID | None = None) -> NewAssignment:
    assert row.plan is not None  # noqa: S101 - for the type checker
    plan = row.plan
    return NewAssignment(
        target_id, plan.team_id, plan.visit_type, plan.day, plan.position, key_of_visit(row, plan), known_id
    )


def _again(row: TargetRow, known: KnownTarget) -> NewTarget:
    """Say of a known target what a row says; of one that was merged only what is new, and without its number."""
    if known.is_merged:
        return NewTarget(_news(row.target.fields, known), id=known.id)
    return msgspec.structs.replace(row.target, id=known.id)


def _news(fields: Mapping[str, str], known: KnownTarget) -> dict[str, str]:
    if not known.is_merged:
        return dict(fields)
    return {name: text for name, text in fields.items() if known.fields.get(name, "") != text}


def _says_nothing_new(fields: Mapping[str, str], known: Mapping[str, str]) -> bool:
    return all(known.get(name, "") == text for name, text in fields.items())


def _is_same(fields: Mapping[str, str], known: Mapping[str, str]) -> bool:
    return any(search_key(fields.get(name, "")) == search_key(known.get(name, "")) for name in ("ad", "adres"))
