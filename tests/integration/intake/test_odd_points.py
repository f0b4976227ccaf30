"""Points that are odd: always recorded, flagged in words, located by the written rule."""

import pytest
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import Submission
from tests.fixtures.municipality import Municipality
from tests.integration.intake.posts import Client, hane, send


def visit_at(client: Client, wiring: Wiring, point: str) -> Submission:
    assert send(client, hane(point=point)).status_code == 201
    with wiring.database.reading() as session:
        return session.scalars(select(Submission)).one()


@pytest.mark.parametrize(
    ("point", "flag"),
    [
        ("0 0 0 0", "point.zero"),
        ("29.205 41.005 0 8", "point.swapped"),
        ("48.85 2.35 0 8", "point.outside_turkey"),
    ],
)
def test_a_point_that_cannot_be_of_this_district_is_flagged_with_the_reason(
    client: Client, wiring: Wiring, point: str, flag: str
) -> None:
    visit = visit_at(client, wiring, point)
    assert flag in visit.flags.split(",")
    assert (visit.place, visit.mahalle_id, visit.review) == ("outside", None, "open")
    assert all(remark["sentence"] for remark in visit.remarks)


def test_a_point_that_is_nowhere_on_earth_is_no_point(client: Client, wiring: Wiring) -> None:
    visit = visit_at(client, wiring, "141.005 29.205 0 8")
    assert (visit.flags, visit.place, visit.lon) == (",point.not_on_earth,", "no_point", None)


def test_a_point_with_an_accuracy_of_three_hundred_metres_is_flagged_and_names_the_possible_neighbour(
    client: Client, wiring: Wiring, municipality: Municipality
) -> None:
    visit = visit_at(client, wiring, "41.005 29.209 0 300")
    assert (visit.flags, visit.mahalle_id) == (",point.inaccurate,", municipality.akpinar)
    assert visit.possible_mahalle == [str(municipality.fatih)]


def test_a_point_on_a_shared_border_belongs_to_the_mahalle_with_the_lower_code(
    client: Client, wiring: Wiring, municipality: Municipality
) -> None:
    visit = visit_at(client, wiring, "41.005 29.21 0 5")
    assert (visit.flags, visit.place, visit.mahalle_id) == ("", "inside", municipality.akpinar)
    assert visit.possible_mahalle == [str(municipality.fatih)]
