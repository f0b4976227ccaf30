"""Two form engines that nobody here wrote take a planned visit from the entity lists and say what came of it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from api.wiring import Wiring
from foundation.clock import ISTANBUL, utc_now
from service_requests.tables import Submission
from tests.builders import a_photo
from tests.fixtures.live_server import LiveServer
from tests.fixtures.municipality import PASSWORD, Municipality
from tests.foreign_clients.filled_forms import FillOptions
from tests.foreign_clients.test_foreign_clients import IN_AKPINAR, Fill, fill
from tests.planned_visits import PlannedVisit, plan_visit
from visits.tables import VisitAssignment, VisitTarget

__all__ = ["fill"]

# What the engines do is the same on both databases, and they take their time.
pytestmark = [pytest.mark.foreign_client, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
# Form (and visit type) -> the kind of whom it visits.
VISITED = {"hane": "hane", "esnaf": "esnaf", "taziye": "taziye_ailesi", "asker_ugurlama": "asker"}
# The further forms that correct the target of a planned visit, and those that only say what came of it.
ALSO_VISITED = {
    "hos_geldiniz": "hane", "hayirli_olsun": "esnaf", "isveren": "isveren", "stk_muhtarlik": "stk_muhtarlik",
    "depremzede": "hane", "yasli_ziyareti": "yasli_engelli",
}  # fmt: skip
ONLY_TOLD = {"memnuniyet": "hane", "dagitim": "kurum"}


FillIn = Callable[..., dict[str, ET.Element]]


@pytest.fixture
def fill_in(live_server: LiveServer, fill: Fill, tmp_path: Path) -> FillIn:
    """Let a client fill forms without findings; returns what it sent, by form."""
    photo, sent = tmp_path / "foto.jpg", tmp_path / "sent"
    photo.write_bytes(a_photo())

    def fill_in(form: str | None = None, **hints: str) -> dict[str, ET.Element]:
        options = FillOptions(findings=0, form=form, hints={"konum": IN_AKPINAR, **hints}, save_dir=sent)
        answered = fill(live_server.openrosa, "saha", PASSWORD, [photo], options)
        assert {one["status"] for one in answered} == {201}
        roots = [ET.parse(path).getroot() for path in sent.iterdir()]
        return {root.attrib["id"]: root for root in roots}

    return fill_in


def entity(root: ET.Element, container: str) -> dict[str, str]:
    found = root.find(f"{container}/meta/entity")
    assert found is not None, ET.tostring(root, encoding="unicode")
    return dict(found.attrib)


def saved(root: ET.Element, container: str) -> dict[str, str]:
    return {child.tag: child.text or "" for child in root.findall(f"{container}/*") if child.tag != "meta"}


def is_true(attribute: str | None) -> bool:
    return attribute in {"1", "true"}


def plan_one_of_each(
    wiring: Wiring, municipality: Municipality, visited: dict[str, str] = VISITED
) -> dict[str, PlannedVisit]:
    """Plan today's visits, and beside them some that no worker of the team may be offered today."""
    now = utc_now()
    today = now.astimezone(ISTANBUL).date()
    for team, day, status in (
        (municipality.team, today + timedelta(days=1), "planli"),
        (municipality.team, today, "yapildi"),
        (municipality.other_team, today, "planli"),
    ):
        plan_visit(wiring, team, now, day=day, fields={"durum": status}, ad="Yanlış Kişi")
    return {
        form: plan_visit(wiring, municipality.team, now, visit_type=form, position=3, tur=kind, telefon="05321234567")
        for form, kind in visited.items()
    }


def test_a_planned_visit_is_marked_as_made_and_its_target_corrected(
    every_form: Municipality, wiring: Wiring, fill_in: FillIn
) -> None:
    planned = plan_one_of_each(wiring, every_form, VISITED | ALSO_VISITED | ONLY_TOLD)
    sent = fill_in(yeni_telefon="02165554433", yeni_adres="Lale Sk. 5")
    for form, visit in planned.items():
        root = sent[form]
        assert root.findtext("planli/secilen_ziyaret") == str(visit.assignment), form
        assert root.findtext("planli/hedef_adi") == "Ayşe Yılmaz"
        assert_updates(entity(root, "planli_sonuc"), "ziyaretler", visit.assignment)
        assert saved(root, "planli_sonuc") == {"planli_durum": "yapildi", "planli_neden": "", "planli_tekrar": ""}
        if form in ONLY_TOLD:
            assert root.find("hedef_kaydi") is None
            continue
        assert_updates(entity(root, "hedef_kaydi"), "hedefler", visit.target)
        correction = saved(root, "hedef_kaydi")
        # The kind, the address number and the point are known already: nothing of theirs is sent.
        assert set(correction) == {"hedef_kaydi_notu", "kayit_adi", "kayit_telefonu", "kayit_adresi"}
        assert (correction["kayit_telefonu"], correction["kayit_adresi"]) == ("+902165554433", "Lale Sk. 5")
        assert_office_sees(wiring, visit, correction["kayit_adi"])
    with wiring.database.reading() as session:
        assert session.scalars(select(Submission.flags).where(Submission.flags != "")).all() == []


def assert_office_sees(wiring: Wiring, visit: PlannedVisit, name: str) -> None:
    with wiring.database.reading() as session:
        assignment = session.get_one(VisitAssignment, visit.assignment)
        target = session.get_one(VisitTarget, visit.target)
    assert (assignment.status, assignment.version, target.version) == ("yapildi", 2, 2)
    corrected = {"ad": name, "telefon": "+902165554433", "adres": "Lale Sk. 5"}
    assert target.fields == {"tur": target.kind, "geometry": "41.005 29.205 0 8", **corrected}


def assert_updates(attributes: dict[str, str], dataset: str, entity_id: UUID) -> None:
    assert (attributes["dataset"], attributes["id"], attributes["baseVersion"]) == (dataset, str(entity_id), "1")
    assert is_true(attributes["update"])
    assert not is_true(attributes.get("create"))


def test_a_visit_that_failed_says_why_and_when_to_come_again_and_corrects_nothing(
    wiring: Wiring, municipality: Municipality, fill_in: FillIn
) -> None:
    visit = plan_one_of_each(wiring, municipality)["hane"]
    again = (utc_now().astimezone(ISTANBUL).date() + timedelta(days=3)).isoformat()
    root = fill_in("hane", sonuc="evde_yok", neden="Zil çalındı, açılmadı", tekrar_tarihi=again)["hane"]
    assert_updates(entity(root, "planli_sonuc"), "ziyaretler", visit.assignment)
    result = saved(root, "planli_sonuc")
    assert (result["planli_durum"], result["planli_tekrar"]) == ("evde_yok", again)
    assert result["planli_neden"] == "Zil çalındı, açılmadı"
    assert root.find("hedef_kaydi") is None


def test_a_household_that_was_on_no_list_is_created(
    wiring: Wiring, municipality: Municipality, fill_in: FillIn
) -> None:
    typed = {"telefon": "5321112233", "ad_soyad": "Hatice Kaya", "sokak": "Gül Sk.", "kapi_no": "7", "daire_no": "2"}
    root = fill_in("hane", uavt="42", **typed)["hane"]
    attributes = entity(root, "hedef_kaydi")
    assert (attributes["dataset"], UUID(attributes["id"]).version) == ("hedefler", 4)
    assert is_true(attributes["create"])
    assert not is_true(attributes["update"])
    assert root.findtext("hedef_kaydi/meta/entity/label") == "Hatice Kaya"
    created = saved(root, "hedef_kaydi")
    assert created.pop("kayit_yeri").startswith("41.005")
    assert created == {
        "hedef_kaydi_notu": "", "kayit_turu": "hane", "kayit_adi": "Hatice Kaya", "kayit_telefonu": "+905321112233",
        "kayit_adresi": "Gül Sk. 7/2", "kayit_uavt": "42",
    }  # fmt: skip
    assert root.find("planli_sonuc") is None
    with wiring.database.reading() as session:
        target = session.get_one(VisitTarget, UUID(attributes["id"]))
    assert (target.kind, target.name, target.created_by_team_id) == ("hane", "Hatice Kaya", municipality.team)


def test_a_visit_nobody_planned_is_filed_under_the_target_chosen_from_the_list(
    wiring: Wiring, municipality: Municipality, fill_in: FillIn
) -> None:
    known = plan_visit(wiring, municipality.team, utc_now(), fields={"durum": "yapildi"}, telefon="05321234567")
    sent = fill_in(duzeltme_var="hayir")
    for form in VISITED:
        root = sent[form]
        assert root.findtext("listeden/secilen_hedef") == str(known.target), form
        declared = entity(root, "hedef_kaydi")
        assert (declared["id"], is_true(declared["update"])) == (str(known.target), True)
        assert not is_true(declared.get("create"))
        # Nothing is corrected: that the visit took place is all it says.
        assert set(saved(root, "hedef_kaydi")) <= {"ziyaret_notu"}, form
        assert root.find("planli_sonuc") is None
    with wiring.database.reading() as session:
        target = session.get_one(VisitTarget, known.target)
        visited = session.scalars(select(Submission).where(Submission.form_id.in_(VISITED))).all()
    assert {(one.target_id, one.assignment_id, one.flags) for one in visited} == {(known.target, None, "")}
    assert (target.name, target.fields["telefon"]) == ("Ayşe Yılmaz", "+905321234567")
