"""How long a tablet takes to hold 100,000 households: first load, second start, search, and the memory it takes.

A real server (SQLite) on this machine and the distribution's Chromium, through the pages a worker sees. `first_load` is
from the standing list of the day, after the first sign-in, until the search page counts all households; `paint` the
first contentful paint of a start from the cache; `second_start` from the PIN's button until the day's visits stand;
`all_there` from the same until all households can be found; `search` from a letter typed until the next frame. Memory
after collecting garbage: `heap` is V8's (CDP `JSHeapUsedSize`), `private` what the page's process has for itself (what
Chromium's task manager calls its footprint), `renderer` its resident set: that and 130 MB of Chromium's shared program.
`…_cpu` is what a process worked until then, which says more than the clock where others work on the machine, too.
`python -m benchmarks.tablet_load [--households 100000]`. Prints one JSON line per figure.
"""

import argparse
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from uuid import UUID

from playwright.sync_api import Page, expect, sync_playwright
from sqlalchemy import text

from benchmarks.pull import a_body
from benchmarks.serving import a_server, resident_mb
from foundation.clock import ISTANBUL
from foundation.database import Database
from foundation.identifiers import uuid7
from foundation.insertion import insert_all
from sync.areas import area_of_team
from sync.tables import FeedBody, FeedEntry
from teams.tables import Team, TeamArea
from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.tablet_in_the_field import PIN, open_place, set_pin, sign_in
from tests.fixtures.municipality import PASSWORD

VISITS = 15
_AREA = UUID(int=1)
_PIECE = 20_000
_PATIENCE_MS = 300_000
_SEARCH = """async () => {
  const field = document.querySelector('#search')
  const times = []
  for (const typed of ['m', 'menekse', 'menekse 19', 'igdir 54321', '0532 004']) {
    const begun = performance.now()
    field.value = typed
    field.dispatchEvent(new Event('input', { bubbles: true }))
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
    times.push(Math.round(performance.now() - begun))
  }
  return times
}"""
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def fill(database_url: str, households: int) -> None:
    """Put so many households into an area of the first team, and visits of today to some of them."""
    database = Database(database_url)
    with database.writing() as session:
        team = session.query(Team).order_by(Team.code).first()
        assert team is not None
        insert_all(session, TeamArea, [{"team_id": team.id, "mahalle_id": _AREA}])
        rows = [(uuid7(), number) for number in range(households)]
        for start in range(0, households, _PIECE):
            some = rows[start : start + _PIECE]
            _put(session, f"mahalle:{_AREA}", "target", [(one, at, a_body(one, _AREA, at)) for one, at in some])
        visits = [(uuid7(), households + at) for at in range(VISITS)]
        bodies = [(one, at, _a_visit(one, rows[place][0], place)) for place, (one, at) in enumerate(visits)]
        _put(session, area_of_team(team.id), "assignment", bodies)
        session.execute(text("UPDATE sequence_counter SET feed_sequence = :last"), {"last": households + VISITS})
    database.close()


def _put(session: object, area: str, kind: str, items: list[tuple[UUID, int, str]]) -> None:
    entries = [
        {"area": area, "kind": kind, "entity_id": one, "sequence": at + 1, "is_removed": False, "removed_at": None}
        for one, at, _ in items
    ]
    insert_all(session, FeedEntry, entries)
    insert_all(session, FeedBody, [{"kind": kind, "entity_id": one, "body": body} for one, _, body in items])


def _a_visit(visit: UUID, household: UUID, position: int) -> str:
    today = datetime.now(UTC).astimezone(ISTANBUL).date().isoformat()
    fields = {"hedef": str(household), "tur": "hane", "gun": today, "sira": str(position), "durum": "planli"}
    return json.dumps({"op": "put", "kind": "assignment", "id": str(visit), "version": 1, "fields": fields})


class Tablet:
    """A browser with a profile of its own, opened anew for each start."""

    def __init__(self, playwright: object, profile: Path, address: str) -> None:
        self._playwright, self._profile, self.address = playwright, profile, address

    @contextmanager
    def opened(self) -> Iterator[Page]:
        """Open the browser."""
        context = self._playwright.chromium.launch_persistent_context(
            self._profile, executable_path=shutil.which("chromium"), locale="tr-TR", timezone_id="Europe/Istanbul",
            args=["--no-sandbox"] if os.geteuid() == 0 else [], viewport={"width": 800, "height": 1280},
        )  # fmt: skip
        page = context.pages[0]
        page.set_default_timeout(_PATIENCE_MS)
        yield page
        context.close()


def _wait_for_all(page: Page, households: int) -> None:
    open_place(page, "Ara")
    expect(page.get_by_text(re.compile(f"{households}"))).to_be_visible(timeout=_PATIENCE_MS)


def _memory(page: Page) -> dict[str, int]:
    protocol = page.context.new_cdp_session(page)
    protocol.send("HeapProfiler.collectGarbage")
    protocol.send("Performance.enable")
    metrics = {one["name"]: one["value"] for one in protocol.send("Performance.getMetrics")["metrics"]}
    process_id = _renderer(page)
    heap = round(metrics["JSHeapUsedSize"] / 1e6)
    return {"heap": heap, "private": _private_mb(process_id), "renderer": resident_mb(process_id)}


def _private_mb(process_id: int) -> int:
    """Add up the resident memory that no other process shares."""
    rows = (line.split() for line in Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines())
    return round(sum(int(row[1]) for row in rows if row[0] in {"Private_Clean:", "Private_Dirty:"}) / 1024)


def _renderer(page: Page) -> int:
    """Find the process of the page: the renderer that has worked most."""
    browser = page.context.browser
    assert browser is not None
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    busiest = max((one for one in told if one["type"] == "renderer"), key=lambda one: one["cpuTime"])
    return int(busiest["id"])


def _cpu_s(process_id: int) -> float:
    of_all = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return round((int(of_all[11]) + int(of_all[12])) / os.sysconf("SC_CLK_TCK"), 2)


def measure(tablet: Tablet, code: str, households: int, server_process: int) -> Iterator[tuple[str, float, str]]:
    """Install, load, start again and search; yields name, value and unit of each figure."""
    with tablet.opened() as page:
        page.goto(f"{tablet.address}/tablet#{code}")
        set_pin(page, "Saha", PIN)
        begun = monotonic()
        _wait_for_all(page, households)
        yield "first_load", round(monotonic() - begun, 2), "s"
        yield "first_load_cpu", _cpu_s(_renderer(page)), "s"
        yield "first_load_server_cpu", _cpu_s(server_process), "s"
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        for name, value in _memory(page).items():
            yield f"first_load_{name}", value, "MB"
    with tablet.opened() as page:
        page.goto(f"{tablet.address}/tablet/")
        page.get_by_role("button", name="Saha", exact=True).wait_for()
        yield "paint", round(page.evaluate(_PAINT)), "ms"
        begun = monotonic()
        sign_in(page, "Saha", PIN)
        page.get_by_role("article").first.wait_for()
        yield "second_start", round(monotonic() - begun, 2), "s"
        _wait_for_all(page, households)
        yield "all_there", round(monotonic() - begun, 2), "s"
        yield "all_there_cpu", _cpu_s(_renderer(page)), "s"
        yield "search", max(page.evaluate(_SEARCH)), "ms"
        for name, value in _memory(page).items():
            yield f"second_start_{name}", value, "MB"


def main() -> None:
    """Measure once, against a server that holds the households."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=100_000)
    given = parser.parse_args()
    with (
        a_server("sqlite", workers=1) as server,
        tempfile.TemporaryDirectory() as profile,
        sync_playwright() as playing,
    ):
        fill(server.database_url, given.households)
        code = OfficeDesk(server.address, PASSWORD).enrolment_address("Tablet 1").partition("#")[2]
        tablet = Tablet(playing, Path(profile), server.address)
        for name, value, unit in measure(tablet, code, given.households, server.process_id):
            figure = {"name": f"tablet, {name}", "households": given.households, "value": value, "unit": unit}
            print(json.dumps(figure | {"load": round(os.getloadavg()[0], 1)}), flush=True)


if __name__ == "__main__":
    main()
