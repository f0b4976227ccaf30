"""The history of imported boundaries, as the administrator reads it."""

from pathlib import Path

import shapely

from api.commands.command_line import main
from api.wiring import Wiring
from tests.fixtures.municipality import Municipality
from tests.fixtures.office import Office
from tests.unit.geo.boundary_files import a_geojson

REDRAWN = [
    ("Akpınar", "AKPINAR", shapely.box(29.20, 41.00, 29.21, 41.01)),
    ("Yeni", "YENI", shapely.box(29.21, 41.00, 29.23, 41.01)),
]


def test_an_import_is_told_with_what_it_changed(
    office: Office, wiring: Wiring, municipality: Municipality, tmp_path: Path
) -> None:
    del municipality  # its boundaries are the first set
    first = office.get("admin", "/v1/boundary-sets").json()["items"]
    assert [(one["is_current"], one["told"]) for one in first] == [(True, [])]
    file = str(a_geojson(tmp_path, list(REDRAWN)))
    environ = {"SAHA_DATABASE_URL": wiring.settings.database_url or "", "SAHA_DATA_DIR": str(tmp_path / "var")}
    assert main(["import-mahalle", file, "--name-field", "ad", "--code-field", "kod"], environ) == 0
    newest, before = office.get("admin", "/v1/boundary-sets").json()["items"]
    assert (newest["is_current"], before["is_current"], before["id"]) == (True, False, first[0]["id"])
    assert newest["source_name"] == Path(file).name
    assert any(sentence.startswith("Yeni: yeni mahalle") for sentence in newest["told"])
