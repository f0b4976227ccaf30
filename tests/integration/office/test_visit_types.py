"""Visit types are data: the office adds one with its form and deadline, and what is sent counts to it."""

from typing import Any

import pytest
from sqlalchemy import select

from api.wiring import Wiring
from field_forms.tables import Form
from service_requests.tables import Submission
from tests.builders import a_submission
from tests.fixtures.municipality import compiled_catalogue
from tests.fixtures.office import Office
from visits.tables import VisitType

MUHTAR: dict[str, Any] = {
    "code": "okul_ziyareti", "name": " Okul  ziyareti ", "deadline_rule": "after_event", "deadline_days": 10,
    "cadence_days": 180, "expected_minutes": 40, "indicator": "Ziyaret edilen okul",
}  # fmt: skip


def publish_as(office: Office, form_id: str) -> None:
    """Publish the smallest form under an id, of no visit type."""
    source = f"| survey | type | name | label |\n| | text | ad | Adı |\n\n| settings | form_id |\n| | {form_id} |\n"
    files = {"file": (f"{form_id}.md", source.encode(), "text/markdown")}
    assert office.post("koordinator", "/v1/forms", files=files).status_code == 201


def test_a_visit_type_is_added_with_its_form_and_what_is_sent_counts_to_it(office: Office, wiring: Wiring) -> None:
    publish_as(office, "okul")
    added = office.post("admin", "/v1/visit-types", json=MUHTAR | {"form_id": "okul"})
    assert added.status_code == 201
    told = {"name": "Okul ziyareti", "form_id": "okul", "form_title": "okul", "is_active": True, "visits": 0}
    assert added.json() == MUHTAR | told | {"proposes_next": False}
    with wiring.database.reading() as session:
        version = session.scalars(select(Form.visit_type).where(Form.form_id == "okul")).one()
    assert version == "okul_ziyareti"
    rows = office.get("koordinator", "/v1/visit-types").json()["items"]
    assert [row["code"] for row in rows[:2]] == ["hane", "hos_geldiniz"]
    assert rows[-1] == added.json()
    assert {"code": "okul_ziyareti", "name": "Okul ziyareti", "is_active": True} in office.get(
        "saha", "/v1/reference"
    ).json()["visit_types"]


def test_a_visit_type_is_changed_and_what_was_sent_keeps_its_type(office: Office, wiring: Wiring) -> None:
    version = next(compiled.version for _, compiled in compiled_catalogue() if compiled.form_id == "hane")
    assert office.send(a_submission(version=version)).is_success
    change = {"name": "Ev ziyareti", "deadline_rule": "", "cadence_days": None, "is_active": False}
    changed = office.ask("koordinator", "PATCH", "/v1/visit-types/hane", json=change).json()
    assert (changed["name"], changed["cadence_days"], changed["is_active"]) == ("Ev ziyareti", None, False)
    assert (changed["visits"], changed["form_id"], changed["expected_minutes"]) == (1, "hane", 20)
    with wiring.database.reading() as session:
        assert session.scalars(select(Submission.visit_type)).all() == ["hane"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_is_refused_with_its_reason(office: Office, wiring: Wiring) -> None:
    for change, status, code in (
        ({"code": "Okul!"}, 422, "visit_type.invalid"),
        ({"code": "hane"}, 409, "visit_type.taken"),
        # İ and ı are told apart, cases are not.
        ({"name": "HANE ZİYARETİ"}, 409, "visit_type.taken"),
        ({"form_id": "yok_boyle"}, 404, "form.unknown"),
        ({"form_id": "esnaf"}, 409, "visit_type.form_taken"),
        ({"deadline_days": None}, 422, "visit_type.invalid"),
        ({"deadline_rule": "someday"}, 400, "request.invalid"),
        ({"expected_minutes": 0}, 422, "visit_type.invalid"),
        ({"cadence_days": 0}, 422, "visit_type.invalid"),
    ):
        answer = office.post("admin", "/v1/visit-types", json=MUHTAR | change)
        assert (answer.status_code, answer.json()["code"]) == (status, code), change
    unknown = office.ask("admin", "PATCH", "/v1/visit-types/yok", json={"name": "x"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "visit_type.unknown")
    with wiring.database.reading() as session:
        assert session.get(VisitType, "okul_ziyareti") is None


def test_every_municipality_starts_with_types_that_can_be_planned(office: Office) -> None:
    rows = {row["code"]: row for row in office.get("koordinator", "/v1/visit-types").json()["items"]}
    due = {code: (row["deadline_rule"], row["deadline_days"]) for code, row in rows.items() if row["deadline_rule"]}
    assert due == {
        "taziye": ("after_event", 3), "hayirli_olsun": ("after_event", 15), "hos_geldiniz": ("after_event", 30),
        "asker_ugurlama": ("before_event", 1),
    }  # fmt: skip
    assert len(rows) == 16
    assert all(row["indicator"] and row["expected_minutes"] for row in rows.values())
