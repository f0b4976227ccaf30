"""The door for ODK Collect, through HTTP, with real COMMITs on both databases."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4
from xml.etree import ElementTree as ET

import httpx
import pytest
from sqlalchemy import func, select

from api.wiring import Wiring
from service_requests.tables import (
    ExpectedPhoto,
    Quarantine,
    RequestEvent,
    ServiceRequest,
    Submission,
    SubmissionDocument,
)
from service_requests.tracking_numbers import read_tracking_number
from sync.tables import FeedEntry
from tests.builders import FATIH, OUTSIDE, AFinding, a_photo, a_submission, an_instance_id
from tests.fixtures.municipality import PASSWORD, Municipality
from tests.integration.intake.posts import SAHA, Client, hane, send, sentence_of


def test_a_visit_with_findings_becomes_a_located_submission_and_routed_requests(
    client: Client, wiring: Wiring, municipality: Municipality
) -> None:
    photo = a_photo()
    findings = [
        AFinding(photo="kaldirim.jpg", point=FATIH),
        AFinding(category="cop_temizlik", sentence="Konteyner taşmış."),
        AFinding(category="basibos_hayvan", sentence="Yaralı köpek var."),
    ]
    response = send(client, hane(findings=findings), {"kaldirim.jpg": photo})
    assert response.status_code == 201, response.text
    with wiring.database.reading() as session:
        visit = session.scalars(select(Submission)).one()
        requests = {row.category_code: row for row in session.scalars(select(ServiceRequest))}
        assert (visit.visit_type, visit.team_id, visit.mahalle_id) == ("hane", municipality.team, municipality.akpinar)
        assert (visit.person_name, visit.address, visit.result) == ("Şükrü Iğdır", "Menekşe Sokak 12", "Görüşüldü")
        assert (visit.flags, visit.review, visit.photos_expected, visit.photos_received) == ("", "none", 1, 1)
        assert visit.request_count == 3
        assert requests["yol_kaldirim"].directorate_id == municipality.fen_isleri
        assert requests["yol_kaldirim"].mahalle_id == municipality.fatih
        assert requests["cop_temizlik"].directorate_id == municipality.temizlik
        assert requests["cop_temizlik"].mahalle_id == municipality.akpinar
        assert requests["basibos_hayvan"].routing_reason == "varsayılan kural"
        for request in requests.values():
            assert read_tracking_number(request.tracking_no) in sentence_of(response)
            steps = session.scalars(select(RequestEvent.kind).where(RequestEvent.request_id == request.id))
            assert sorted(steps) == ["opened", "routed"]
        photo_row = session.scalars(select(ExpectedPhoto)).one()
        assert photo_row.sha256 == hashlib.sha256(photo).hexdigest()
        assert photo_row.finding_id == requests["yol_kaldirim"].finding_id
        # Nobody but our own tablets reads the feed, and this did not come from one.
        assert session.scalar(select(func.count()).select_from(FeedEntry)) == 0


def test_a_visit_without_findings_opens_no_request(client: Client, wiring: Wiring) -> None:
    assert send(client, hane()).status_code == 201
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ServiceRequest)) == 0


def test_the_same_submission_fifty_times_in_parallel_is_one_record(client: Client, wiring: Wiring) -> None:
    xml = hane(findings=[AFinding(photo="a.jpg")])
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: send(client, xml, {"a.jpg": a_photo()}).status_code, range(50)))
    assert answers == [201] * 50
    with wiring.database.reading() as session:
        for table in (Submission, SubmissionDocument, ServiceRequest, ExpectedPhoto):
            assert session.scalar(select(func.count()).select_from(table)) == 1


def test_the_same_instance_with_other_content_is_refused_and_kept_once(client: Client, wiring: Wiring) -> None:
    instance_id = an_instance_id()
    assert send(client, hane(instance_id=instance_id)).status_code == 201
    other = hane(instance_id=instance_id, point=FATIH)
    for _ in range(3):
        assert send(client, other).status_code == 409
    with wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
        kept = session.scalars(select(Quarantine)).one()
        assert (kept.reason, kept.times_seen, kept.xml) == ("submission.other_content", 3, other)


def test_photos_that_come_in_several_posts_top_the_submission_up(client: Client, wiring: Wiring) -> None:
    xml = hane(findings=[AFinding(photo="a.jpg"), AFinding(photo="b.jpg")])
    assert send(client, xml, {"a.jpg": a_photo(1)}, incomplete=True).status_code == 201
    with wiring.database.reading() as session:
        visit = session.scalars(select(Submission)).one()
        assert (visit.photos_expected, visit.photos_received, visit.flags) == (2, 1, "")
    assert send(client, xml, {"b.jpg": a_photo(2)}).status_code == 201
    assert send(client, xml, {"a.jpg": a_photo(1)}, incomplete=True).status_code == 201
    with wiring.database.reading() as session:
        visit = session.scalars(select(Submission)).one()
        assert (visit.photos_expected, visit.photos_received, visit.flags) == (2, 2, "")
        assert session.scalar(select(func.count()).select_from(ServiceRequest)) == 2


def test_a_photo_that_never_came_is_flagged_until_it_comes(client: Client, wiring: Wiring) -> None:
    xml = hane(findings=[AFinding(photo="a.jpg")])
    assert send(client, xml).status_code == 201
    with wiring.database.reading() as session:
        visit = session.scalars(select(Submission)).one()
        assert (visit.flags, visit.review) == (",photo.missing,", "open")
    assert send(client, xml, {"a.jpg": a_photo()}).status_code == 201
    with wiring.database.reading() as session:
        visit = session.scalars(select(Submission)).one()
        assert (visit.flags, visit.review) == ("", "none")


@pytest.mark.parametrize(
    ("sent", "flags"),
    [
        ({"renamed.jpg": a_photo()}, ",photo.missing,photo.unexpected,"),
        ({"a.jpg": b"<html>not a photo"}, ",photo.refused,"),
        ({"a.jpg": b""}, ",photo.refused,"),
    ],
)
def test_a_photo_with_something_wrong_is_flagged_and_the_submission_stands(
    client: Client, wiring: Wiring, sent: dict[str, bytes], flags: str
) -> None:
    assert send(client, hane(findings=[AFinding(photo="a.jpg")]), sent).status_code == 201
    with wiring.database.reading() as session:
        assert session.scalars(select(Submission)).one().flags == flags
        assert session.scalar(select(func.count()).select_from(ServiceRequest)) == 1


def test_a_photo_of_sixty_megabytes_is_refused_and_the_submission_stands(client: Client, wiring: Wiring) -> None:
    huge = a_photo() + b"\0" * (60 * 1024 * 1024)
    assert send(client, hane(findings=[AFinding(photo="a.jpg")]), {"a.jpg": huge}).status_code == 201
    with wiring.database.reading() as session:
        assert session.scalars(select(Submission)).one().flags == ",photo.refused,"
        assert "50 MB" in (session.scalars(select(ExpectedPhoto)).one().reason or "")


def test_a_point_outside_every_mahalle_is_recorded_and_flagged(client: Client, wiring: Wiring) -> None:
    assert send(client, hane(point=OUTSIDE)).status_code == 201
    with wiring.database.reading() as session:
        visit = session.scalars(select(Submission)).one()
        assert (visit.place, visit.mahalle_id, visit.flags) == ("outside", None, ",place.outside,")
        assert visit.distance_m == pytest.approx(4447, rel=0.01)


@pytest.mark.parametrize(
    ("xml", "status"),
    [
        (b"not xml", 400),
        (b"", 400),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a id="hane">&x;</a>', 400),
        ("<data id='hane'>ş</data>".encode("iso-8859-9"), 400),
        (b"<data/>", 400),
        (b"<data id='hane'><x>" + b"a" * (20 * 1024 * 1024) + b"</x></data>", 413),
    ],
    ids=["not xml", "empty", "entities", "wrong encoding", "no form", "20 MB"],
)
def test_what_cannot_be_read_is_refused_in_turkish_and_kept_once(
    client: Client, wiring: Wiring, xml: bytes, status: int
) -> None:
    first, second = send(client, xml), send(client, xml)
    assert (first.status_code, second.status_code) == (status, status)
    assert "koordinatör" in sentence_of(first)
    with wiring.database.reading() as session:
        kept = session.scalars(select(Quarantine)).one()
        assert (kept.xml, kept.times_seen) == (xml, 2)


def test_an_unknown_form_is_refused_and_kept(client: Client, wiring: Wiring) -> None:
    assert send(client, a_submission(version="1", form_id="bilinmeyen")).status_code == 404
    with wiring.database.reading() as session:
        assert session.scalars(select(Quarantine)).one().reason == "submission.unknown_form"


def test_an_unknown_version_is_held_raw(client: Client, wiring: Wiring) -> None:
    xml = a_submission(version="2099", findings=[AFinding(photo="a.jpg")])
    assert send(client, xml, {"a.jpg": a_photo()}).status_code == 201
    with wiring.database.reading() as session:
        visit = session.scalars(select(Submission)).one()
        assert (visit.form_version_id, visit.flags, visit.place) == (None, ",form.held,photo.unexpected,", "no_point")
        assert session.scalars(select(SubmissionDocument)).one().xml == xml
        assert session.scalar(select(func.count()).select_from(ServiceRequest)) == 0


def test_a_correction_supersedes_the_earlier_version_and_keeps_its_requests(client: Client, wiring: Wiring) -> None:
    first, second, third = an_instance_id(), an_instance_id(), an_instance_id()
    finding = AFinding(id=str(uuid4()))
    assert send(client, hane(instance_id=first, findings=[finding])).status_code == 201
    edit = hane(instance_id=second, deprecated_id=first, findings=[finding, AFinding(category="cop_temizlik")])
    assert send(client, edit).status_code == 201
    assert send(client, hane(instance_id=third, deprecated_id=first)).status_code == 409
    assert send(client, hane(deprecated_id=an_instance_id())).status_code == 404
    with wiring.database.reading() as session:
        rows = {row.instance_id: row for row in session.scalars(select(Submission))}
        assert rows[first].superseded_by_id == rows[second].id
        assert (rows[second].amends_id, rows[second].request_count) == (rows[first].id, 2)
        assert {r.submission_id for r in session.scalars(select(ServiceRequest))} == {rows[second].id}


def test_another_teams_submission_cannot_be_corrected(client: Client) -> None:
    first = an_instance_id()
    assert send(client, hane(instance_id=first)).status_code == 201
    other = httpx.BasicAuth("saha2", PASSWORD)
    assert send(client, hane(deprecated_id=first), auth=other).status_code == 404


def test_who_is_no_field_worker_is_refused_and_what_they_sent_is_kept(client: Client, wiring: Wiring) -> None:
    assert send(client, hane(), auth=httpx.BasicAuth("yonetici", PASSWORD)).status_code == 403
    with wiring.database.reading() as session:
        assert session.scalars(select(Quarantine)).one().reason == "submission.not_authorised"


def test_without_a_password_the_door_asks_for_one(client: Client) -> None:
    response = client.get("/openrosa/formList")
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic")
    assert response.headers["x-openrosa-version"] == "1.0"
    assert client.get("/openrosa/formList", auth=httpx.BasicAuth("saha", "yanlış-parola")).status_code == 401


def test_a_bad_key_in_the_path_answers_403_never_401(client: Client) -> None:
    assert client.get("/openrosa/key/yok/formList").status_code == 403
    assert client.head("/openrosa/key/yok/submission").status_code == 403


def test_head_submission_answers_204_and_nothing_else(client: Client) -> None:
    response = client.head("/openrosa/submission", auth=SAHA)
    assert (response.status_code, response.content) == (204, b"")
    assert int(response.headers["x-openrosa-accept-content-length"]) > 50 * 1024 * 1024


def test_every_hash_in_list_and_manifest_is_of_the_bytes_behind_it(client: Client) -> None:
    listed = client.get("/openrosa/formList", auth=SAHA)
    assert listed.headers["content-type"] == "text/xml; charset=utf-8"
    forms = ET.fromstring(listed.content)
    assert len(forms) == 5
    space = "{http://openrosa.org/xforms/xformsList}"
    media_space = "{http://openrosa.org/xforms/xformsManifest}"
    files = 0
    for form in forms:
        xform = client.get(form.findtext(f"{space}downloadUrl") or "", auth=SAHA)
        assert form.findtext(f"{space}hash") == f"md5:{hashlib.md5(xform.content).hexdigest()}"
        for file in ET.fromstring(client.get(form.findtext(f"{space}manifestUrl") or "", auth=SAHA).content):
            if file.get("type") == "entityList":  # its hash is a change tag (`test_entity_lists.py`)
                continue
            content = client.get(file.findtext(f"{media_space}downloadUrl") or "", auth=SAHA).content
            assert file.findtext(f"{media_space}hash") == f"md5:{hashlib.md5(content).hexdigest()}"
            files += 1
    assert files >= 1


def test_what_has_not_changed_is_answered_with_304(client: Client) -> None:
    listed = client.get("/openrosa/formList", auth=SAHA)
    again = client.get("/openrosa/formList", auth=SAHA, headers={"If-None-Match": listed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-openrosa-version"] == "1.0"
    one = client.get("/openrosa/formList?formID=taziye", auth=SAHA)
    assert [form[0].text for form in ET.fromstring(one.content)] == ["taziye"]
