"""A team's day on paper (A4): times, names, addresses, and a QR that opens the visit's target on the tablet.

reportlab is loaded when the first sheet is printed. Its own Bitstream Vera has all Turkish letters.
"""

import io
from pathlib import Path
from typing import Any

import segno

from reports.day_plans import RouteView, StopView, rough_words

_MARGIN, _ROW, _QR = 42.0, 62.0, 52.0
_NAME_CHARACTERS, _ADDRESS_CHARACTERS = 58, 84


def write_route_pdf(route: RouteView, base_url: str, municipality: str) -> bytes:
    """Write the sheet; each QR holds `<base_url>/tablet/hedef/<target>`, an id and nothing personal."""
    import reportlab  # noqa: PLC0415 - only whoever prints pays for it
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    fonts = Path(reportlab.__file__).parent / "fonts"
    for name, file in (("Plain", "Vera.ttf"), ("Bold", "VeraBd.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(fonts / file)))
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, pageCompression=1)
    canvas.setTitle(f"{route.team.name} {route.day:%d.%m.%Y}")
    _Sheet(canvas, A4, f"{route.team.name} · {route.day:%d.%m.%Y}", municipality).write(route, base_url)
    canvas.save()
    return written.getvalue()


class _Sheet:
    """Pages of rows from top to bottom."""

    def __init__(self, canvas: Any, size: tuple[float, float], title: str, municipality: str) -> None:  # noqa: ANN401 - untyped library
        self._canvas, (self._width, self._height) = canvas, size
        self._title, self._municipality = title, municipality
        self._page, self._y = 0, 0.0
        self._turn()

    def write(self, route: RouteView, base_url: str) -> None:
        """Write the summary, then a row for each stop."""
        lunch = f" · Öğle arası {route.lunch[0]}–{route.lunch[1]}" if route.lunch else ""
        minutes = round(route.travel_s / 60)
        told = f"Çıkış {route.departure} · Dönüş {route.back_at}{lunch} · {len(route.stops)} ziyaret · yol {minutes} dk"
        self._text(_MARGIN, self._y - 12, told, size=10)
        self._y -= 30
        for stop in route.stops:
            if self._y - _ROW < _MARGIN:
                self._canvas.showPage()
                self._turn()
            self._row(stop, base_url)
        self._canvas.showPage()

    def _turn(self) -> None:
        """Begin a page."""
        self._page += 1
        self._y = self._height - _MARGIN
        self._text(_MARGIN, self._y - 14, self._title, font="Bold", size=15)
        self._canvas.setFont("Plain", 9)
        self._canvas.drawRightString(self._width - _MARGIN, self._y - 12, f"{self._municipality} · sayfa {self._page}")
        self._y -= 26

    def _row(self, stop: StopView, base_url: str) -> None:
        self._canvas.setLineWidth(0.5)
        self._canvas.line(_MARGIN, self._y, self._width - _MARGIN, self._y)
        visit = stop.visit
        self._text(_MARGIN, self._y - 20, f"{stop.number}.", font="Bold", size=13)
        self._text(_MARGIN + 30, self._y - 20, f"{stop.start}–{stop.end}", font="Bold", size=11)
        self._text(_MARGIN + 120, self._y - 20, _cut(visit.target.name, _NAME_CHARACTERS), font="Bold", size=11)
        self._text(_MARGIN + 30, self._y - 35, _cut(visit.address, _ADDRESS_CHARACTERS), size=9)
        wanted = f"istenen ekip: {visit.preferred_team.words}" if visit.preferred_team else ""
        told = (visit.visit_type.name, "sabit" if visit.is_pinned else "", rough_words(visit), wanted)
        way = f"yol {round(stop.travel_s / 60)} dk"
        self._text(_MARGIN + 30, self._y - 49, " · ".join(filter(None, (*told, way))), size=9)
        self._qr(f"{base_url}/tablet/hedef/{visit.target.id}")
        self._y -= _ROW

    def _qr(self, address: str) -> None:
        matrix = segno.make(address, error="m", micro=False).matrix
        side = _QR / len(matrix)
        left, top = self._width - _MARGIN - _QR, self._y - 5
        for row, cells in enumerate(matrix):
            for column, is_dark in enumerate(cells):
                if is_dark:
                    # A hair larger, so that no printer leaves white lines between.
                    self._canvas.rect(
                        left + column * side, top - (row + 1) * side, side * 1.02, side * 1.02, stroke=0, fill=1
                    )  # fmt: skip

    def _text(self, x: float, y: float, text: str, *, size: float, font: str = "Plain") -> None:
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, y, text)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
