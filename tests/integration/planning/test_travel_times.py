"""Travel times from a routing service on a real socket, remembered, and what stands in when it is unwell."""

import socket
from datetime import timedelta

import numpy as np
import pytest

from foundation.database import Database
from foundation.settings import Settings
from planning.problem import UNREACHABLE
from planning.travel_matrix import Pace, bee_line_matrix
from planning.travel_times import KEPT_FOR, find_travel_times, sweep_travel_times
from tests.fixtures.municipality import NOON
from tests.integration.planning.routing_server import RoutingServer, a_routing_server, seconds_between

PLACES = [(29.2, 41.0), (29.21, 41.0), (29.22, 41.01), (30.5, 41.0)]


def settings_of(server: RoutingServer, path: str = "/table/v1/{mode}", timeout_s: float = 20) -> Settings:
    return Settings(routing_url=server.url + path, routing_timeout_s=timeout_s)


def expected(places: list[tuple[float, float]]) -> list[list[int]]:
    rows = [[seconds_between(origin[0], target[0]) for target in places] for origin in places]
    return [[UNREACHABLE if cell is None else cell for cell in row] for row in rows]


def test_travel_times_come_from_the_service_and_are_asked_once(database: Database) -> None:
    with a_routing_server() as server:
        settings = settings_of(server)
        found = find_travel_times(database, settings, PLACES, ["car", "car"], NOON)
        assert (found.by_mode["car"].tolist(), found.notes) == (expected(PLACES), [])
        assert server.cells == len(PLACES) ** 2
        assert server.paths[0].startswith("/table/v1/driving/29.200000,41.000000;")
        # The same places in another order, one of them twice: all of it is known.
        again = [PLACES[2], PLACES[0], PLACES[3], PLACES[0]]
        assert find_travel_times(database, settings, again, ["car"], NOON).by_mode["car"].tolist() == expected(again)
        assert server.cells == len(PLACES) ** 2
        # One place is new: only its row and its column are asked for.
        more = [*PLACES, (29.25, 41.02)]
        assert find_travel_times(database, settings, more, ["car"], NOON).by_mode["car"].tolist() == expected(more)
        assert server.cells == len(PLACES) ** 2 + 2 * len(more) - 1
        # Another mode is another question; after a month so is everything.
        find_travel_times(database, settings, PLACES, ["walk"], NOON)
        assert "/foot/" in server.paths[-1]
        with database.writing() as session:
            assert sweep_travel_times(session, NOON + KEPT_FOR + timedelta(days=1)) == len(more) + len(PLACES)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_valhalla_answers_as_well_and_large_days_are_asked_in_blocks(database: Database) -> None:
    places = [(29 + number / 1e4, 41.0) for number in range(60)]
    with a_routing_server() as server:
        found = find_travel_times(database, settings_of(server, "/sources_to_targets"), places, ["walk"], NOON)
        assert np.array_equal(found.by_mode["walk"], np.array(expected(places)))
        assert len(server.paths) == 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("mood", "reason"),
    [("slow", "timeout"), ("failing", "refused"), ("garbled", "unreadable"), ("short", "unreadable")],
)  # fmt: skip
def test_the_bee_line_stands_in_for_a_service_that_is_unwell_and_that_is_said(
    database: Database, mood: str, reason: str
) -> None:
    with a_routing_server() as server:
        settings = settings_of(server, timeout_s=0.3 if mood == "slow" else 20)
        server.mood = mood
        found = find_travel_times(database, settings, PLACES, ["car"], NOON)
        assert found.notes == [f"travel.{reason}"]
        assert np.array_equal(found.by_mode["car"], bee_line_matrix(PLACES, Pace(1.4, 25)))
        # Nothing of it was remembered: the next day is asked for again.
        server.mood = "well"
        assert find_travel_times(database, settings_of(server), PLACES, ["car"], NOON).notes == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_service_that_is_not_there_is_refused(database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = Settings(routing_url=f"http://127.0.0.1:{port}/table/v1/{{mode}}")
    assert find_travel_times(database, settings, PLACES, ["car"], NOON).notes == ["travel.refused"]
