"""Lists of targets and assignments for the office; only coordinators see them, with persons.

Newest first, but for the visits of one day, which stand in the order in which they are made.

`visible_targets` and `visible_assignments` are the only ways to a row here: they apply the caller's scope.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, false, literal, select, tuple_
from sqlalchemy.orm import Session

from geo.tables import Mahalle
from reports.csv_export import istanbul_time
from service_requests.keyset_pages import BadCursor, PageView, PageWanted, contains_words, count_rows, one_page, page_of
from service_requests.submission_lists import CodedView
from teams.accounts import NamedView
from teams.permissions import Everything, Scope
from teams.tables import Team
from visits.approximate_places import PRECISIONS
from visits.assignment_fields import STATUSES
from visits.assignment_states import PLANNED, POSTPONED
from visits.preferred_teams import WantedTeamView, preferred_team, read_wanted, still_there
from visits.tables import VisitAssignment, VisitTarget, VisitType
from visits.target_fields import KINDS

TARGET_HEADER = (
    "Tür", "Ad", "Görüşülecek kişi", "Telefon", "İkinci telefon", "Adres", "UAVT", "Mahalle", "Enlem", "Boylam",
    "Konum hassasiyeti", "Olay tarihi", "Not",
    "Ziyaret edilmesin", "İstenen ekip", "Liste no", "Değişme", "Kayıt no",
)  # fmt: skip
ASSIGNMENT_HEADER = (
    "Gün", "Ekip", "Sıra", "Ziyaret türü", "Durum", "Ad", "Adres", "Mahalle", "Neden", "Tekrar tarihi",
    "İstenen ekip", "Değişme", "Kayıt no",
)  # fmt: skip


class TargetFilters(msgspec.Struct, frozen=True):
    """What the list of targets is narrowed to; None narrows nothing. `q` are words of names, phones, addresses."""

    q: str | None = None
    mahalle: UUID | None = None
    kind: str | None = None
    in_no_mahalle: bool = False


class AssignmentFilters(msgspec.Struct, frozen=True):
    """What the list of assignments is narrowed to; None narrows nothing. `attention`: those that want a decision."""

    day: date | None = None
    team: UUID | None = None
    status: str | None = None
    attention: bool = False


class TargetRowView(msgspec.Struct, frozen=True, kw_only=True):
    """One target in a list; `fields` by their names in docs/sync-protocol.md."""

    id: UUID
    version: int
    kind: CodedView
    name: str
    fields: dict[str, str]
    mahalle: NamedView | None
    external_no: str | None
    # Where it lies, as exactly as is known: a point, or a guess by street or mahalle.
    lon: float | None
    lat: float | None
    precision: CodedView
    # The team that the household wants, whatever is planned for it.
    preferred_team: WantedTeamView | None
    changed_at: datetime


class AssignmentRowView(msgspec.Struct, frozen=True, kw_only=True):
    """One planned visit in a list, with whom it goes to.

    `attention`: why it wants a decision of a coordinator: `late` (planned for later than its last day), `no_day`
    (postponed, and nobody said until when), `not_home` (whether to go again is for a person to say), else empty.
    """

    id: UUID
    version: int
    day: date
    position: int
    team: NamedView
    visit_type: CodedView
    status: CodedView
    reason: str
    again_on: str
    target: NamedView
    address: str
    mahalle: NamedView | None
    changed_at: datetime
    last_day: date | None
    attention: str
    # Asked for by the visit itself (`has_own_wish`), else by its household.
    preferred_team: WantedTeamView | None
    has_own_wish: bool


def visible_targets(statement: Select[*tuple[Any, ...]], scope: Scope) -> Select[*tuple[Any, ...]]:
    """Restrict a statement over `VisitTarget` to the rows of a scope: all, or none."""
    shown = statement.where(VisitTarget.is_removed.is_(False))
    return shown if isinstance(scope, Everything) and scope.with_persons else shown.where(false())


def visible_assignments(statement: Select[*tuple[Any, ...]], scope: Scope) -> Select[*tuple[Any, ...]]:
    """Restrict a statement over `VisitAssignment` to the rows of a scope: all, or none."""
    shown = statement.where(VisitAssignment.is_removed.is_(False))
    return shown if isinstance(scope, Everything) and scope.with_persons else shown.where(false())


def list_targets(
    session: Session, scope: Scope, filters: TargetFilters, wanted: PageWanted
) -> PageView[TargetRowView]:  # fmt: skip
    """List one page of targets."""
    total = count_rows(session, _of_targets(select(VisitTarget.id), scope, filters))
    rows = next_targets(session, scope, filters, msgspec.structs.replace(wanted, limit=wanted.limit + 1))
    return page_of(rows, [row.id for row in rows], wanted, total)


def next_targets(
    session: Session, scope: Scope, filters: TargetFilters, wanted: PageWanted
) -> list[TargetRowView]:  # fmt: skip
    """Read the next piece of an export, uncounted."""
    named = select(VisitTarget, Mahalle.name.label("mahalle_name")).outerjoin(
        Mahalle, Mahalle.id == VisitTarget.mahalle_id
    )
    piece = one_page(_of_targets(named, scope, filters), VisitTarget.id, wanted).limit(wanted.limit)
    teams = read_wanted(session)
    return [_target_view(row, teams) for row in session.execute(piece)]


def list_assignments(
    session: Session, scope: Scope, filters: AssignmentFilters, wanted: PageWanted
) -> PageView[AssignmentRowView]:  # fmt: skip
    """List one page of assignments."""
    total = count_rows(session, _of_assignments(select(VisitAssignment.id), scope, filters))
    rows = next_assignments(session, scope, filters, msgspec.structs.replace(wanted, limit=wanted.limit + 1))
    return page_of(rows, [row.id for row in rows], wanted, total)


def next_assignments(
    session: Session, scope: Scope, filters: AssignmentFilters, wanted: PageWanted
) -> list[AssignmentRowView]:  # fmt: skip
    """Read the next piece of an export, uncounted."""
    named = (
        select(
            VisitAssignment, VisitTarget, Team.name.label("team_name"), VisitType.name.label("type_name"),
            Mahalle.name.label("mahalle_name"),
        )
        .join(VisitTarget, VisitTarget.id == VisitAssignment.target_id)
        .join(Team, Team.id == VisitAssignment.team_id)
        .join(VisitType, VisitType.code == VisitAssignment.visit_type)
        .outerjoin(Mahalle, Mahalle.id == VisitTarget.mahalle_id)
    )  # fmt: skip
    found = _of_assignments(named, scope, filters)
    if filters.day is None:
        piece = one_page(found, VisitAssignment.id, wanted).limit(wanted.limit)
    else:
        piece = _in_the_order_of_a_day(session, found, wanted)
    teams = still_there(read_wanted(session))
    return [_assignment_view(row, teams) for row in session.execute(piece)]


def _in_the_order_of_a_day(
    session: Session, found: Select[*tuple[Any, ...]], wanted: PageWanted
) -> Select[*tuple[Any, ...]]:  # fmt: skip
    """Sort one day's visits as they will be made: by team, then in its order. Raises `BadCursor`."""
    order = (Team.code, VisitAssignment.position, VisitAssignment.id)
    if wanted.after is not None:
        joined = select(*order).join(Team, Team.id == VisitAssignment.team_id)
        last = session.execute(joined.where(VisitAssignment.id == wanted.after)).one_or_none()
        if last is None:
            raise BadCursor
        found = found.where(tuple_(*order) > tuple_(*last))
    return found.order_by(*order).limit(wanted.limit)


def target_cells(row: TargetRowView) -> Sequence[object]:
    """Write one target in the columns of `TARGET_HEADER`."""
    fields = row.fields
    lat, lon = (row.lat, row.lon) if row.lat is not None else ("", "")
    copied = (fields.get(name, "") for name in ("ad", "yetkili", "telefon", "telefon_2", "adres", "uavt"))
    return (
        row.kind.name, *copied, row.mahalle.name if row.mahalle else "", lat, lon,
        row.precision.name, fields.get("olay_tarihi", ""), fields.get("not", ""),
        fields.get("ziyaret_edilmesin", ""), row.preferred_team.words if row.preferred_team else "",
        row.external_no or "", istanbul_time(row.changed_at), row.id,
    )  # fmt: skip


def assignment_cells(row: AssignmentRowView) -> Sequence[object]:
    """Write one planned visit in the columns of `ASSIGNMENT_HEADER`."""
    return (
        row.day, row.team.name, row.position, row.visit_type.name, row.status.name, row.target.name, row.address,
        row.mahalle.name if row.mahalle else "", row.reason, row.again_on,
        row.preferred_team.words if row.preferred_team else "", istanbul_time(row.changed_at), row.id,
    )  # fmt: skip


def _of_targets(
    statement: Select[*tuple[Any, ...]], scope: Scope, filters: TargetFilters
) -> Select[*tuple[Any, ...]]:  # fmt: skip
    conditions = contains_words(VisitTarget.search_key, filters.q) if filters.q else []
    if filters.mahalle is not None:
        conditions.append(VisitTarget.mahalle_id == filters.mahalle)
    if filters.in_no_mahalle:
        conditions.append(VisitTarget.mahalle_id.is_(None))
    if filters.kind is not None:
        conditions.append(VisitTarget.kind == filters.kind)
    return visible_targets(statement, scope).where(*conditions)


def _of_assignments(
    statement: Select[*tuple[Any, ...]], scope: Scope, filters: AssignmentFilters
) -> Select[*tuple[Any, ...]]:  # fmt: skip
    asked = (
        (VisitAssignment.day, filters.day),
        (VisitAssignment.team_id, filters.team),
        (VisitAssignment.status, filters.status),
    )
    conditions = [column == value for column, value in asked if value]
    if filters.attention:
        # The two partial indexes hold just these; they name the state, so it must be no parameter.
        is_late = (VisitAssignment.status == literal(PLANNED, literal_execute=True)) & (
            VisitAssignment.last_day < VisitAssignment.day
        )
        conditions.append(VisitAssignment.awaits_decision | is_late)
    return visible_assignments(statement, scope).where(*conditions)


def _target_view(row: Row[Any], teams: Mapping[UUID, WantedTeamView]) -> TargetRowView:
    target: VisitTarget = row.VisitTarget
    return TargetRowView(
        id=target.id, version=target.version, kind=CodedView(target.kind, KINDS.get(target.kind, target.kind)),
        name=target.name, fields=target.fields, mahalle=_mahalle(target, row), external_no=target.external_no,
        lon=target.lon, lat=target.lat,
        precision=CodedView(target.konum_hassasiyeti, PRECISIONS[target.konum_hassasiyeti]),
        # A removed one, too: the office shall see that the wish is in vain.
        preferred_team=_named(preferred_team({}, target.fields, teams), teams),
        changed_at=target.changed_at,
    )  # fmt: skip


def _assignment_view(row: Row[Any], teams: Mapping[UUID, WantedTeamView]) -> AssignmentRowView:
    visit: VisitAssignment = row.VisitAssignment
    target: VisitTarget = row.VisitTarget
    return AssignmentRowView(
        id=visit.id, version=visit.version, day=visit.day, position=visit.position,
        team=NamedView(visit.team_id, row.team_name), visit_type=CodedView(visit.visit_type, row.type_name),
        status=CodedView(visit.status, STATUSES.get(visit.status, visit.status)),
        reason=visit.fields.get("neden", ""), again_on=visit.fields.get("tekrar_tarihi", ""),
        target=NamedView(target.id, target.name), address=target.fields.get("adres", ""),
        mahalle=_mahalle(target, row), changed_at=visit.changed_at, last_day=visit.last_day,
        attention=_attention(visit), preferred_team=_named(preferred_team(visit.fields, target.fields, teams), teams),
        has_own_wish=preferred_team(visit.fields, {}, teams) is not None,
    )  # fmt: skip


def _named(team_id: UUID | None, teams: Mapping[UUID, WantedTeamView]) -> WantedTeamView | None:
    return teams.get(team_id) if team_id else None


def _attention(visit: VisitAssignment) -> str:
    if visit.awaits_decision:
        return "no_day" if visit.status == POSTPONED else "not_home"
    is_late = visit.status == PLANNED and visit.last_day is not None and visit.last_day < visit.day
    return "late" if is_late else ""


def _mahalle(target: VisitTarget, row: Row[Any]) -> NamedView | None:
    return NamedView(target.mahalle_id, row.mahalle_name) if target.mahalle_id and row.mahalle_name else None
