"""Visit types as their page shows them, each with its form and how many visits it has brought."""

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from field_forms.tables import Form
from service_requests.tables import Submission
from visits.tables import VisitType
from visits.visit_types import list_visit_types


class VisitTypeView(msgspec.Struct, frozen=True, kw_only=True):
    """One visit type; `form_title` is empty where the form it names is not published here. Durations in minutes."""

    code: str
    name: str
    form_id: str | None
    form_title: str | None
    deadline_rule: str
    deadline_days: int | None
    cadence_days: int | None
    expected_minutes: int
    indicator: str
    is_active: bool
    proposes_next: bool
    visits: int


def view_visit_types(session: Session) -> list[VisitTypeView]:
    """View all visit types in the order in which they are offered."""
    types = list_visit_types(session)
    forms = {row.form_id: row.title for row in session.execute(select(Form.form_id, Form.title))}
    return [_view(one, forms, _count_visits(session, one.code)) for one in types]


def view_visit_type(session: Session, visit_type: VisitType) -> VisitTypeView:
    """View one visit type."""
    form = session.get(Form, visit_type.form_id) if visit_type.form_id else None
    titles = {form.form_id: form.title} if form else {}
    return _view(visit_type, titles, _count_visits(session, visit_type.code))


def _count_visits(session: Session, code: str) -> int:
    """Count the visits of a type, by its index; more than enough to say whether it is in use."""
    some = select(Submission.id).where(Submission.visit_type == code).limit(_COUNTED)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


# A page needs no exact figure above it, and no list may cost more as the table grows.
_COUNTED = 1_000


def _view(visit_type: VisitType, titles: dict[str, str], visits: int) -> VisitTypeView:
    return VisitTypeView(
        code=visit_type.code, name=visit_type.name, form_id=visit_type.form_id,
        form_title=titles.get(visit_type.form_id or ""), deadline_rule=visit_type.deadline_rule,
        deadline_days=visit_type.deadline_days, cadence_days=visit_type.cadence_days,
        expected_minutes=visit_type.expected_minutes, indicator=visit_type.indicator,
        is_active=visit_type.is_active, proposes_next=visit_type.proposes_next, visits=visits,
    )  # fmt: skip
