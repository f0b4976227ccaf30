"""Recording a visit list: good rows are taken, each bad one is reported, and the same list twice changes nothing.

`visit_list_rows.py` says what a row means; `recording.py` records, as one more writer of each entity.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.mahalle_index import MahalleIndex
from geo.tables import BoundarySet, Mahalle
from geo.turkish import search_key
from sync.change_log import FeedChanges
from teams.tables import Team
from visits.recording import NewAssignment, Recorded, Recording, record_assignments, record_targets
from visits.tables import VisitAssignment, VisitTarget, VisitType
from visits.visit_list_file import ListRow
from visits.visit_list_rows import BadRow, KnownNames, TargetRow, key_of_visit, read_row

# A page shows some; who has more wrong than this repairs the file by its first lines.
MOST_BAD_ROWS = 500
_AT_ONCE = 500


class Tally(msgspec.Struct):
    """How many entities a list brought. `unsettled`: changed by somebody else meanwhile, so a person decides."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    unsettled: int = 0


class VisitListReport(msgspec.Struct, frozen=True):
    """What became of a list. `bad` are the first `MOST_BAD_ROWS` of `bad_count`."""

    rows: int
    targets: Tally
    visits: Tally
    bad_count: int
    bad: list[BadRow]


class _Known(msgspec.Struct, frozen=True):
    version: int
    name: str
    address: str


def import_visit_list(
    session: Session, rows: Sequence[ListRow], feed: FeedChanges, recording: Recording, *, index: MahalleIndex
) -> VisitListReport:
    """Record what the good rows say; locks entities, takes no sequence number (`write_feed` comes after)."""
    names = _read_names(session, index)
    read = [read_row(row, names) for row in rows]
    bad = [row for row in read if isinstance(row, BadRow)]
    good = [row for row in read if isinstance(row, TargetRow)]
    known = _known_targets(session, {row.key for row in good})
    strangers = {row.number: told for row in good if (told := _is_of_another(row, known.get(row.key))) is not None}
    good = [row for row in good if row.number not in strangers]
    bad = sorted([*bad, *strangers.values()], key=lambda one: one.row)
    # The same target in several rows (one visit each) is recorded once for each thing the rows say of it.
    distinct = list({(row.key, str(row.target.fields)): row.target for row in good}.values())
    recorded = record_targets(session, distinct, feed, recording, index=index)
    ids = {target.external_no: one.id for target, one in zip(distinct, recorded, strict=True)}
    visits = [_visit(row, ids[row.key]) for row in good if row.plan is not None]
    visits = list({visit.external_no: visit for visit in visits}.values())
    planned_before = _versions(session, VisitAssignment, {visit.external_no or "" for visit in visits})
    planned = record_assignments(session, visits, feed, recording)
    return VisitListReport(
        len(rows),
        _tally((row.external_no or "" for row in distinct), recorded, {no: one.version for no, one in known.items()}),
        _tally((visit.external_no or "" for visit in visits), planned, planned_before),
        len(bad),
        bad[:MOST_BAD_ROWS],
    )


def _visit(row: TargetRow, target_id: UUID) -> NewAssignment:
    assert row.plan is not None  # noqa: S101 - for the type checker
    plan = row.plan
    return NewAssignment(
        target_id, plan.team_id, plan.visit_type, plan.day, plan.position, external_no=key_of_visit(row, plan)
    )


def _is_of_another(row: TargetRow, known: _Known | None) -> BadRow | None:
    """Notice a number that stands for somebody else already: lists that count their rows from 1 would mix people."""
    fields = row.target.fields
    if known is None or not row.key.startswith("no:"):
        return None
    same_name = search_key(fields.get("ad", "")) == search_key(known.name)
    same_address = search_key(fields.get("adres", "")) == search_key(known.address)
    if same_name or same_address:
        return None
    reason = "Bu numara başka ad ve adresle kayıtlı. Satır sayısı değil, kişinin ya da yerin kalıcı numarası yazılmalı."
    return BadRow(row.number, "no", row.key.removeprefix("no:"), reason)


def _tally(numbers: Iterable[str], recorded: Sequence[Recorded], before: dict[str, int]) -> Tally:
    tally = Tally()
    for number, one in zip(numbers, recorded, strict=True):
        version = one.outcome.version or 0
        if one.is_new:
            tally.new += 1
        elif one.outcome.status == "conflict":
            tally.unsettled += 1
        elif version > before.get(number, 1):
            tally.changed += 1
        else:
            tally.unchanged += 1
    return tally


def _read_names(session: Session, index: MahalleIndex) -> KnownNames:
    current = select(Mahalle.name, Mahalle.id).join(BoundarySet, BoundarySet.id == Mahalle.boundary_set_id)
    mahalle = session.execute(current.where(BoundarySet.is_current)).all()
    teams = session.execute(select(Team.name, Team.code, Team.id).where(Team.is_active)).all()
    types = session.execute(select(VisitType.name, VisitType.code)).all()
    return KnownNames(
        mahalle={search_key(name): mahalle_id for name, mahalle_id in mahalle},
        teams={search_key(word): team_id for name, code, team_id in teams for word in (name, code)},
        visit_types={search_key(word): code for name, code in types for word in (name, code)},
        index=index,
    )


def _known_targets(session: Session, numbers: set[str]) -> dict[str, _Known]:
    known: dict[str, _Known] = {}
    for some in _pieces(numbers):
        wanted = select(VisitTarget.external_no, VisitTarget.version, VisitTarget.fields)
        for number, version, fields in session.execute(wanted.where(VisitTarget.external_no.in_(some))):
            known[str(number)] = _Known(version, fields.get("ad", ""), fields.get("adres", ""))
    return known


def _versions(session: Session, table: type[VisitAssignment], numbers: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _pieces(numbers):
        wanted = select(table.external_no, table.version).where(table.external_no.in_(some))
        found.update({str(number): version for number, version in session.execute(wanted)})
    return found


def _pieces(numbers: set[str]) -> Iterable[list[str]]:
    ordered = sorted(numbers)
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))
