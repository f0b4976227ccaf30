"""A team's day for other programs: GPX 1.1 for navigation, iCalendar (RFC 5545) for calendars. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from xml.sax.saxutils import escape

from foundation.clock import ISTANBUL
from reports.day_plans import RouteView, StopView, rough_words

_LINE_BYTES = 75


def write_gpx(route: RouteView) -> bytes:
    """Write the stops as way points and, in order, as a route."""
    stops = [stop for stop in route.stops if stop.visit.lon is not None]
    title = escape(f"{route.team.name}, {route.day:%d.%m.%Y}")
    points = "".join(_gpx_point("wpt", stop) for stop in stops)
    way = "".join(_gpx_point("rtept", stop) for stop in stops)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="Saha" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<metadata><name>{title}</name></metadata>{points}<rte><name>{title}</name>{way}</rte></gpx>\n"
    ).encode()


def write_ics(route: RouteView, made_at: datetime) -> bytes:
    """Write each stop as an event, with an id that stays, so that a newer plan replaces the older one."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Saha//Gunun plani//TR", "METHOD:PUBLISH"]
    for stop in route.stops:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{stop.visit.id}@saha",
            f"DTSTAMP:{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART:{_moment(route.day, stop.start)}",
            f"DTEND:{_moment(route.day, stop.end)}",
            f"SUMMARY:{_ics_text(f'{stop.number}. {stop.visit.target.name} ({stop.visit.visit_type.name})')}",
            f"LOCATION:{_ics_text(stop.visit.address)}",
            *([f"GEO:{stop.visit.lat:.6f};{stop.visit.lon:.6f}"] if stop.visit.lon is not None else []),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _gpx_point(tag: str, stop: StopView) -> str:
    visit = stop.visit
    told = escape(", ".join(filter(None, (stop.start, visit.address, rough_words(visit)))))
    name = escape(f"{stop.number}. {visit.target.name}")
    return f'<{tag} lat="{visit.lat:.6f}" lon="{visit.lon:.6f}"><name>{name}</name><desc>{told}</desc></{tag}>'


def _moment(day: date, clock: str) -> str:
    """Write `HH:MM` of a day in Istanbul as a moment in UTC, so that no time zone need be described."""
    hours, minutes = map(int, clock.split(":"))
    local = datetime.combine(day, time(), ISTANBUL) + timedelta(hours=hours, minutes=minutes)
    return f"{local.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _ics_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def _folded(line: str) -> str:
    """Fold a line after 75 bytes, never within a letter."""
    pieces, piece, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _LINE_BYTES:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    return "\r\n".join([*pieces, piece])
