"""Posts that no honest tablet sends: each gets an answer, none of them stands in another's way."""

from sqlalchemy import select

from api.wiring import Wiring
from service_requests.interpretation import LONGEST_DESCRIPTION
from service_requests.tables import ServiceRequest, Submission
from tests.builders import AFinding
from tests.integration.intake.posts import Client, hane, send


def test_endless_sentences_and_names_are_shortened_in_lists(client: Client, wiring: Wiring) -> None:
    endless = "a" + "\u0301\u0323" * 100_000
    named = hane(findings=[AFinding(sentence=endless)]).replace("Şükrü Iğdır".encode(), endless.encode())
    assert send(client, named).status_code == 201
    with wiring.database.reading() as session:
        request, visit = session.scalars(select(ServiceRequest)).one(), session.scalars(select(Submission)).one()
        assert (request.description, request.search_key) == (endless[:LONGEST_DESCRIPTION], "a")
        assert (visit.person_name, visit.search_key) == (endless[:200], "a menekse sokak 12")
