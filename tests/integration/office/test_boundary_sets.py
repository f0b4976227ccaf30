"""The history of imported boundaries, as the administrator reads it."""

from pathlib import Path

import pytest
import shapely
from httpx import Response

from api.commands.command_line import main
from api.wiring import Wiring
from reports.boundary_desk import MAX_FILE_BYTES
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


def _sent(office: Office, file: Path, path: str = "/v1/boundary-sets", **more: str) -> Response:
    upload = {"file": (file.name, file.read_bytes(), "application/geo+json")}
    return office.post("admin", path, files=upload, data={"name_field": "ad", "code_field": "kod", **more})


def test_a_file_is_looked_at_and_stored_over_what_it_was_looked_at_against(
    office: Office, municipality: Municipality, tmp_path: Path
) -> None:
    del municipality
    file = a_geojson(tmp_path, list(REDRAWN))
    check = _sent(office, file, "/v1/boundary-sets/check").json()
    assert (check["mahalle_count"], check["errors"]) == (2, [])
    assert any(sentence.startswith("Yeni: yeni mahalle") for sentence in check["told"])
    before = office.get("admin", "/v1/boundary-sets").json()["items"]
    assert [one["id"] for one in before] == [check["based_on"]]
    stored = _sent(office, file, based_on=check["based_on"])
    assert stored.status_code == 201
    assert [one["told"] for one in stored.json()["items"] if one["is_current"]] == [check["told"]]
    # Somebody else looked at the same moment, and confirms second.
    late = _sent(office, file, based_on=check["based_on"])
    assert (late.status_code, late.json()["code"]) == (409, "boundaries.changed")
    assert len(office.get("admin", "/v1/boundary-sets").json()["items"]) == 2


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("sinirlar.geojson", b"", "boş"),
        ("çöp.geojson", b"<VRTDataset/>", "“çöp.geojson” bir sınır dosyası değil"),
        ("sinirlar.geojson", b'{"type": "FeatureCollection", "features": []}', "kayıt"),
        ("sinirlar.gpkg", b"PK\x03\x04", "sınır dosyası değil"),
        ("../../sinirlar.geojson", b'{"type": "Feature', "okun"),
    ],
)
def test_what_is_no_boundary_file_is_said_so_and_changes_nothing(
    office: Office, municipality: Municipality, name: str, content: bytes, expected: str
) -> None:
    del municipality
    upload = {"file": (name, content, "application/octet-stream")}
    answer = office.post("admin", "/v1/boundary-sets/check", files=upload, data={"name_field": "ad"})
    assert answer.status_code == 200
    assert expected in " ".join(answer.json()["errors"])
    assert answer.json()["told"] == []
    based_on = answer.json()["based_on"]
    refused = office.post("admin", "/v1/boundary-sets", files=upload, data={"name_field": "ad", "based_on": based_on})
    assert (refused.status_code, refused.json()["code"]) == (422, "boundaries.refused")


def test_a_file_of_another_kind_or_too_large_is_not_read(office: Office, municipality: Municipality) -> None:
    del municipality
    for name, content, status, code in (
        ("sinirlar.vrt", b"<OGRVRTDataSource/>", 422, "boundaries.no_file"),
        ("sinirlar.json", b"{" * (MAX_FILE_BYTES + 1), 413, "boundaries.too_large"),
    ):
        answer = office.post("admin", "/v1/boundary-sets/check", files={"file": (name, content)}, data={})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    without = office.post("admin", "/v1/boundary-sets/check", files={"name_field": (None, "ad")})
    assert (without.status_code, without.json()["code"]) == (422, "boundaries.no_file")
