"""An office that plans an instance through HTTP: server, routing service, teams with shifts, visits; what it says."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from datetime import time as clock_time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import numpy as np
from sqlalchemy import select

from benchmarks.plan_checker import ToldRoute, ToldStop
from benchmarks.planning_instances import LAT, LON, SHIFT, Instance, InstanceVisit, lunch_of
from benchmarks.serving import Server, a_server
from foundation.clock import utc_now
from foundation.database import Database
from geo.mahalle_index import MahalleIndex
from geo.tables import BoundarySet
from planning.stored_plan import read_stored
from planning.tables import DayPlan
from sync.change_log import FeedChanges, write_feed
from teams.tables import Team, TeamShift
from tests.fixtures.municipality import PASSWORD
from visits.recording import NewAssignment, NewTarget, Recording, record_assignments, record_targets

_SCALE = 1e5


class PlanningOffice:
    """A coordinator at the server, with the instance's teams and visits in its database."""

    def __init__(self, server: Server, day: Instance) -> None:
        self._database = Database(server.database_url)
        self._client = httpx.Client(base_url=server.address, headers={"X-Saha": "1"}, timeout=60)
        self._on = _next_monday()
        self._team_ids = [uuid4() for _ in range(day.team_count)]
        self._numbers = _fill(self._database, day, self._team_ids, self._on)
        answer = self._client.post("/v1/sign-in", json={"username": "koordinator", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self._client.get("/v1/day-plans")

    def plan(self, seconds: float) -> str:
        """Order a plan and wait for it, as the page does; returns its id."""
        asked = {"first_day": str(self._on), "team_ids": list(map(str, self._team_ids)), "seconds": seconds}
        answer = self._client.post("/v1/day-plans", json=asked)
        assert answer.status_code == 202, answer.text
        plan_id = str(answer.json()["id"])
        while True:
            view: dict[str, Any] = self._client.get(f"/v1/day-plans/{plan_id}").json()
            if view["plan"]["state"] not in {"waiting", "running"}:
                assert view["plan"]["state"] == "done", view["plan"]
                return plan_id
            time.sleep(0.05)

    def told_routes(self, plan_id: str) -> list[ToldRoute]:
        """Read a plan with its seconds, which the page shows as minutes."""
        with self._database.reading() as session:
            stored = read_stored(session.scalars(select(DayPlan.result).where(DayPlan.id == UUID(plan_id))).one())
        return [
            ToldRoute(
                self._team_ids.index(route.team),
                [ToldStop(self._numbers[stop.visit], stop.start, stop.end) for stop in route.stops],
                route.lunch,
            )
            for route in stored.routes
        ]

    def close(self) -> None:
        """Give everything back."""
        self._client.close()
        self._database.close()


@contextmanager
def an_office(day: Instance) -> Iterator[PlanningOffice]:
    """Run server and routing service, and fill the instance in."""
    with _InstanceRoads(day) as roads:
        threading.Thread(target=roads.serve_forever, args=(0.02,), daemon=True).start()
        address = f"http://127.0.0.1:{roads.server_address[1]}/table/v1/{{mode}}"
        settings = {"SAHA_ROUTING_URL": address, "SAHA_ROUTING_TIMEOUT_S": "300"}
        with a_server("sqlite", workers=1, settings=settings) as server:
            office = PlanningOffice(server, day)
            try:
                yield office
            finally:
                office.close()
        roads.shutdown()


def _fill(database: Database, day: Instance, team_ids: list[UUID], on: date) -> dict[UUID, int]:
    """Write teams and visits; returns the number in the instance of each visit."""
    at = utc_now()
    with database.writing() as session:
        session.query(BoundarySet).update({"is_current": False})  # the city lies elsewhere
        for number, team_id in enumerate(team_ids):
            lon, lat = day.points[0]
            session.add(
                Team(
                    id=team_id, code=f"bench-{number}", name=f"Ekip {number}", mode="car", start_lon=lon,
                    start_lat=lat, end_lon=lon, end_lat=lat,
                )
            )  # fmt: skip
        session.flush()
        for number, team_id in enumerate(team_ids):
            lunch_s, first, last = lunch_of(day, number)
            session.add(
                TeamShift(
                    team_id=team_id, weekday=on.weekday(), starts=clock_time(SHIFT[0] // 3600),
                    ends=clock_time(SHIFT[1] // 3600), lunch_minutes=lunch_s // 60,
                    lunch_from=_time(first), lunch_until=_time(last),
                )
            )  # fmt: skip
        feed, recording = FeedChanges(), Recording(at, None, uuid4())
        targets = [
            NewTarget({"tur": "hane", "ad": f"Hane {number}", "geometry": "{1} {0} 0 5".format(*day.points[one.place])})
            for number, one in enumerate(day.visits)
        ]
        made = record_targets(session, targets, feed, recording, index=MahalleIndex([]))
        planned = [
            NewAssignment(target.id, team_ids[number % len(team_ids)], "hane", on, position=number, fields=_fields(one))
            for number, (target, one) in enumerate(zip(made, day.visits, strict=True))
        ]
        recorded = record_assignments(session, planned, feed, recording)
        write_feed(session, feed, at)
    return {one.id: number for number, one in enumerate(recorded)}


def _fields(visit: InstanceVisit) -> dict[str, str]:
    """Write length and hours; hours end when the visit does, the instance's windows when it begins."""
    fields = {"sure_dk": str(visit.service_s // 60)}
    early, late = visit.window
    if visit.window != SHIFT:
        fields["saatler"] = f"{_clock(early)}-{_clock(late + visit.service_s)}"
    return fields


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def _time(seconds: int) -> clock_time:
    return clock_time(seconds // 3600, seconds % 3600 // 60)


def _next_monday() -> date:
    today = utc_now().date()
    return today + timedelta(days=7 - today.weekday())


class _InstanceRoads(ThreadingHTTPServer):
    """A routing service that knows the ways between the points of one instance, as OSRM answers them."""

    daemon_threads = True

    def __init__(self, day: Instance) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.seconds = day.seconds
        self.places = {_key(*point): number for number, point in enumerate(day.points)}


class _Answers(BaseHTTPRequestHandler):
    server: _InstanceRoads

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        points = [tuple(map(float, point.split(","))) for point in asked.path.rsplit("/", 1)[1].split(";")]
        places = [self.server.places[_key(lon, lat)] for lon, lat in points]
        given = parse_qs(asked.query)
        rows, columns = (
            [places[int(one)] for one in given[name][0].split(";")] for name in ("sources", "destinations")
        )  # fmt: skip
        body = json.dumps({"code": "Ok", "durations": self.server.seconds[np.ix_(rows, columns)].tolist()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _key(lon: float, lat: float) -> tuple[int, int]:
    return round((lon - LON) * _SCALE), round((lat - LAT) * _SCALE)
