import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from reports.day_plans import PlannedVisitView, RouteView, StopView
from reports.route_files import write_gpx, write_ics
from reports.route_pdf import write_route_pdf
from service_requests.submission_lists import CodedView
from teams.accounts import NamedView

TARGET = UUID(int=7)
_GPX = "{http://www.topografix.com/GPX/1/1}"


def a_stop(number: int, name: str = "İğdır & Öz <Ltd>", lon: float | None = 29.2) -> StopView:
    visit = PlannedVisitView(
        id=UUID(int=number), target=NamedView(TARGET, name), address="Gül Sk. 12; kat 3, Sancaktepe ",
        visit_type=CodedView("hane", "Hane ziyareti"), lon=lon, lat=None if lon is None else 41.0,
        precision=CodedView("nokta", "Nokta"), is_pinned=False, preferred_team=None,
    )  # fmt: skip
    return StopView(
        number=number,
        visit=visit,
        arrival="09:55",
        start="10:00",
        end="10:20",
        travel_s=600,
        is_moved=False,
        missed="",
    )


def a_route(*stops: StopView) -> RouteView:
    return RouteView(
        team=NamedView(UUID(int=1), "1. Ekip"), day=date(2026, 11, 20), departure="09:00", back_at="17:00",
        lunch=("12:00", "12:45"), travel_s=1200, stops=list(stops),
    )  # fmt: skip


def test_gpx_has_the_stops_in_order_and_leaves_out_what_has_no_point() -> None:
    tree = ET.fromstring(write_gpx(a_route(a_stop(1), a_stop(2, lon=None), a_stop(3))))
    names = [point.findtext(f"{_GPX}name") for point in tree.iterfind(f"{_GPX}rte/{_GPX}rtept")]
    assert names == ["1. İğdır & Öz <Ltd>", "3. İğdır & Öz <Ltd>"]
    assert tree.findall(f"{_GPX}wpt")[0].attrib == {"lat": "41.000000", "lon": "29.200000"}


def test_navigation_is_told_what_is_known_roughly() -> None:
    stop = a_stop(2)
    rough = msgspec.structs.replace(stop.visit, precision=CodedView("sokak", "Yaklaşık: sokak düzeyinde"))
    tree = ET.fromstring(write_gpx(a_route(a_stop(1), msgspec.structs.replace(stop, visit=rough))))
    told = [point.findtext(f"{_GPX}desc") for point in tree.iterfind(f"{_GPX}rte/{_GPX}rtept")]
    assert told == [
        "10:00, Gül Sk. 12; kat 3, Sancaktepe ", "10:00, Gül Sk. 12; kat 3, Sancaktepe , Yaklaşık: sokak düzeyinde",
    ]  # fmt: skip


def test_calendar_events_are_in_utc_escaped_and_folded_within_letters() -> None:
    written = write_ics(a_route(a_stop(1, name="Ğ" * 60)), datetime(2026, 11, 19, 12, tzinfo=UTC))
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    unfolded = written.decode().replace("\r\n ", "")
    assert "DTSTART:20261120T070000Z\r\nDTEND:20261120T072000Z\r\n" in unfolded
    assert f"SUMMARY:1. {'Ğ' * 60} (Hane ziyareti)\r\n" in unfolded
    assert "LOCATION:Gül Sk. 12\\; kat 3\\, Sancaktepe \r\n" in unfolded
    assert f"UID:{UUID(int=1)}@saha" in unfolded


def test_a_long_day_is_printed_on_as_many_sheets_as_it_needs() -> None:
    written = write_route_pdf(a_route(*(a_stop(number) for number in range(1, 31))), "https://saha.example", "Belediye")
    assert written.startswith(b"%PDF-")
    assert written.count(b"/Type /Page\n") == 3
