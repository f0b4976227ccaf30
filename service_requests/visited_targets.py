"""What the intake must know of the targets that new forms name: whether they are others by now, and lack a point.

A target that is known by its street or mahalle alone is made exact by the first visit: the point of the form becomes
its own, unless the form says of it otherwise, or was filled somewhere else. A form of a planned visit need not speak of
the target at all; the visit says whom it went to.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_requests.declared_changes import DeclaredChange
from service_requests.intake_run import Recorded
from visits.merged_targets import find_merged
from visits.tables import VisitAssignment, VisitTarget
from visits.target_areas import TARGET

# A point less exact than this says no more than the street does.
_EXACT_WITHIN_M = 100
# Results that say that the visitor did not stand at the door.
_NOT_THERE = frozenset({"adres_yok", "tasinmis"})


def look_up_targets(session: Session, prepared: Mapping[str, Recorded]) -> dict[str, Recorded]:
    """Let submissions of merged targets count for what they became, and give targets without a point the form's."""
    planned = _targets_of_plans(session, [one.row for one in prepared.values()])
    named = {one.row["target_id"] for one in prepared.values() if one.row["target_id"]} | set(planned.values())
    if not named:
        return dict(prepared)
    table = VisitTarget.__table__.c
    known = session.connection().execute(
        select(table.id, table.merged_into_id, table.konum_hassasiyeti, table.version).where(table.id.in_(named))
    )
    merged: set[UUID] = set()
    pointless: dict[UUID, int] = {}
    for one, into, precision, version in known:
        if into is not None:
            merged.add(one)
        elif precision != "nokta":
            pointless[one] = version
    follow_merged(session, [one.row for one in prepared.values() if one.row["target_id"] in merged])
    return {key: _made_exact(one, planned, pointless) for key, one in prepared.items()}


def _targets_of_plans(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[UUID, UUID], UUID]:
    """Find whom planned visits go to, by visit and team; of forms that name the target themselves nothing is asked."""
    wanted = {row["assignment_id"] for row in rows if row["assignment_id"] and not row["target_id"]}
    if not wanted:
        return {}
    table = VisitAssignment.__table__.c
    found = session.connection().execute(
        select(table.id, table.team_id, table.target_id).where(table.id.in_(wanted), table.is_removed.is_(False))
    )
    return {(one, team_id): target_id for one, team_id, target_id in found}


def follow_merged(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Let submissions that name a merged target count for what it has become."""
    naming = [row for row in rows if row.get("target_id")]
    ends = find_merged(session, {row["target_id"] for row in naming}) if naming else {}
    for row in naming:
        if row["target_id"] in ends:
            row["named_target_id"], row["target_id"] = row["target_id"], ends[row["target_id"]]


def _made_exact(
    one: Recorded, planned: Mapping[tuple[UUID, UUID], UUID], pointless: Mapping[UUID, int]
) -> Recorded:  # fmt: skip
    """Give the target the form's point; `pointless` has the version of each, which is all that this can have seen."""
    row, point = one.row, visit_geometry(one.row)
    target_id: UUID | None = row["target_id"] or planned.get((row["assignment_id"], row["team_id"]))
    if point is None or target_id is None or target_id not in pointless:
        return one
    if row["target_id"]:
        return one._replace(changes=[_with_point(change, target_id, point) for change in one.changes])
    place = next(change.place for change in one.changes if change.entity_id == row["assignment_id"])
    given = DeclaredChange(
        kind=TARGET, entity_id=target_id, values={"geometry": point}, creates=False,
        base_version=pointless[target_id], trunk_version=None, branch_id=None, place=place,
    )  # fmt: skip
    return one._replace(changes=[*one.changes, given])


def visit_geometry(row: Mapping[str, Any]) -> str | None:
    """Return the point of a visit as a target's field, where it can be the target's. Pure."""
    accuracy = row["accuracy_m"]
    if row["place"] != "inside" or row["result"] in _NOT_THERE or (accuracy or 0) > _EXACT_WITHIN_M:
        return None
    return f"{row['lat']} {row['lon']} 0 {accuracy or 0:g}"


def _with_point(change: DeclaredChange, target_id: UUID, point: str) -> DeclaredChange:
    is_its_own = change.kind == TARGET and change.entity_id == target_id and not change.creates
    if not is_its_own or change.values.get("geometry"):
        return change
    return msgspec.structs.replace(change, values=change.values | {"geometry": point})
