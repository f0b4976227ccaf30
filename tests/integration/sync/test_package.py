"""The package: signed, complete, found by hash, and of a version that never falls. On both databases."""

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import update

from api.commands.command_line import main
from api.package_shelf import PackageShelf
from api.wiring import Wiring
from field_forms.compile import compile_form
from field_forms.publishing import publish_form
from field_forms.shipped_forms import shipped_forms
from field_forms.tables import Form
from geo.tables import BoundarySet, Mahalle
from sync.package import PackageSigner, verify_manifest
from tests.fixtures.municipality import NOON, SetClock, version_of
from tests.fixtures.office import Office
from tests.fixtures.tablets import Tablet


def manifest_of(tablet: Tablet) -> dict[str, Any]:
    answer = tablet.ask("GET", "/v1/sync/package")
    assert answer.status_code == 200, answer.text
    manifest: dict[str, Any] = answer.json()
    return manifest


def fetch(tablet: Tablet, part: dict[str, Any] | str, **headers: str) -> httpx.Response:
    sha256 = part if isinstance(part, str) else part["sha256"]
    return tablet.ask("GET", f"/v1/sync/parts/{sha256}", headers=headers)


def part_at(manifest: dict[str, Any], path: str) -> dict[str, Any]:
    return next(part for part in manifest["parts"] if part["path"] == path)


def look_again(wiring: Wiring) -> None:
    """Let the moment pass in which the shelf does not ask."""
    wiring.packages._checked_at = float("-inf")


def publish_newer(wiring: Wiring, clock: SetClock) -> None:
    clock.now += timedelta(days=1)
    form = next(one for one in shipped_forms() if one.file_name == "hane.md")
    source = form.source.replace(version_of("hane").encode(), b"2026112199")
    compiled = compile_form(source, form.file_name, on=NOON.date())
    assert compiled.version == "2026112199"
    with wiring.database.writing() as session:
        publish_form(session, compiled, form.attachments, at=clock.now, by=None, visit_type=form.visit_type)
    look_again(wiring)


def test_every_part_of_a_signed_manifest_is_there_and_hashes_to_its_name(tablet: Tablet, wiring: Wiring) -> None:
    answer = tablet.ask("GET", "/v1/sync/package")
    manifest = answer.json()
    assert verify_manifest(wiring.packages.public_key, answer.content, answer.headers["saha-signature"])
    assert answer.headers["saha-key-id"] == wiring.packages.key_id
    assert (manifest["format"], manifest["version"]) == (1, int(NOON.timestamp() * 1000))
    assert tablet.pull().json()["package"] == manifest["version"]
    assert {f"forms/hane/{version_of('hane')}/form.xml", "mahalle.geojson"} < {one["path"] for one in manifest["parts"]}
    for part in manifest["parts"]:
        for encoding in ("identity", "gzip"):
            content = fetch(tablet, part, **{"Accept-Encoding": encoding}).content
            assert hashlib.sha256(content).hexdigest() == part["sha256"], part["path"]
            assert len(content) == part["byte_size"]
    known = tablet.ask("GET", "/v1/sync/package", headers={"If-None-Match": answer.headers["etag"]})
    assert known.status_code == 304


def test_a_manifest_that_was_changed_or_signed_by_another_does_not_hold(tablet: Tablet, wiring: Wiring) -> None:
    answer = tablet.ask("GET", "/v1/sync/package")
    signature, key = answer.headers["saha-signature"], wiring.packages.public_key
    assert not verify_manifest(key, answer.content + b" ", signature)
    assert not verify_manifest(key, answer.content, PackageSigner(b"another").sign(answer.content))
    assert not verify_manifest(key, answer.content, "")
    assert not verify_manifest(key, answer.content, urlsafe_b64encode(bytes(64)).decode())


def test_all_workers_hand_out_the_same_bytes(tablet: Tablet, wiring: Wiring, clock: SetClock) -> None:
    first = tablet.ask("GET", "/v1/sync/package")
    clock.now += timedelta(hours=1)
    other = PackageShelf(wiring.database, wiring.secret_key, None, clock).current()
    assert (other.manifest, other.signature) == (first.content, first.headers["saha-signature"])


def test_a_newer_form_makes_a_newer_version_and_the_old_part_is_still_served(
    tablet: Tablet, wiring: Wiring, clock: SetClock
) -> None:
    before = manifest_of(tablet)
    publish_newer(wiring, clock)
    after = manifest_of(tablet)
    assert after["version"] > before["version"]
    old = part_at(before, f"forms/hane/{version_of('hane')}/form.xml")
    assert old["path"] not in {part["path"] for part in after["parts"]}
    assert hashlib.sha256(fetch(tablet, old).content).hexdigest() == old["sha256"]
    same = {one["sha256"] for one in before["parts"]} & {one["sha256"] for one in after["parts"]}
    assert len(same) >= len(before["parts"]) - 2
    for part in after["parts"]:
        assert hashlib.sha256(fetch(tablet, part).content).hexdigest() == part["sha256"]


def test_closing_and_opening_a_form_are_two_new_versions(tablet: Tablet, wiring: Wiring) -> None:
    versions = [manifest_of(tablet)["version"]]
    for state in ("closed", "open"):
        with wiring.database.writing() as session:
            session.execute(update(Form).where(Form.form_id == "hane").values(state=state))
        look_again(wiring)
        manifest = manifest_of(tablet)
        assert any(part["path"].startswith("forms/hane/") for part in manifest["parts"]) is (state == "open")
        versions.append(manifest["version"])
    # The clock of the test stands still, and all the same no version comes twice.
    assert versions == sorted(set(versions))
    look_again(wiring)
    assert manifest_of(tablet)["version"] == versions[-1]


def test_a_worker_that_has_not_noticed_yet_does_not_publish_the_old_again(
    tablet: Tablet, wiring: Wiring, clock: SetClock
) -> None:
    slow = PackageShelf(wiring.database, wiring.secret_key, None, clock)
    before = slow.current()
    publish_newer(wiring, clock)
    after = manifest_of(tablet)["version"]
    assert slow.current().version == before.version
    slow._checked_at = float("-inf")
    assert slow.current().version == after
    look_again(wiring)
    assert manifest_of(tablet)["version"] == after


def test_after_a_restored_backup_the_version_does_not_fall_and_tablets_begin_anew(
    tablet: Tablet, wiring: Wiring, clock: SetClock, database_url: str, tmp_path: Path
) -> None:
    before, cursor = manifest_of(tablet)["version"], tablet.pull().json()["cursor"]
    clock.now += timedelta(minutes=1)
    environ = {"SAHA_DATABASE_URL": database_url, "SAHA_DATA_DIR": str(tmp_path / "data")}
    assert main(["restored"], environ) == 0
    look_again(wiring)
    assert manifest_of(tablet)["version"] == before + 60_000
    answer = tablet.pull(cursor)
    assert (answer.status_code, answer.json()["reason"]) == (409, "epoch")


def test_parts_are_fetched_in_pieces_and_never_twice(tablet: Tablet) -> None:
    part = part_at(manifest_of(tablet), "mahalle.geojson")
    whole = fetch(tablet, part, **{"Accept-Encoding": "identity"})
    assert whole.headers["etag"] == f'"{part["sha256"]}"'
    assert "immutable" in whole.headers["cache-control"]
    assert "private" in whole.headers["cache-control"]
    piece = fetch(tablet, part, Range="bytes=10-19")
    assert (piece.status_code, piece.content) == (206, whole.content[10:20])
    assert piece.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"
    rest = fetch(tablet, part, Range="bytes=20-", **{"If-Range": whole.headers["etag"]})
    assert rest.content == whole.content[20:]
    other = fetch(tablet, part, Range="bytes=20-", **{"If-Range": '"another"', "Accept-Encoding": "identity"})
    assert (other.status_code, other.content) == (200, whole.content)
    beyond = fetch(tablet, part, Range=f"bytes={len(whole.content)}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole.content)}")
    assert fetch(tablet, part, **{"If-None-Match": whole.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("sha256", ["0" * 64, "x", "..", "%2e%2e%2fetc%2fpasswd", "A" * 64])
def test_an_unknown_hash_is_not_found(tablet: Tablet, sha256: str) -> None:
    assert fetch(tablet, sha256).status_code == 404


def test_the_boundaries_are_those_of_today_with_code_name_and_id(
    tablet: Tablet, wiring: Wiring, office: Office
) -> None:
    part = part_at(manifest_of(tablet), "mahalle.geojson")
    features = json.loads(fetch(tablet, part).content)["features"]
    akpinar = next(one for one in features if one["properties"]["code"] == "AKPINAR")
    assert akpinar["properties"]["name"] == "Akpınar"
    assert akpinar["properties"]["id"] == str(office.municipality.akpinar)
    with wiring.database.writing() as session:
        session.execute(update(BoundarySet).values(is_current=False))
        session.flush()
        newer = BoundarySet(
            id=office.municipality.fatih, imported_at=NOON, source_name="x", is_sample=False, is_current=True, report={}
        )
        session.add(newer)
        session.flush()
        session.execute(update(Mahalle).where(Mahalle.code == "FATIH").values(boundary_set_id=newer.id))
    look_again(wiring)
    after = manifest_of(tablet)
    features = json.loads(fetch(tablet, part_at(after, "mahalle.geojson")).content)["features"]
    assert [one["properties"]["code"] for one in features] == ["FATIH"]
    assert fetch(tablet, part).status_code == 200


def test_a_map_file_is_a_part_as_long_as_it_is_what_was_hashed(tablet: Tablet, wiring: Wiring, tmp_path: Path) -> None:
    file = tmp_path / "ilce.pmtiles"
    file.write_bytes(os.urandom(600_000))
    assert all(part["path"] != "harita.pmtiles" for part in manifest_of(tablet)["parts"])
    wiring.packages.map._path = file
    look_again(wiring)
    part = part_at(manifest_of(tablet), "harita.pmtiles")
    assert fetch(tablet, part).content == file.read_bytes()
    assert fetch(tablet, part, Range="bytes=300000-300009").content == file.read_bytes()[300_000:300_010]
    assert fetch(tablet, part, Range="bytes=600000-").status_code == 416
    assert fetch(tablet, part, **{"If-None-Match": f'"{part["sha256"]}"'}).status_code == 304
    file.write_bytes(os.urandom(700_000))
    assert fetch(tablet, part).status_code == 404
    look_again(wiring)
    assert part_at(manifest_of(tablet), "harita.pmtiles")["byte_size"] == 700_000
    file.unlink()
    look_again(wiring)
    assert all(one["path"] != "harita.pmtiles" for one in manifest_of(tablet)["parts"])


def test_the_manifest_reads_as_documented(tablet: Tablet) -> None:
    raw = msgspec.json.decode(tablet.ask("GET", "/v1/sync/package").content)
    assert raw.keys() == {"format", "version", "issued_at", "parts"}
    assert raw["parts"][0].keys() == {"path", "sha256", "byte_size", "media_type"}
    assert raw["issued_at"] == "2026-11-20T09:00:00Z"
