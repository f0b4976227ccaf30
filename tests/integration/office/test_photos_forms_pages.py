"""Photos on signed links, quarantine, forms, the pages themselves and their headers."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from api.routes import web_pages
from api.security_headers import security_headers
from api.wiring import Wiring
from field_forms.shipped_forms import ShippedForm, shipped_forms
from foundation.settings import Settings
from teams.tables import AccessLog
from tests.builders import AFinding, a_photo, a_submission
from tests.fixtures.municipality import SetClock, compiled_catalogue, version_of
from tests.fixtures.office import Office, wait_for_pictures

PHOTO = a_photo(7)


@pytest.fixture
def links(office: Office, wiring: Wiring) -> dict[str, str]:
    """Send a photo, let it be processed, and return the coordinator's links to it."""
    xml = a_submission(version=version_of("hane"), findings=[AFinding(photo="a.jpg")])
    assert office.send(xml, {"a.jpg": PHOTO}).status_code == 201
    wait_for_pictures(wiring.database)
    [row] = office.get("koordinator", "/v1/submissions").json()["items"]
    [photo] = office.get("koordinator", f"/v1/submissions/{row['id']}").json()["photo_list"]
    return {"thumb": photo["thumb_url"], "shown": photo["shown_url"], "original": photo["original_url"]}


def test_a_signed_link_gives_the_photo_in_each_variant(office: Office, links: dict[str, str], wiring: Wiring) -> None:
    original = office.get("koordinator", links["original"])
    assert original.content == PHOTO
    assert original.headers["content-disposition"].startswith("attachment")
    for variant in ("thumb", "shown"):
        picture = office.get("koordinator", links[variant])
        assert picture.content.startswith(b"\xff\xd8\xff")
        assert picture.headers["cache-control"] == "private, max-age=300, immutable"
        assert picture.headers["x-content-type-options"] == "nosniff"
        assert int(picture.headers["content-length"]) == len(picture.content)
    with wiring.database.reading() as session:
        downloads = session.scalars(select(AccessLog).where(AccessLog.action == "downloaded")).all()
        assert [one.subject_id for one in downloads] == [links["original"].split("/")[2]]


def test_parts_of_a_photo_can_be_asked_for(office: Office, links: dict[str, str]) -> None:
    part = office.get("koordinator", links["original"], headers={"Range": "bytes=2-9"})
    assert (part.status_code, part.content) == (206, PHOTO[2:10])
    assert part.headers["content-range"] == f"bytes 2-9/{len(PHOTO)}"
    beyond = office.get("koordinator", links["original"], headers={"Range": f"bytes={len(PHOTO)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(PHOTO)}")


def test_a_link_is_worth_nothing_to_others_when_changed_or_after_five_minutes(
    office: Office, links: dict[str, str], clock: SetClock
) -> None:
    assert office.get("mudurluk", links["shown"]).status_code == 404
    assert office.get(None, links["shown"]).status_code == 401
    swapped = links["shown"].replace("/shown?", "/original?")
    assert office.get("koordinator", swapped).status_code == 404
    assert office.get("koordinator", links["shown"].split("?", maxsplit=1)[0]).status_code == 404
    assert office.get("koordinator", links["shown"].replace("/shown?", "/..%2fx?")).status_code == 404
    clock.now += timedelta(minutes=5)
    assert office.get("koordinator", links["shown"]).status_code == 404


def test_only_coordinators_get_originals(office: Office, links: dict[str, str]) -> None:
    del links
    [row] = office.get("mudurluk", "/v1/service-requests").json()["items"]
    [photo] = office.get("mudurluk", f"/v1/service-requests/{row['id']}").json()["photos"]
    assert photo["original_url"] is None
    assert office.get("mudurluk", photo["shown_url"]).status_code == 200


def test_what_was_refused_is_listed_shown_and_closed_with_a_reason(office: Office) -> None:
    xml = a_submission(version="1", form_id="baska-form")
    assert office.send(xml).status_code == 404
    assert office.send(xml).status_code == 404
    [row] = office.get("koordinator", "/v1/quarantine").json()["items"]
    assert (row["reason"]["code"], row["times_seen"], row["byte_size"]) == ("submission.unknown_form", 2, len(xml))
    address = f"/v1/quarantine/{row['id']}"
    page = office.get("koordinator", address).json()
    assert page["xml_text"].encode() == xml
    assert (page["submitted_by"], page["closed"], page["result"]) == ("Saha", None, None)
    assert office.post("koordinator", f"{address}/close", json={"reason": " "}).status_code == 422
    assert office.post("koordinator", f"{address}/close", json={"reason": "Deneme"}).status_code == 204
    assert office.get("koordinator", address).json()["closed"]["reason"] == "Deneme"
    assert office.get("koordinator", "/v1/quarantine").json()["total"] == 0
    assert office.get("koordinator", "/v1/quarantine?state=closed").json()["total"] == 1
    assert office.get("koordinator", "/v1/quarantine?state=all").json()["total"] == 1
    exported = office.get("koordinator", "/v1/quarantine.csv?state=closed").content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[1] for line in exported] == ["Durum", "kapatıldı"]
    again = office.post("koordinator", f"{address}/close", json={"reason": "Deneme"})
    assert (again.status_code, again.json()["code"]) == (409, "quarantine.not_open")


FORM = b"""
| survey   |                |      |               |
|          | type           | name | label         |
|          | text           | ad   | Ad\xc4\xb1n\xc4\xb1z |
| settings |                |      |               |
|          | form_id        | form_title | version |
|          | kisa           | K\xc4\xb1sa form | 1 |
"""


def test_a_form_is_checked_published_wound_down_and_downloaded(office: Office) -> None:
    file = {"file": ("kisa.md", FORM, "text/markdown")}
    checked = office.post("admin", "/v1/forms/check", files=file)
    assert checked.status_code == 200, checked.text
    assert (checked.json()["form_id"], checked.json()["questions"]) == ("kisa", 1)
    assert checked.json()["opens_requests"] is False
    assert office.get("admin", "/v1/forms/kisa").status_code == 404
    published = office.post("admin", "/v1/forms", files=file)
    assert published.status_code == 201, published.text
    [version] = published.json()["versions"]
    assert version["published_by"] == "Admin"
    assert office.get("admin", version["links"]["markdown"]).content == FORM
    assert office.get("admin", version["links"]["xlsx"]).content.startswith(b"PK")
    assert b"<h:html" in office.get("admin", version["links"]["xform"]).content
    changed = FORM.replace(b"| ad ", b"| isim ")
    again = office.post("admin", "/v1/forms", files={"file": ("kisa.md", changed, "text/markdown")})
    assert (again.status_code, again.json()["code"]) == (409, "form.version_already_published")
    assert office.post("admin", "/v1/forms/kisa/state", json={"state": "closed"}).json()["state"] == "closed"
    assert office.post("admin", "/v1/forms/yok/state", json={"state": "closed"}).status_code == 404
    assert office.post("admin", "/v1/forms/kisa/state", json={"state": "x"}).status_code == 400


def test_what_the_tablet_cannot_do_is_told_before_publishing(office: Office) -> None:
    drawn = FORM.replace(b"| text ", b"| geotrace ")
    checked = office.post("admin", "/v1/forms/check", files={"file": ("kisa.md", drawn, "text/markdown")})
    assert checked.json()["warnings"] == ["Tablet uygulamasında «ad»: çizgi ya da alan çizilemez."]


def test_a_form_that_does_not_compile_says_where(office: Office) -> None:
    broken = FORM.replace(b"| text ", b"| yazi ")
    refused = office.post("admin", "/v1/forms/check", files={"file": ("kisa.md", broken, "text/markdown")})
    assert (refused.status_code, refused.json()["code"]) == (422, "form.does_not_compile")
    assert refused.json()["errors"][0]["message"]
    missing = office.post("admin", "/v1/forms/check", files={"attachments": ("a.csv", b"x", "text/csv")})
    assert missing.json()["code"] == "form.no_file"


def shipped(form_id: str) -> ShippedForm:
    return next(form for form in shipped_forms() if form.visit_type == form_id)


def test_forms_are_listed_with_what_they_brought(office: Office) -> None:
    assert office.send(a_submission(version=version_of("hane"))).status_code == 201
    rows = {row["form_id"]: row for row in office.get("koordinator", "/v1/forms").json()["items"]}
    assert len(rows) == len(compiled_catalogue())
    assert (rows["hane"]["submissions"], rows["hane"]["versions"], rows["hane"]["state"]) == (1, 1, "open")
    assert rows["esnaf"]["submissions"] == 0
    assert office.get("koordinator", "/v1/forms/hane").json()["versions"][0]["submissions"] == 1
    [file] = office.get("koordinator", "/v1/forms/esnaf").json()["versions"][0]["attachments"]
    assert file == {"file_name": "is_kollari.csv", "byte_size": len(shipped("esnaf").attachments["is_kollari.csv"])}


def test_reference_lists_are_in_turkish_order_and_name_every_flag(office: Office) -> None:
    reference = office.get("mudurluk", "/v1/reference").json()
    assert [one["name"] for one in reference["directorates"]] == [
        "Çözüm Merkezi", "Fen İşleri Müdürlüğü", "Temizlik İşleri Müdürlüğü",
    ]  # fmt: skip
    assert reference["visit_types"][0] == {"code": "hane", "name": "Hane ziyareti", "is_active": True}
    assert [one["code"] for one in reference["request_statuses"]][:2] == ["opened", "routed"]
    raised = set()
    for folder in ("field_forms", "service_requests"):
        for file in (Path(__file__).parents[3] / folder).glob("*.py"):
            raised |= set(re.findall(r'emark\(\s*"([a-z_]+\.[a-z_]+)"', file.read_text(encoding="utf-8")))
    assert len(raised) > 10
    assert raised <= {one["code"] for one in reference["flags"]}


def test_health_says_what_answers(office: Office) -> None:
    assert office.client.get("/health/live").json() == {"status": "ok"}
    ready = office.client.get("/health/ready")
    assert ready.json() == {"status": "ok", "database": "ok", "photo_storage": "ok"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_come_from_the_built_application_and_nothing_else(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (dist / "tablet.html").write_text("<!doctype html><title>Tablet</title>", encoding="utf-8")
    (dist / "assets" / "app-1.js").write_text("1", encoding="utf-8")
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    monkeypatch.setattr(web_pages, "DIST", dist)
    for path in ("/", "/talepler", "/ziyaretler/1?q=x", "/index.html"):
        page = office.client.get(path)
        assert (page.text, page.headers["cache-control"]) == ("<!doctype html>", "no-cache")
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    for path in ("/tablet", "/tablet/", "/tablet/hedef/1"):
        assert "Tablet" in office.client.get(path).text
    assert office.client.get("/tabletler").text == "<!doctype html>"
    asset = office.client.get("/assets/app-1.js")
    assert asset.headers["content-type"].startswith("text/javascript")
    assert "immutable" in asset.headers["cache-control"]
    again = office.client.get("/assets/app-1.js", headers={"If-None-Match": asset.headers["etag"]})
    assert again.status_code == 304
    for path in ("/assets/yok.js", f"/v1/yok/{uuid4()}", "/openrosa/yok", "/photos/yok", "/health/yok"):
        assert office.client.get(path).status_code == 404
    assert "secret" not in office.client.get("/..%2fsecret").text


def test_tiles_and_storage_enter_the_policy_from_the_settings() -> None:
    headers = security_headers(
        Settings(
            public_url="https://saha.example", tile_url="https://{s}.tile.example/{z}/{x}/{y}.png",
            photo_storage="s3", s3_endpoint="https://s3.example:9000/x",
        )
    )  # fmt: skip
    policy = headers["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://*.tile.example https://s3.example:9000;" in policy
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert "Strict-Transport-Security" not in security_headers(Settings())
