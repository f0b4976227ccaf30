"""The two entity lists with made-up rows, for trying out a draft: no trial ever sees whom the municipality visits."""

from datetime import date
from uuid import NAMESPACE_URL, uuid5

from field_forms.served_lists import TARGET_LIST
from visits.entity_lists import ListedEntity, write_assignments, write_targets
from visits.target_fields import KINDS
from visits.visit_list_rows import KIND_OF_VISIT

_POINT = "41.0050 29.2050 0 8"


def sample_list(name: str, visit_type: str | None, today: date) -> bytes:
    """Write a list as CSV: one target of each kind, and a visit of the draft's type planned for today."""
    targets = {kind: _target(kind, label) for kind, label in KINDS.items()}
    if name == TARGET_LIST:
        return write_targets(targets.values())
    target = targets[KIND_OF_VISIT.get(visit_type or "", "hane")]
    fields = {"hedef": target.id, "tur": visit_type or "", "gun": today.isoformat(), "sira": "1", "durum": "planli"}
    planned = ListedEntity(str(uuid5(NAMESPACE_URL, f"saha:deneme:{visit_type}")), 1, fields)
    return write_assignments([planned], {target.id: target})


def _target(kind: str, label: str) -> ListedEntity:
    fields = {
        "tur": kind, "ad": f"Örnek {label.lower()}", "yetkili": "Ayşe Örnek", "telefon": "+902160000000",
        "adres": "Örnek Sk. 1", "geometry": _POINT, "not": "Deneme kaydı",
    }  # fmt: skip
    return ListedEntity(str(uuid5(NAMESPACE_URL, f"saha:deneme:{kind}")), 1, fields)
