"""What could not be taken at once: held until its version is known, or kept in quarantine until it is replayed."""

import msgspec
import pytest
from sqlalchemy import select

from api.wiring import Wiring
from field_forms.publishing import publish_form, set_form_state
from field_forms.tables import FormState
from service_requests.held import read_held
from service_requests.quarantine import NotInQuarantine
from service_requests.replay import StillRefused, replay
from service_requests.tables import ExpectedPhoto, Quarantine, ServiceRequest, Submission
from tests.builders import AFinding, a_photo
from tests.fixtures.municipality import NOON, Municipality, compiled_catalogue, version_of
from tests.integration.intake.posts import Client, assert_recorded_once, count, hane, send, sentence_of

PHOTOS = {"a.jpg": a_photo()}


def a_visit(version: str = "") -> bytes:
    xml = hane(findings=[AFinding(photo="a.jpg"), AFinding(category="cop_temizlik")])
    return xml.replace(f'version="{version_of("hane")}"'.encode(), f'version="{version}"'.encode()) if version else xml


def publish_version(wiring: Wiring, version: str, *, form_id: str = "hane") -> None:
    """Publish the household form again under another version or id."""
    form, compiled = next(one for one in compiled_catalogue() if one[1].form_id == "hane")
    old = f'id="hane" version="{compiled.version}"'.encode()
    assert old in compiled.xform
    xform = compiled.xform.replace(old, f'id="{form_id}" version="{version}"'.encode())
    other = msgspec.structs.replace(compiled, form_id=form_id, version=version, xform=xform)
    with wiring.database.writing() as session:
        publish_form(session, other, form.attachments, at=NOON, by=None, visit_type="hane")
    wiring.forms.forget_listing()


def set_state(wiring: Wiring, state: FormState) -> None:
    with wiring.database.writing() as session:
        set_form_state(session, "hane", state)
    wiring.forms.forget_listing()


def replay_all(wiring: Wiring) -> None:
    with wiring.database.writing() as session:
        for quarantine_id in session.scalars(select(Quarantine.id)).all():
            replay(session, wiring.knowledge.current(session), quarantine_id, NOON)


def states(wiring: Wiring) -> list[str]:
    with wiring.database.reading() as session:
        return list(session.scalars(select(Quarantine.state)))


def test_a_form_that_is_being_closed_still_takes_what_is_under_way(client: Client, wiring: Wiring) -> None:
    set_state(wiring, FormState.CLOSING)
    assert send(client, a_visit(), PHOTOS).status_code == 201
    assert_recorded_once(wiring.database, findings=2, photos=1)


def test_a_closed_form_refuses_and_the_replay_after_reopening_is_one_record(client: Client, wiring: Wiring) -> None:
    set_state(wiring, FormState.CLOSED)
    xml = a_visit()
    for _ in range(2):
        answer = send(client, xml, PHOTOS)
        assert (answer.status_code, "kapatılmış" in sentence_of(answer)) == (403, True)
    assert count(wiring.database, Submission) == 0
    assert states(wiring) == ["open"]
    set_state(wiring, FormState.OPEN)
    replay_all(wiring)
    assert states(wiring) == ["replayed"]
    assert_recorded_once(wiring.database, findings=2, photos=1)
    assert send(client, xml, PHOTOS).status_code == 201
    assert_recorded_once(wiring.database, findings=2, photos=1)


def test_photos_of_a_refused_form_that_come_in_two_posts_are_kept_together(client: Client, wiring: Wiring) -> None:
    set_state(wiring, FormState.CLOSED)
    xml = hane(findings=[AFinding(photo="a.jpg"), AFinding(photo="b.jpg")])
    for shade, name in enumerate(("a.jpg", "b.jpg")):
        assert send(client, xml, {name: a_photo(shade)}, incomplete=True).status_code == 403
    set_state(wiring, FormState.OPEN)
    replay_all(wiring)
    assert_recorded_once(wiring.database, findings=2, photos=2)


def test_a_form_published_later_takes_what_waited_in_quarantine(client: Client, wiring: Wiring) -> None:
    xml = a_visit().replace(b'<data id="hane"', b'<data id="yeni_form"')
    assert send(client, xml, PHOTOS).status_code == 404
    publish_version(wiring, version_of("hane"), form_id="yeni_form")
    replay_all(wiring)
    assert_recorded_once(wiring.database, findings=2, photos=1)
    assert send(client, xml, PHOTOS).status_code == 201
    assert_recorded_once(wiring.database, findings=2, photos=1)


def test_what_is_still_refused_stays_open_and_what_is_replayed_cannot_be_replayed_again(
    client: Client, wiring: Wiring
) -> None:
    set_state(wiring, FormState.CLOSED)
    assert send(client, a_visit(), PHOTOS).status_code == 403
    with pytest.raises(StillRefused) as told:
        replay_all(wiring)
    assert told.value.facts == {"reason": "submission.closed_form"}
    assert states(wiring) == ["open"]
    assert count(wiring.database, Submission) == 0
    set_state(wiring, FormState.OPEN)
    replay_all(wiring)
    with pytest.raises(NotInQuarantine):
        replay_all(wiring)
    assert_recorded_once(wiring.database, findings=2, photos=1)


def test_what_was_held_is_read_once_when_its_version_is_published(
    client: Client, wiring: Wiring, municipality: Municipality
) -> None:
    xml = a_visit("2099010101")
    assert send(client, xml, PHOTOS).status_code == 201
    assert count(wiring.database, ServiceRequest) == 0
    publish_version(wiring, "2099010101")
    for expected in (1, 0):
        with wiring.database.writing() as session:
            assert read_held(session, wiring.knowledge.current(session), "hane", "2099010101", NOON) == expected
    assert send(client, xml, PHOTOS).status_code == 201
    assert_recorded_once(wiring.database, findings=2, photos=1)
    with wiring.database.reading() as session:
        visit = session.scalars(select(Submission)).one()
        place = session.scalars(select(ExpectedPhoto)).one()
        requests = {request.category_code: request for request in session.scalars(select(ServiceRequest))}
    assert (visit.mahalle_id, visit.visit_type) == (municipality.akpinar, "hane")
    assert place.finding_id == requests["yol_kaldirim"].finding_id
