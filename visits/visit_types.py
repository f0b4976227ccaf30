"""Visit types, which are data of the municipality: listed, added and changed without a programmer.

Which form is filled on a type stands in two places that this module keeps in step: `form.visit_type` says what a
submission is counted as, `visit_type.form_id` which form is opened for a visit. What a type may hold is
`visit_type_fields.py`.
"""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from field_forms.publishing import UnknownForm
from field_forms.tables import Form
from foundation.errors import SahaError
from geo.turkish import search_key
from visits.tables import VisitType
from visits.visit_type_fields import NewVisitType, VisitTypeChange, changed_columns, refuse_bad_columns


class UnknownVisitType(SahaError):
    """There is no visit type of this code."""

    code = "visit_type.unknown"


class VisitTypeTaken(SahaError):
    """Another visit type has this code or this name."""

    code = "visit_type.taken"


class FormOfAnotherType(SahaError):
    """The form is filled on visits of another type: what it brought would change its kind."""

    code = "visit_type.form_taken"


def refuse_unknown_visit_type(session: Session, code: str | None) -> None:
    """Let a known code pass, or none at all. Raises `UnknownVisitType`."""
    if code is not None and session.get(VisitType, code) is None:
        raise UnknownVisitType(f"«{code}» diye bir ziyaret türü yok: kodu denetleyin (ör. hane, esnaf, taziye).")


def list_visit_types(session: Session) -> list[VisitType]:
    """List all visit types in the order in which they are offered, those out of use among them."""
    return list(session.scalars(select(VisitType).order_by(VisitType.position, VisitType.code)))


def add_visit_type(session: Session, new: NewVisitType) -> VisitType:
    """Add a visit type at the end of the list.

    Raises `BadVisitType`, `VisitTypeTaken`, `UnknownForm`, `FormOfAnotherType`.
    """
    columns = changed_columns(new)
    if session.get(VisitType, columns["code"]) is not None:
        raise VisitTypeTaken(f"«{columns['code']}» kodlu bir ziyaret türü var. Başka bir kod yazın.")
    last = session.scalar(select(func.max(VisitType.position))) or 0
    return _store(session, VisitType(position=last + 1, deadline_rule="", expected_minutes=15, indicator=""), columns)


def change_visit_type(session: Session, code: str, change: VisitTypeChange) -> VisitType:
    """Change a visit type; its code stays, because visits and forms name it.

    Raises `UnknownVisitType`, `BadVisitType`, `VisitTypeTaken`, `UnknownForm`, `FormOfAnotherType`.
    """
    visit_type = session.get(VisitType, code, with_for_update=True)
    if visit_type is None:
        raise UnknownVisitType("Bu ziyaret türü yok. Sayfayı yenileyip listeden yeniden seçin.")
    return _store(session, visit_type, changed_columns(change))


def let_form_be_of_type(session: Session, form_id: str, code: str | None) -> None:
    """Note that a form was published for a type: it is opened for its visits where the type had no form yet.

    A type that named the form before no longer does.
    """
    if code is None:
        return
    others = update(VisitType).where(VisitType.form_id == form_id, VisitType.code != code)
    session.execute(others.values(form_id=None))
    first = update(VisitType).where(VisitType.code == code, VisitType.form_id.is_(None))
    session.execute(first.values(form_id=form_id))


def _store(session: Session, visit_type: VisitType, columns: dict[str, object]) -> VisitType:
    with session.no_autoflush:
        for name, value in columns.items():
            setattr(visit_type, name, value)
        refuse_bad_columns(visit_type)
        _refuse_same_name(session, visit_type)
        if columns.get("form_id"):
            _claim_form(session, visit_type)
    session.add(visit_type)
    session.flush()
    return visit_type


def _refuse_same_name(session: Session, visit_type: VisitType) -> None:
    """Refuse a name that another type has: imports find the type by its name."""
    others = session.execute(select(VisitType.code, VisitType.name).where(VisitType.code != visit_type.code))
    if any(search_key(other.name) == search_key(visit_type.name) for other in others):
        raise VisitTypeTaken(f"Adı «{visit_type.name}» olan başka bir ziyaret türü var. Başka bir ad yazın.")


def _claim_form(session: Session, visit_type: VisitType) -> None:
    form = session.get(Form, visit_type.form_id)
    if form is None:
        raise UnknownForm(f"«{visit_type.form_id}» kimlikli bir form yayımlanmamış. Önce formu yayımlayın.")
    if form.visit_type not in {None, visit_type.code}:
        raise FormOfAnotherType(
            f"«{form.title}» formu başka bir ziyaret türünde dolduruluyor. Başka bir form seçin ya da formu başka bir "
            "kimlikle yeniden yayımlayın.",
            visit_type=form.visit_type,
        )
    form.visit_type = visit_type.code
