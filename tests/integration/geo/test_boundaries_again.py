"""Boundaries imported over older ones, by the operator's command: targets follow, what was counted stays."""

import os
from pathlib import Path

import pytest
import shapely
from sqlalchemy import func, select

from api.commands.command_line import main
from api.wiring import Wiring
from geo.tables import BoundarySet, Mahalle, PastBoundary
from service_requests.tables import ServiceRequest, Submission
from sync.areas import area_of_mahalle
from sync.tables import FeedEntry
from teams.tables import TeamArea
from tests.builders import AFinding, a_submission
from tests.fixtures.municipality import NOON, Municipality, version_of
from tests.fixtures.office import Office
from tests.planned_visits import plan_visit
from tests.unit.geo.boundary_files import a_geojson
from visits.tables import VisitTarget

# Akpınar ends further west now, and where everything lies (29.205) is Fatih's; Yeni lies east of both.
REDRAWN = [
    ("Akpınar", "AKPINAR", shapely.box(29.200, 41.00, 29.203, 41.01)),
    ("Fatih", "FATIH", shapely.box(29.203, 41.00, 29.220, 41.01)),
    ("Yeni", "YENI", shapely.box(29.220, 41.00, 29.230, 41.01)),
]


def import_again(wiring: Wiring, folder: Path, *options: str) -> int:
    file = str(a_geojson(folder, list(REDRAWN)))
    environ = {"SAHA_DATABASE_URL": wiring.settings.database_url or "", "SAHA_DATA_DIR": str(folder / "var")}
    return main(["import-mahalle", file, "--name-field", "ad", "--code-field", "kod", *options], environ)


def test_targets_follow_the_new_map_and_figures_of_the_past_stay(
    office: Office, wiring: Wiring, municipality: Municipality, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert office.send(a_submission(version=version_of("hane"), findings=[AFinding()])).is_success
    planned = plan_visit(wiring, municipality.team, NOON)
    counts = office.get("koordinator", "/v1/mahalle/counts").json()["items"]
    assert import_again(wiring, tmp_path, "--dry-run") == 0
    tried = capsys.readouterr().out
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(BoundarySet)) == 1
        assert session.get_one(VisitTarget, planned.target).mahalle_id == municipality.akpinar
    assert import_again(wiring, tmp_path) == 0
    told = capsys.readouterr().out
    for sentence in (
        "Yeni: yeni mahalle",
        "1 ziyaret hedefi yeni mahallesine taşındı: Akpınar → Fatih.",
        "1 ziyaret bugün başka mahallede sayılırdı (eski sayımı duruyor): Akpınar → Fatih.",
        "1 talep bugün başka mahallede sayılırdı (eski sayımı duruyor): Akpınar → Fatih.",
    ):
        assert sentence in tried
        assert sentence in told
    with wiring.database.reading() as session:
        assert session.get_one(VisitTarget, planned.target).mahalle_id == municipality.fatih
        assert session.get_one(VisitTarget, planned.target).version == 1
        for table in (Submission, ServiceRequest):
            assert session.scalars(select(table.mahalle_id)).all() == [municipality.akpinar]
        # The same ids as before, and how they were drawn then.
        codes = dict(session.execute(select(Mahalle.code, Mahalle.id)).all())
        assert (codes["AKPINAR"], codes["FATIH"]) == (municipality.akpinar, municipality.fatih)
        past = {one.mahalle_id: one.geometry.bounds for one in session.scalars(select(PastBoundary))}
        assert past[municipality.akpinar] == pytest.approx((29.20, 41.00, 29.21, 41.01))
        current = session.scalars(select(BoundarySet).where(BoundarySet.is_current)).one()
        assert {change["code"] for change in current.report["changes"]} == {"AKPINAR", "FATIH", "YENI"}  # type: ignore[attr-defined] # JSON
        held = session.execute(select(FeedEntry.area, FeedEntry.is_removed).where(FeedEntry.kind == "target")).all()
        assert (area_of_mahalle(municipality.akpinar), True) in held
        assert (area_of_mahalle(municipality.fatih), False) in held
    assert office.get("koordinator", "/v1/mahalle/counts").json()["items"] == counts


def test_a_mahalle_that_is_gone_keeps_its_row_and_whoever_names_it_is_told(
    wiring: Wiring, municipality: Municipality, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with wiring.database.writing() as session:
        session.add(TeamArea(team_id=municipality.team, mahalle_id=municipality.fatih))
    file = str(a_geojson(tmp_path, [REDRAWN[0]]))
    environ = {"SAHA_DATABASE_URL": wiring.settings.database_url or "", "SAHA_DATA_DIR": str(tmp_path / "var")}
    assert main(["import-mahalle", file, "--name-field", "ad", "--code-field", "kod"], environ) == 0
    told = capsys.readouterr().out
    assert "Fatih: yeni sınırlarda yok; kaydı ve geçmişi duruyor" in told
    assert "ekip bölgelerinde ya da yönlendirmede geçiyor" in told
    with wiring.database.reading() as session:
        assert session.get(Mahalle, municipality.fatih) is not None


@pytest.mark.real_boundaries
@pytest.mark.skipif("SAHA_REAL_BOUNDARIES" not in os.environ, reason="SAHA_REAL_BOUNDARIES names no folder")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_real_district_imported_twice_changes_nothing(
    wiring: Wiring, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(os.environ["SAHA_REAL_BOUNDARIES"]) / "sancaktepe_raw.geojson"
    environ = {"SAHA_DATABASE_URL": wiring.settings.database_url or "", "SAHA_DATA_DIR": str(tmp_path / "var")}
    command = ["import-mahalle", str(file), "--name-field", "name", "--code-field", "uavt_mahalle_kodu"]
    assert main(command, environ) == 0
    capsys.readouterr()
    assert main(command, environ) == 0
    assert "eklendi" not in capsys.readouterr().out
    with wiring.database.reading() as session:
        current = session.scalars(select(BoundarySet).where(BoundarySet.is_current)).one()
        assert (current.report["changes"], current.report["moves"]) == ([], [])
        assert session.scalar(select(func.count()).select_from(PastBoundary)) == 19
