"""The organisation (`organisation.py`) in the database: rows are matched by code, only routes are deleted."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from foundation.identifiers import uuid7
from foundation.insertion import insert_all
from geo.tables import Mahalle
from service_requests.organisation import KnownCodes, Named, Organisation, PlannedRoute
from service_requests.tables import Category, RoutingRule
from teams.tables import Directorate, Team, TeamArea
from teams.team_areas import replace_team_areas
from visits.tables import VisitType


def known_codes(session: Session) -> KnownCodes:
    """Read the codes that routes may name."""
    return KnownCodes(
        directorate=set(session.scalars(select(Directorate.code))),
        category=set(session.scalars(select(Category.code))),
        mahalle=set(session.scalars(select(Mahalle.code))),
    )


def read_present(session: Session) -> Organisation:
    """Read what is stored, in the order it is shown."""
    return Organisation(
        team=_present_teams(session),
        directorate=tuple(
            Named(row.code, row.name, row.is_outside_body)
            for row in session.scalars(select(Directorate).order_by(Directorate.code))
        ),
        category=_listed(session, Category),
        visit_type=_listed(session, VisitType),
        route=_present_routes(session),
    )


def store_organisation(session: Session, organisation: Organisation, at: datetime) -> dict[str, int]:
    """Bring the database to what the file says; returns how many rows of each section are new or changed.

    The file must have been read against `known_codes` of the same transaction. The caller commits.
    """
    changed = {
        "team": _store_coded(session, Team, organisation.team, lambda _: {"id": uuid7(at)}),
        "directorate": _store_coded(session, Directorate, organisation.directorate, lambda _: {"id": uuid7(at)}),
        "category": _store_listed(session, Category, organisation.category),
        "visit_type": _store_listed(session, VisitType, organisation.visit_type),
    }
    session.flush()
    # A team that is new or renamed and has other mahalle is one change, not two.
    changed["team"] = max(changed["team"], _store_team_areas(session, organisation.team))
    return {**changed, "route": _replace_routes(session, organisation.route, at)}


def _present_teams(session: Session) -> tuple[Named, ...]:
    codes: dict[UUID, list[str]] = {}
    areas = select(TeamArea.team_id, Mahalle.code).join(Mahalle, Mahalle.id == TeamArea.mahalle_id)
    for team_id, code in session.execute(areas):
        codes.setdefault(team_id, []).append(code)
    teams = session.scalars(select(Team).order_by(Team.code))
    # A team without mahalle is written without the line: given back, the file then leaves it alone.
    return tuple(
        Named(team.code, team.name, mahalle=tuple(sorted(codes[team.id])) if team.id in codes else None)
        for team in teams
    )


def _store_team_areas(session: Session, teams: Sequence[Named]) -> int:
    """Give each team the mahalle that the file says; a team of which it says nothing keeps its own."""
    mahalle = {row.code: row.id for row in session.execute(select(Mahalle.code, Mahalle.id))}
    ids = {row.code: row.id for row in session.execute(select(Team.code, Team.id))}
    return sum(
        replace_team_areas(session, ids[team.code], [mahalle[code] for code in team.mahalle])
        for team in teams
        if team.mahalle is not None
    )


def _listed(session: Session, table: type[Category] | type[VisitType]) -> tuple[Named, ...]:
    rows = session.execute(select(table.code, table.name).order_by(table.position, table.code))
    return tuple(Named(row.code, row.name) for row in rows)


def _store_listed(session: Session, table: type[Category] | type[VisitType], named: Sequence[Named]) -> int:
    # What is new goes to the end of the list; the order of what is there is kept.
    last = session.scalar(select(func.max(table.position))) or 0
    return _store_coded(session, table, named, lambda place: {"position": last + place})


def _store_coded(
    session: Session,
    table: Any,  # noqa: ANN401 - any of the four tables that have codes
    named: Sequence[Named],
    made: Callable[[int], dict[str, Any]],
) -> int:
    """Update rows of known codes, add the others with what `made` gives for their place among the new."""
    rows = {row.code: row for row in session.scalars(select(table))}
    before = len(rows)
    changed = 0
    for one in named:
        values: dict[str, Any] = {"name": one.name}
        if table is Directorate:
            values["is_outside_body"] = one.outside_body
        row = rows.get(one.code)
        if row is None:
            rows[one.code] = row = table(code=one.code, **made(len(rows) - before + 1), **values)
            session.add(row)
        elif all(getattr(row, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(row, name, value)
        changed += 1
    return changed


def _present_routes(session: Session) -> tuple[PlannedRoute, ...]:
    directorates = {row.id: row.code for row in session.execute(select(Directorate.id, Directorate.code))}
    mahalle = {row.id: row.code for row in session.execute(select(Mahalle.id, Mahalle.code))}
    return tuple(
        PlannedRoute(
            directorates[rule.directorate_id],
            rule.category_code,
            # A rule for a mahalle that is in no set any more is told as one that names its id.
            mahalle.get(rule.mahalle_id, str(rule.mahalle_id)) if rule.mahalle_id else None,
            rule.valid_from,
            rule.valid_until,
        )
        for rule in session.scalars(select(RoutingRule).order_by(RoutingRule.id))
    )


def _replace_routes(session: Session, routes: Sequence[PlannedRoute], at: datetime) -> int:
    """Replace the routing table as a whole; without routes in the file, or with the same ones, it stays."""
    if not routes or tuple(routes) == _present_routes(session):
        return 0
    directorates: dict[str, UUID] = {
        row.code: row.id for row in session.execute(select(Directorate.code, Directorate.id))
    }
    mahalle: dict[str, UUID] = {row.code: row.id for row in session.execute(select(Mahalle.code, Mahalle.id))}
    session.execute(delete(RoutingRule))
    rows = [
        {
            # In the order of the file: among equals the smaller id wins, so the earlier line does.
            "id": uuid7(at),
            "category_code": route.category,
            "mahalle_id": mahalle[route.mahalle] if route.mahalle else None,
            "valid_from": route.valid_from,
            "valid_until": route.valid_until,
            "directorate_id": directorates[route.directorate],
        }
        for route in routes
    ]
    insert_all(session, RoutingRule, rows)
    return len(rows)
