"""What filters offer: what is in use, and what is not any more only where something that is kept still names it."""

from pathlib import Path
from typing import Any

import shapely

from api.commands.command_line import main
from api.wiring import Wiring
from teams.tables import Team
from tests.builders import AFinding, a_submission
from tests.fixtures.municipality import Municipality, version_of
from tests.fixtures.office import Office
from tests.unit.geo.boundary_files import a_geojson

AKPINAR = ("Akpınar", "AKPINAR", shapely.box(29.20, 41.00, 29.21, 41.01))
YENI = ("Yeni", "YENI", shapely.box(29.20, 41.00, 29.23, 41.01))


def offered(office: Office, what: str) -> dict[str, Any]:
    rows = office.get("koordinator", "/v1/reference").json()[what]
    return {row["name"]: row for row in rows}


def import_mahalle(wiring: Wiring, folder: Path, *boundaries: tuple[str, str, Any]) -> None:
    file = str(a_geojson(folder, list(boundaries)))
    environ = {"SAHA_DATABASE_URL": wiring.settings.database_url or "", "SAHA_DATA_DIR": str(folder / "var")}
    assert main(["import-mahalle", file, "--name-field", "ad", "--code-field", "kod"], environ) == 0


def test_types_and_teams_out_of_use_are_offered_only_where_something_names_them(
    office: Office, wiring: Wiring, municipality: Municipality
) -> None:
    assert office.send(a_submission(version=version_of("hane"))).is_success
    for code in ("hane", "etkinlik"):
        change = {"is_active": False}
        assert office.ask("koordinator", "PATCH", f"/v1/visit-types/{code}", json=change).status_code == 200
    with wiring.database.writing() as session:
        for team in (municipality.team, municipality.other_team):
            session.get_one(Team, team).is_active = False
    types, teams = offered(office, "visit_types"), offered(office, "teams")
    assert types["Hane ziyareti"] == {"code": "hane", "name": "Hane ziyareti", "is_active": False}
    assert (types["Esnaf ziyareti"]["is_active"], "Kent Konseyi etkinliği" in types) == (True, False)
    assert [(name, row["is_active"]) for name, row in teams.items()] == [("1. Ekip", False)]


def test_a_mahalle_that_is_gone_is_shown_with_what_was_counted_in_it(
    office: Office, wiring: Wiring, municipality: Municipality, tmp_path: Path
) -> None:
    assert office.send(a_submission(version=version_of("hane"), findings=[AFinding()])).is_success
    exports = ("/v1/submissions.csv", "/v1/service-requests.csv")
    counts = office.get("koordinator", "/v1/mahalle/counts").json()
    before = [office.get("koordinator", path).text for path in exports]
    assert "Akpınar" in before[0]
    import_mahalle(wiring, tmp_path, YENI)
    mahalle = offered(office, "mahalle")
    # Nothing was counted in Fatih, which is gone as well.
    assert list(mahalle) == ["Yeni", "Akpınar"]
    assert (mahalle["Yeni"]["removed_on"], mahalle["Akpınar"]["id"]) == (None, str(municipality.akpinar))
    assert mahalle["Akpınar"]["removed_on"] is not None
    assert office.get("koordinator", "/v1/mahalle/counts").json() == counts
    assert [office.get("koordinator", path).text for path in exports] == before
    asked = {"mahalle": str(municipality.akpinar)}
    assert len(office.get("koordinator", "/v1/submissions", params=asked).json()["items"]) == 1
    # Drawn again it is one of today's, as it was.
    import_mahalle(wiring, tmp_path, AKPINAR, ("Doğu", "DOGU", shapely.box(29.21, 41.00, 29.23, 41.01)))
    again = offered(office, "mahalle")
    assert (again["Akpınar"]["removed_on"], again["Akpınar"]["id"]) == (None, str(municipality.akpinar))
