"""The page of boundaries: a file is looked at, its report read, and then stored over what it was looked at against."""

from pathlib import Path

import pytest
import shapely
from playwright.sync_api import Browser, Page, expect

from tests.e2e.office_visitor import DESKTOP, a_visitor, serious_findings, sign_in
from tests.e2e.tablet_in_the_field import Field
from tests.e2e.take_pictures import Server
from tests.fixtures.municipality import PASSWORD
from tests.unit.geo.boundary_files import a_geojson

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def test_new_boundaries_are_looked_at_and_stored(field: Field, browser: Browser, tmp_path: Path) -> None:
    server = Server(field.url, PASSWORD)
    file = a_geojson(tmp_path, [("Akpınar", "AKPINAR", shapely.box(29.20, 41.00, 29.21, 41.01))])
    with a_visitor(browser, server, theme="light", window=DESKTOP) as page:
        sign_in(page, server, "admin", start="/sinirlar")
        wrong = tmp_path / "bos.geojson"
        wrong.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
        chooser = page.get_by_label("Sınır dosyası")
        chooser.set_input_files(wrong)
        page.get_by_label("Mahalle adının alanı").fill("ad")
        page.get_by_role("button", name="İncele").click()
        expect(page.get_by_text("Dosyada hiç kayıt yok")).to_be_visible()
        store = page.get_by_role("button", name="Bu sınırları yükle")
        expect(store).to_have_count(0)
        chooser.set_input_files(file)
        # Another file makes the report of the last one go, and its fields are guessed.
        expect(page.get_by_text("Dosyada hiç kayıt yok")).to_have_count(0)
        expect(page.get_by_label("Mahalle adının alanı")).to_have_value("ad")
        expect(page.get_by_label("Mahalle kodunun alanı")).to_have_value("kod")
        page.get_by_role("button", name="İncele").click()
        expect(page.get_by_role("heading", name="Dosyada 1 mahalle var")).to_be_visible()
        expect(page.get_by_text("yeni sınırlarda yok")).to_be_visible()
        assert serious_findings(page) == []
        # Somebody else was quicker.
        _store_beside(page, file)
        store.click()
        expect(page.get_by_text("Siz bakarken başka sınırlar yüklendi")).to_be_visible()
        expect(store).to_have_count(0)
        page.get_by_role("button", name="İncele").click()
        store.click()
        expect(page.get_by_role("status")).to_contain_text("Yeni sınırlar yüklendi")
        imports = page.get_by_role("group").filter(has_text="mahalle.geojson")
        expect(imports).to_have_count(2)
        expect(imports.first).to_contain_text("Geçerli")


def _store_beside(page: Page, file: Path) -> None:
    """Store the file as another administrator would, who looked at the same moment."""
    current = page.context.request.get("/v1/boundary-sets").json()["items"][0]["id"]
    upload = {"name": file.name, "mimeType": "application/geo+json", "buffer": file.read_bytes()}
    form = {"file": upload, "name_field": "ad", "code_field": "kod", "based_on": current}
    stored = page.context.request.post("/v1/boundary-sets", headers={"X-Saha": "1"}, multipart=form)
    assert stored.ok, stored.text()
