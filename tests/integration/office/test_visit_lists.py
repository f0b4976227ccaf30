"""A municipality's own list: what is good is taken, each bad row is told, and the same list twice changes nothing."""

import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from api.commands.command_line import main
from api.wiring import Wiring
from foundation.database import Database
from sync.areas import area_of_mahalle, area_of_team
from sync.tables import FeedEntry
from teams.tables import AccessLog
from tests.fixtures.municipality import Municipality
from tests.fixtures.office import Office
from tests.integration.office.list_uploads import report_of
from visits.tables import VisitAssignment, VisitTarget

HEADER = "no;tur;ad;telefon;adres;uavt;enlem;boylam;mahalle;not;ekip;ziyaret_turu;gun;sira"
GOOD = (
    "17;hane;Ayşe Yılmaz;0532 123 45 67;Gül Sk. 12/3;1234567890;41,005;29,205;;Zili çalışmıyor;ekip-1;hane;20.11.2026;3"
)


def csv_of(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def tally(new: int = 0, changed: int = 0, unchanged: int = 0, unsettled: int = 0) -> dict[str, int]:
    return {"new": new, "changed": changed, "unchanged": unchanged, "unsettled": unsettled}


def the_target(database: Database) -> VisitTarget:
    with database.reading() as session:
        return session.scalars(select(VisitTarget)).one()


def test_a_row_becomes_a_target_and_a_visit_that_the_team_holds(
    office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    report = report_of(office, csv_of(GOOD))
    assert (report["counts"]["rows"], report["counts"]["bad"], report["bad"]) == (1, 0, [])
    assert (report["targets"], report["visits"]) == (tally(new=1), tally(new=1))
    with wiring.database.reading() as session:
        target, visit = session.scalars(select(VisitTarget)).one(), session.scalars(select(VisitAssignment)).one()
        areas = set(session.scalars(select(FeedEntry.area).where(FeedEntry.entity_id == target.id)))
        changed = session.scalars(select(AccessLog).where(AccessLog.subject_kind == "visit_list")).one()
    assert target.fields == {
        "tur": "hane", "ad": "Ayşe Yılmaz", "telefon": "+905321234567", "adres": "Gül Sk. 12/3", "uavt": "1234567890",
        "geometry": "41.005 29.205 0 0", "not": "Zili çalışmıyor",
    }  # fmt: skip
    assert target.mahalle_id == municipality.akpinar
    assert (visit.target_id, visit.team_id, visit.visit_type) == (target.id, municipality.team, "hane")
    assert (visit.day, visit.position, visit.status) == (date(2026, 11, 20), 3, "planli")
    assert areas == {area_of_mahalle(municipality.akpinar), area_of_team(municipality.team)}
    assert "liste.csv" in changed.detail


@pytest.mark.parametrize("dropped", [(), ("no",), ("no", "uavt")])
def test_the_same_list_again_changes_nothing_and_a_corrected_one_only_that(
    office: Office, wiring: Wiring, dropped: tuple[str, ...]
) -> None:
    names = HEADER.split(";")
    cells = dict(zip(names, GOOD.split(";"), strict=True))
    kept = [name for name in names if name not in dropped]

    def listed(**other: str) -> bytes:
        return csv_of(";".join((cells | other)[name] for name in kept), header=";".join(kept))

    report_of(office, listed())
    again = report_of(office, listed())
    assert (again["targets"], again["visits"]) == (tally(unchanged=1), tally(unchanged=1))
    assert the_target(wiring.database).version == 1
    corrected = report_of(office, listed(telefon="0216 555 44 33", sira="4"))
    assert (corrected["targets"], corrected["visits"]) == (tally(changed=1), tally(changed=1))
    assert the_target(wiring.database).fields["telefon"] == "+902165554433"
    another_day = report_of(office, listed(telefon="0216 555 44 33", gun="2026-11-27"))
    assert (another_day["targets"], another_day["visits"]) == (tally(unchanged=1), tally(new=1))


def test_a_list_with_known_visits_that_moved_and_new_ones_is_taken(office: Office) -> None:
    second = GOOD.replace("17;hane;Ayşe Yılmaz", "18;hane;Ali Veli").replace("1234567890", "1234567891")
    assert report_of(office, csv_of(GOOD))["visits"] == tally(new=1)
    # One household more, before the known one, whose place in the day moves.
    both = report_of(office, csv_of(second, GOOD.replace("20.11.2026;3", "20.11.2026;4")))
    assert (both["bad"], both["visits"]) == ([], tally(new=1, changed=1))


def test_bad_rows_are_told_with_their_places_and_come_home_as_a_file_to_be_corrected(
    office: Office, wiring: Wiring
) -> None:
    names = HEADER.split(";")
    bad = dict(zip(names, GOOD.split(";"), strict=True)) | {
        "no": "18",
        "ad": "Kötü Satır",
        "telefon": "12",
        "uavt": "=1+1",
    }
    report = report_of(office, csv_of(GOOD, "", ";".join(bad[name] for name in names)))
    (row,) = report["bad"]
    # The sheet's own number: the header is row 1, and the empty row counts.
    assert row["number"] == 4
    assert {names[problem["column"]] for problem in row["problems"]} == {"telefon", "uavt"}
    assert the_target(wiring.database).fields["ad"] == "Ayşe Yılmaz"
    given = office.get("koordinator", f"/v1/visit-imports/{report['id']}/bad.xlsx")
    page = load_workbook(io.BytesIO(given.content)).worksheets[0]
    assert page["C2"].value == "Kötü Satır"
    assert (page["F2"].value, page["F2"].data_type) == ("=1+1", "s")
    assert "0532 123 45 67 gibi" in str(page.cell(2, len(names) + 2).value)
    page["D2"], page["F2"] = "0532 999 88 77", ""
    corrected = io.BytesIO()
    page.parent.save(corrected)
    again = report_of(office, corrected.getvalue(), "alinmayan-satirlar.xlsx")
    assert (again["bad"], again["targets"]) == ([], tally(new=1))


def test_without_a_point_the_mahalle_is_found_by_its_name(
    office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    header = "tur,ad,mahalle"
    report = report_of(office, csv_of("Esnaf,Işık Market,AKPINAR MAH.", "Esnaf,Öz Kasap,Yok Mah.", header=header))
    assert the_target(wiring.database).mahalle_id == municipality.akpinar
    (bad,) = report["bad"]
    assert (bad["number"], bad["cells"][2], bad["problems"][0]["column"]) == (3, "Yok Mah.", 2)


def test_a_number_that_stands_for_somebody_else_is_not_overwritten(office: Office, wiring: Wiring) -> None:
    report_of(office, csv_of(GOOD))
    other = GOOD.replace("Ayşe Yılmaz", "Hasan Kaya").replace("Gül Sk. 12/3", "Lale Cd. 5")
    report = report_of(office, csv_of(other))
    assert report["bad"][0]["problems"][0]["column"] == 0
    assert the_target(wiring.database).fields["ad"] == "Ayşe Yılmaz"


def test_an_upload_without_a_file_is_refused(office: Office) -> None:
    response = office.post("koordinator", "/v1/visit-imports", files={"other": ("a.csv", b"ad", "text/csv")})
    assert (response.status_code, response.json()["code"]) == (422, "visit_list.no_file")


def test_the_coordinator_finds_targets_and_planned_visits(
    office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    second = "18;esnaf;Işık Market;;Lale Cd. 5;;41,005;29,215;;;ekip-2;esnaf;21.11.2026;1"
    report_of(office, csv_of(GOOD, second))

    def targets(query: str) -> list[str]:
        return [row["name"] for row in office.get("koordinator", f"/v1/visit-targets?{query}").json()["items"]]

    assert sorted(targets("")) == ["Ayşe Yılmaz", "Işık Market"]
    assert targets("q=yilmaz%20ayse") == ["Ayşe Yılmaz"]
    assert targets("kind=esnaf") == ["Işık Market"]
    assert targets(f"mahalle={municipality.akpinar}") == ["Ayşe Yılmaz"]
    assert targets("mahalle=none") == []
    page = office.get("koordinator", "/v1/visit-targets?limit=1").json()
    rest = office.get("koordinator", f"/v1/visit-targets?limit=1&cursor={page['next_cursor']}").json()
    assert (page["total"], rest["next_cursor"]) == (2, None)
    assert {page["items"][0]["name"], rest["items"][0]["name"]} == {"Ayşe Yılmaz", "Işık Market"}
    for query in ("day=2026-11-20", f"team={municipality.team}", "day=2026-11-20&status=planli"):
        (visit,) = office.get("koordinator", f"/v1/visit-assignments?{query}").json()["items"]
        assert (visit["target"]["name"], visit["address"], visit["position"]) == ("Ayşe Yılmaz", "Gül Sk. 12/3", 3)
        assert (visit["team"]["name"], visit["status"]["name"]) == ("1. Ekip", "Planlı")
    assert office.get("koordinator", "/v1/visit-assignments?status=yapildi").json()["items"] == []
    for path, subject in (("visit-targets", "visit_target"), ("visit-assignments", "visit_assignment")):
        lines = office.get("koordinator", f"/v1/{path}.csv").content.decode("utf-8-sig").splitlines()
        assert len(lines) == 3
        assert any("Ayşe Yılmaz" in line for line in lines)
        with wiring.database.reading() as session:
            exported = select(func.count()).where(AccessLog.action == "exported", AccessLog.subject_kind == subject)
            assert session.scalar(exported) == 1


def test_the_command_takes_a_list_and_tells_what_is_wrong(
    wiring: Wiring, municipality: Municipality, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del municipality
    environ = {"SAHA_DATABASE_URL": wiring.settings.database_url, "SAHA_DATA_DIR": str(tmp_path)}
    file = tmp_path / "liste.csv"
    file.write_bytes(csv_of(GOOD))
    assert main(["import-visits", str(file)], environ) == 0
    assert "1 yeni" in capsys.readouterr().out
    file.write_bytes(csv_of(GOOD, GOOD.replace("17;hane", "18;uçak")))
    assert main(["import-visits", str(file)], environ) == 1
    told = capsys.readouterr()
    assert "0 yeni, 0 değişti, 1 aynı" in told.out
    assert "satır 3, tur «uçak»" in told.err
    assert main(["import-visits", str(tmp_path / "yok.csv")], environ) == 1
