"""A small routing service on a real socket: OSRM's and Valhalla's tables, and what they do when they are unwell."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class RoutingServer(ThreadingHTTPServer):
    """Answers seconds between points: 1e5 × the difference of their longitudes, eastwards twice as long.

    A point east of 30° has no way to anywhere. `mood`: well, slow, failing, garbled, short.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.mood = "well"
        self.cells = 0
        self.paths: list[str] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


def seconds_between(origin: float, target: float) -> int | None:
    if origin != target and max(origin, target) > 30:
        return None
    return round(abs(target - origin) * 1e5) * (2 if target > origin else 1)


class _Answers(BaseHTTPRequestHandler):
    server: RoutingServer

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        points = [float(point.split(",")[0]) for point in asked.path.rsplit("/", 1)[1].split(";")]
        given = parse_qs(asked.query)
        sources, targets = (
            [points[int(one)] for one in given[name][0].split(";")] for name in ("sources", "destinations")
        )
        self._answer({"code": "Ok", "durations": self._table(sources, targets)})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        sources, targets = ([point["lon"] for point in asked[name]] for name in ("sources", "targets"))
        rows = self._table(sources, targets)
        self._answer({"sources_to_targets": [[{"time": cell, "distance": None} for cell in row] for row in rows]})

    def _table(self, sources: list[float], targets: list[float]) -> list[list[int | None]]:
        self.server.cells += len(sources) * len(targets)
        self.server.paths.append(self.path)
        rows = [[seconds_between(origin, target) for target in targets] for origin in sources]
        return rows[1:] if self.server.mood == "short" else rows

    def _answer(self, body: object) -> None:
        mood = self.server.mood
        if mood == "slow":
            self.server.released.wait(30)
        content = b"<html>not JSON</html>" if mood == "garbled" else json.dumps(body).encode()
        self.send_response(500 if mood == "failing" else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def a_routing_server() -> Iterator[RoutingServer]:
    """Run a routing service for the length of a `with` block."""
    with RoutingServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()
