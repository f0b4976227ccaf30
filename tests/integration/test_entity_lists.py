"""The entity lists at Collect's door: what a team's tablets get, when it changes, what they forget."""

import csv
import io
from datetime import timedelta
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api.wiring import Wiring
from field_forms.compile import compile_form
from field_forms.publishing import AttachmentMissing, publish_form
from teams.tables import TeamArea
from tests.fixtures.municipality import NOON, PASSWORD, Municipality
from tests.integration.intake.posts import SAHA
from tests.planned_visits import plan_visit

Client = TestClient[Litestar]
SAHA2 = httpx.BasicAuth("saha2", PASSWORD)
M = "{http://openrosa.org/xforms/xformsManifest}"
LISTED = "{http://openrosa.org/xforms/xformsList}"
IN_FATIH = "41.005 29.215 0 8"
HEADER_OF_TARGETS = [
    "name", "label", "__version", "tur", "ad", "yetkili", "telefon", "telefon_2", "adres", "uavt", "geometry", "not",
    "ziyaret_edilmesin",
]  # fmt: skip
HEADER_OF_ASSIGNMENTS = ["name", "label", "__version", "hedef", "tur", "gun", "sira", "durum", "neden", "tekrar_tarihi"]


@pytest.fixture(autouse=True)
def impatient(wiring: Wiring) -> None:
    """Let the lists be asked for anew at once: a test does not wait two seconds."""
    wiring.entity_lists._recheck_after_s = 0.0


@pytest.fixture(autouse=True)
def _areas(wiring: Wiring, municipality: Municipality) -> None:
    with wiring.database.writing() as session:
        session.add(TeamArea(team_id=municipality.team, mahalle_id=municipality.akpinar))
        session.add(TeamArea(team_id=municipality.other_team, mahalle_id=municipality.fatih))


def manifest_of(client: Client, form_id: str, auth: httpx.BasicAuth = SAHA) -> httpx.Response:
    listed = ET.fromstring(client.get("/openrosa/formList", auth=auth).content)
    form = next(entry for entry in listed if entry.findtext(f"{LISTED}formID") == form_id)
    return client.get(form.findtext(f"{LISTED}manifestUrl", ""), auth=auth)


def entity_lists(client: Client, form_id: str = "hane", auth: httpx.BasicAuth = SAHA) -> dict[str, dict[str, str]]:
    """Read the entity lists of a form's manifest by file name."""
    found = ET.fromstring(manifest_of(client, form_id, auth).content)
    return {
        entry.findtext(f"{M}filename", ""): {child.tag.removeprefix(M): child.text or "" for child in entry}
        for entry in found
        if entry.attrib.get("type") == "entityList"
    }


def read_list(client: Client, name: str, auth: httpx.BasicAuth = SAHA) -> list[dict[str, str]]:
    response = client.get(entity_lists(client, auth=auth)[name]["downloadUrl"], auth=auth)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.text)))


def test_a_form_that_uses_the_lists_has_them_in_its_manifest(client: Client) -> None:
    for form_id in ("hane", "esnaf", "taziye", "asker_ugurlama"):
        lists = entity_lists(client, form_id)
        assert set(lists) == {"hedefler.csv", "ziyaretler.csv"}
        for entry in lists.values():
            assert len(entry["hash"]) == 36
            assert entry["hash"].startswith("md5:")
            assert entry["integrityUrl"]
    assert entity_lists(client, "mahalle_tespit") == {}


def test_each_team_gets_its_areas_and_its_own_visits(
    client: Client, wiring: Wiring, municipality: Municipality
) -> None:
    mine = plan_visit(wiring, municipality.team, NOON, position=3, ad="Ayşe Yılmaz", adres="Gül Sk. 12/3")
    theirs = plan_visit(wiring, municipality.other_team, NOON, geometry=IN_FATIH, ad="Öteki Kişi", telefon="5321112233")
    (target,), (visit,) = read_list(client, "hedefler.csv"), read_list(client, "ziyaretler.csv")
    assert list(target) == HEADER_OF_TARGETS
    assert list(visit) == HEADER_OF_ASSIGNMENTS
    assert (target["name"], target["label"], target["__version"]) == (
        str(mine.target), "Ayşe Yılmaz – Gül Sk. 12/3", "1",
    )  # fmt: skip
    assert (visit["name"], visit["label"]) == (str(mine.assignment), "3. Ayşe Yılmaz – Gül Sk. 12/3")
    assert (visit["hedef"], visit["tur"], visit["durum"]) == (str(mine.target), "hane", "planli")
    (other,) = read_list(client, "hedefler.csv", SAHA2)
    assert (other["name"], other["telefon"]) == (str(theirs.target), "+905321112233")


def test_visits_that_are_settled_or_long_past_are_not_offered(
    client: Client, wiring: Wiring, municipality: Municipality
) -> None:
    today = NOON.date()
    for days, status in ((-8, "planli"), (0, "yapildi"), (0, "iptal"), (-7, "evde_yok"), (0, "planli"), (3, "planli")):
        plan_visit(
            wiring, municipality.team, NOON, day=today + timedelta(days=days), fields={"durum": status}, ad=f"{days}"
        )
    offered = [(row["gun"], row["durum"]) for row in read_list(client, "ziyaretler.csv")]
    assert offered == [("2026-11-13", "evde_yok"), ("2026-11-20", "planli"), ("2026-11-23", "planli")]


def test_every_row_has_a_name_a_label_and_a_version_whatever_was_written(
    client: Client, wiring: Wiring, municipality: Municipality
) -> None:
    odd = 'İki\nsatır "tırnak", virgül'
    plan_visit(wiring, municipality.team, NOON, ad="", adres="")
    plan_visit(wiring, municipality.team, NOON, ad=odd, **{"not": odd})
    for name in ("hedefler.csv", "ziyaretler.csv"):
        rows = read_list(client, name)
        assert len(rows) == 2
        assert all(UUID(row["name"]) and row["label"] and int(row["__version"]) > 0 for row in rows)
        response = client.get(entity_lists(client)[name]["downloadUrl"], auth=SAHA)
        assert len(response.text.splitlines()) == 3, "one line a row"
    assert any('"tırnak", virgül' in row["not"] for row in read_list(client, "hedefler.csv"))


def test_what_a_tablet_has_is_not_sent_again_until_something_changes(
    client: Client, wiring: Wiring, municipality: Municipality
) -> None:
    plan_visit(wiring, municipality.team, NOON)
    before, manifest = entity_lists(client), manifest_of(client, "hane")
    again = client.get(manifest.url, auth=SAHA, headers={"If-None-Match": manifest.headers["etag"]})
    assert again.status_code == 304
    address = before["hedefler.csv"]["downloadUrl"]
    downloaded = client.get(address, auth=SAHA)
    assert downloaded.headers["etag"] == f'"{before["hedefler.csv"]["hash"]}"'
    known = {"If-None-Match": downloaded.headers["etag"]}
    assert client.get(address, auth=SAHA, headers=known).status_code == 304
    plan_visit(wiring, municipality.other_team, NOON, geometry=IN_FATIH)
    assert entity_lists(client) == before, "another team's change is none of this one's"
    plan_visit(wiring, municipality.team, NOON, ad="Yeni Kişi")
    after = entity_lists(client)
    assert all(after[name]["hash"] != before[name]["hash"] for name in before)
    fresh = client.get(address, auth=SAHA, headers=known)
    assert (fresh.status_code, len(fresh.text.splitlines())) == (200, 3)


def test_another_area_or_another_day_changes_the_lists(
    client: Client, wiring: Wiring, municipality: Municipality
) -> None:
    plan_visit(wiring, municipality.other_team, NOON, geometry=IN_FATIH)
    before = entity_lists(client)
    assert read_list(client, "hedefler.csv") == []
    with wiring.database.writing() as session:
        session.add(TeamArea(team_id=municipality.team, mahalle_id=municipality.fatih))
    assert len(read_list(client, "hedefler.csv")) == 1
    tomorrow = entity_lists(client)
    wiring.clock.now = NOON + timedelta(days=1)  # type: ignore[attr-defined]  # the tests' clock
    assert before["ziyaretler.csv"]["hash"] != tomorrow["ziyaretler.csv"]["hash"]
    assert entity_lists(client)["ziyaretler.csv"]["hash"] != tomorrow["ziyaretler.csv"]["hash"]
    assert entity_lists(client)["hedefler.csv"] == tomorrow["hedefler.csv"]


def test_a_tablet_forgets_what_is_another_teams_but_not_what_it_has_not_sent_yet(
    client: Client, wiring: Wiring, municipality: Municipality
) -> None:
    mine = plan_visit(wiring, municipality.team, NOON)
    theirs = plan_visit(wiring, municipality.other_team, NOON, geometry=IN_FATIH)
    unsent, odd = str(uuid4()), 'ab"<c'
    asked = [str(mine.target), str(theirs.target), unsent, odd]
    address = entity_lists(client)["hedefler.csv"]["integrityUrl"]
    response = client.get(address, auth=SAHA, params={"id": ",".join(asked), "deviceID": "collect:1"})
    told = ET.fromstring(response.content)
    assert told.tag == "data"
    assert [(one.attrib["id"], one.findtext("deleted")) for one in told.iter("entity")] == [
        (asked[0], "false"), (asked[1], "true"), (unsent, "false"), (odd, "false"),
    ]  # fmt: skip


def test_who_has_no_business_here_gets_no_list(client: Client) -> None:
    koordinator = httpx.BasicAuth("koordinator", PASSWORD)
    for path in ("/openrosa/lists/hedefler.csv", "/openrosa/lists/hedefler/integrity?id="):
        assert client.get(path).status_code == 401
        assert client.get(path.replace("openrosa", "openrosa/key/unknown")).status_code == 403
        assert client.get(path, auth=koordinator).status_code == 403
    assert client.get("/openrosa/lists/talepler.csv", auth=SAHA).status_code == 404
    assert client.get("/openrosa/lists/talepler/integrity", auth=SAHA).status_code == 404


def test_only_our_own_lists_need_no_file(wiring: Wiring, municipality: Municipality) -> None:
    del municipality
    survey = "| survey | type | name | label |\n| | select_one_from_file {}.csv | a | A |\n"
    with wiring.database.writing() as session:
        ours = compile_form(survey.format("hedefler").encode(), "bizim.md", on=NOON.date())
        publish_form(session, ours, {}, at=NOON, by=None)
        other = compile_form(survey.format("agaclar").encode(), "baska.md", on=NOON.date())
        with pytest.raises(AttachmentMissing, match=r"agaclar\.csv"):
            publish_form(session, other, {}, at=NOON, by=None)


def test_targets_stand_in_the_order_of_the_turkish_alphabet(
    client: Client, wiring: Wiring, municipality: Municipality
) -> None:
    for name in ("Zehra", "Çiğdem", "İnci", "Cemal", "Irmak"):
        plan_visit(wiring, municipality.team, NOON, ad=name)
    assert [row["ad"] for row in read_list(client, "hedefler.csv")] == ["Cemal", "Çiğdem", "Irmak", "İnci", "Zehra"]
