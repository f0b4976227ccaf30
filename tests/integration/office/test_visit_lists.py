"""A municipality's own list: what is good is taken, each bad row is told, and the same list twice changes nothing."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from api.commands.command_line import main
from api.wiring import Wiring
from foundation.database import Database
from sync.areas import area_of_mahalle, area_of_team
from sync.tables import FeedEntry
from teams.tables import AccessLog
from tests.fixtures.municipality import Municipality
from tests.fixtures.office import Office
from visits.tables import VisitAssignment, VisitTarget

HEADER = "no;tur;ad;telefon;adres;uavt;enlem;boylam;mahalle;not;ekip;ziyaret_turu;gun;sira"
GOOD = (
    "17;hane;Ayşe Yılmaz;0532 123 45 67;Gül Sk. 12/3;1234567890;41,005;29,205;;Zili çalışmıyor;ekip-1;hane;20.11.2026;3"
)


def csv_of(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def take(office: Office, content: bytes, name: str = "liste.csv") -> httpx.Response:
    return office.post("koordinator", "/v1/visit-lists", files={"file": (name, content, "application/octet-stream")})


def report_of(office: Office, content: bytes) -> dict[str, Any]:
    response = take(office, content)
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    return report


def tally(new: int = 0, changed: int = 0, unchanged: int = 0, unsettled: int = 0) -> dict[str, int]:
    return {"new": new, "changed": changed, "unchanged": unchanged, "unsettled": unsettled}


def the_target(database: Database) -> VisitTarget:
    with database.reading() as session:
        return session.scalars(select(VisitTarget)).one()


def test_a_row_becomes_a_target_and_a_visit_that_the_team_holds(
    office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    report = report_of(office, csv_of(GOOD))
    assert (report["rows"], report["bad_count"], report["bad"]) == (1, 0, [])
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


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("tur", "uçak", "Tür tanınmıyor"),
        ("telefon", "12", "Telefon numarası değil"),
        ("uavt", "12a", "yalnız rakam"),
        ("enlem", "kuzey", "Enlem ve boylam"),
        ("boylam", "", "Enlem ve boylam"),
        ("enlem", "40,1", "ilçe sınırlarının dışında"),
        ("ekip", "9. Ekip", "ekip yok"),
        ("ekip", "", "birlikte yazılır"),
        ("ziyaret_turu", "gezi", "ziyaret türü yok"),
        ("gun", "31.02.2026", "Gün değil"),
        ("sira", "üç", "Sıra"),
    ],
)
def test_a_bad_row_is_told_with_its_place_and_the_good_ones_are_taken(
    office: Office, wiring: Wiring, column: str, value: str, told: str
) -> None:
    names = HEADER.split(";")
    cells = dict(zip(names, GOOD.split(";"), strict=True)) | {"no": "18", "ad": "Kötü Satır", column: value}
    report = report_of(office, csv_of(GOOD, "", ";".join(cells[name] for name in names)))
    (bad,) = report["bad"]
    # The sheet's own number: the header is row 1, and the empty row counts.
    assert bad["row"] == 4
    assert bad["column"] in {column, "enlem"}
    assert told in bad["reason"]
    assert the_target(wiring.database).fields["ad"] == "Ayşe Yılmaz"


def test_without_a_point_the_mahalle_is_found_by_its_name(
    office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    header = "tur,ad,mahalle"
    report = report_of(office, csv_of("Esnaf,Işık Market,AKPINAR MAH.", "Esnaf,Öz Kasap,Yok Mah.", header=header))
    assert the_target(wiring.database).mahalle_id == municipality.akpinar
    assert [(bad["row"], bad["column"], bad["value"]) for bad in report["bad"]] == [(3, "mahalle", "Yok Mah.")]


def test_a_number_that_stands_for_somebody_else_is_not_overwritten(office: Office, wiring: Wiring) -> None:
    report_of(office, csv_of(GOOD))
    other = GOOD.replace("Ayşe Yılmaz", "Hasan Kaya").replace("Gül Sk. 12/3", "Lale Cd. 5")
    report = report_of(office, csv_of(other))
    assert report["bad"][0]["column"] == "no"
    assert the_target(wiring.database).fields["ad"] == "Ayşe Yılmaz"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1254"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_turkish_letters_come_through_in_every_way_that_spreadsheets_write_csv(
    office: Office, wiring: Wiring, encoding: str, delimiter: str
) -> None:
    rows = [["Tür", "Ad", "Adres"], ["Hane", "Şükrü Iğdır", "Çiğdem Sk. İnönü"]]
    report_of(office, "\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    assert the_target(wiring.database).fields == {"tur": "hane", "ad": "Şükrü Iğdır", "adres": "Çiğdem Sk. İnönü"}


def test_a_workbook_with_real_days_and_numbers_is_read_as_its_owner_sees_it(office: Office, wiring: Wiring) -> None:
    sheet = Workbook()
    page = sheet.active
    assert page is not None
    page.append(["Ad", "Telefon", "UAVT", "Enlem", "Boylam", "Ekip", "Ziyaret Türü", "Gün", "Sıra"])
    day = datetime(2026, 11, 20)  # noqa: DTZ001 a cell has no time zone
    page.append(["Ayşe", 5321234567, 1234567890.0, 41.005, 29.205, "1. Ekip", "Esnaf ziyareti", day, 2])
    page.append(["=1+1", None, None, None, None, None, None, None, None])
    stream = io.BytesIO()
    sheet.save(stream)
    report = report_of(office, stream.getvalue())
    target = the_target(wiring.database)
    assert (target.kind, target.fields["telefon"], target.fields["uavt"]) == ("esnaf", "+905321234567", "1234567890")
    assert report["visits"] == tally(new=1)
    # The formula has no stored value, so the row is empty: nothing was worked out.
    assert report["rows"] == 1


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"xl/{number}.xml", b"\0" * (50 * 1024 * 1024))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        (b"", "visit_list.unreadable", 422),
        (b"a;b\n1;2", "visit_list.unreadable", 422),
        (b"ad;Ad\n1;2", "visit_list.unreadable", 422),
        (b"PK\x03\x04broken", "visit_list.unreadable", 422),
        (b"\x00\x01\x02\xff", "visit_list.unreadable", 422),
        (b"ad\n" + b"x" * 5_000, "visit_list.too_large", 413),
        (b"ad\n" + b"x\n" * 100_001, "visit_list.too_large", 413),
        (bomb(), "visit_list.too_large", 413),
    ],
    ids=["empty", "no column", "twice", "zip", "bytes", "cell", "rows", "bomb"],
)
def test_a_file_that_is_no_list_is_refused(office: Office, content: bytes, code: str, status: int) -> None:
    response = take(office, content)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_an_upload_without_a_file_is_refused(office: Office) -> None:
    response = office.post("koordinator", "/v1/visit-lists", files={"other": ("a.csv", b"ad", "text/csv")})
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
