"""Posts that no honest tablet sends: each gets an answer, none of them stands in another's way."""

import hashlib

import anyio
import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.intake_line import KnowledgeCache, open_intake_line
from api.remembered_sign_in import RememberedSignIns
from api.wiring import Wiring
from field_forms.library import FormLibrary
from foundation.database import Database
from geo.mahalle_index import Location, MahalleIndex
from service_requests.incoming import IncomingSubmission, Refused
from service_requests.intake_run import IntakeKnowledge
from service_requests.interpretation import LONGEST_DESCRIPTION
from service_requests.tables import ExpectedPhoto, Quarantine, ServiceRequest, Submission
from teams.collect_keys import issue_collect_key, revoke_collect_key
from teams.permissions import Actor, Role
from teams.sign_in_attempts import SignInAttempts
from tests.builders import AFinding, a_photo
from tests.fixtures.municipality import NOON, Municipality
from tests.integration.intake.posts import SAHA, Client, assert_try_again, count, hane, send


def test_endless_sentences_and_names_are_shortened_in_lists(client: Client, wiring: Wiring) -> None:
    endless = "a" + "\u0301\u0323" * 100_000
    named = hane(findings=[AFinding(sentence=endless)]).replace("Şükrü Iğdır".encode(), endless.encode())
    assert send(client, named).status_code == 201
    with wiring.database.reading() as session:
        request, visit = session.scalars(select(ServiceRequest)).one(), session.scalars(select(Submission)).one()
        assert (request.description, request.search_key) == (endless[:LONGEST_DESCRIPTION], "a")
        assert (visit.person_name, visit.search_key) == (endless[:200], "a menekse sokak 12")


def test_a_nul_in_the_name_of_a_device_or_a_photo_is_left_out(client: Client, wiring: Wiring) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n%s\r\n'
    body = part % (b"xml_submission_file", b"form.xml", hane()) + part % (b"p", b"a\0b.jpg", a_photo()) + b"--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Host": "elsewhere.example"}
    sent = client.post("/openrosa/submission?deviceID=a%00b", content=body, headers=headers, auth=SAHA)
    assert sent.status_code == 201
    assert b"elsewhere" not in sent.content
    assert "elsewhere" not in str(sent.headers)
    with wiring.database.reading() as session:
        assert session.scalars(select(Submission)).one().device_id == "ab"
        assert session.scalars(select(ExpectedPhoto)).one().file_name == "ab.jpg"
    assert client.get("/openrosa/formList", auth=("a\0b", "x")).status_code == 401


def test_a_photo_that_cannot_be_kept_leaves_none_of_those_behind_it(client: Client, wiring: Wiring) -> None:
    large = b"\xff\xd8\xff" + b"\0" * 1_500_000
    first = hashlib.sha256(large).hexdigest()
    in_the_way = wiring.settings.resolved_photo_dir / first[:2]
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    in_the_way.write_bytes(b"")
    answer = send(client, hane(), {"a.jpg": large, "b.jpg": large + b"1", "c.jpg": large + b"2"})
    assert_try_again(answer)
    assert list((wiring.settings.resolved_photo_dir / "incoming").iterdir()) == []


class _FallsOver(MahalleIndex):
    """Boundaries that no point can be looked up in, as a mistake of ours would make them."""

    def locate(self, lon: float, lat: float, accuracy_m: float | None = None) -> Location:
        raise ZeroDivisionError(lon, lat, accuracy_m)


class _Mistaken(KnowledgeCache):
    def current(self, session: Session) -> IntakeKnowledge:
        return msgspec.structs.replace(super().current(session), index=_FallsOver([]))


def test_a_submission_that_our_own_code_falls_over_is_kept_for_a_person(
    database: Database, municipality: Municipality
) -> None:
    line = open_intake_line(database, _Mistaken(FormLibrary()), lambda: None)
    line.start()
    sender = Actor(municipality.users["saha"], "saha", "Saha", Role.FIELD_WORKER, municipality.team)
    [outcome] = [anyio.run(line.write, IncomingSubmission(hane(), sender, "", NOON))]
    line.stop()
    assert isinstance(outcome, Refused)
    assert outcome.code == "submission.not_storable"
    assert (count(database, Submission), count(database, Quarantine)) == (0, 1)


def test_a_key_revoked_while_it_is_looked_up_is_not_remembered(wiring: Wiring, municipality: Municipality) -> None:
    worker = municipality.users["saha"]
    coordinator = Actor(municipality.users["koordinator"], "k", "K", Role.COORDINATOR)
    with wiring.database.writing() as session:
        key_id, token = issue_collect_key(session, coordinator, worker, "Tablet 1", at=NOON)
    sign_ins = RememberedSignIns(wiring.database, b"key", lambda: revoked_now() or NOON, SignInAttempts())

    def revoked_now() -> None:
        sign_ins.forget(worker)

    assert anyio.run(sign_ins.by_collect_key, token) is not None
    with wiring.database.writing() as session:
        revoke_collect_key(session, key_id, at=NOON)
    assert anyio.run(sign_ins.by_collect_key, token) is None
