"""Draws the demo's photos: simple street scenes that say ÖRNEK ("sample"), as JPEG with place and time in their EXIF.

A scene is drawn once and used for many photos; each photo differs by its EXIF, as two shots of one place would.
"""

import io
import random
from collections.abc import Callable
from datetime import datetime

from PIL import Image, ImageDraw, ImageFont

from foundation.clock import ISTANBUL

_SIZE = (1280, 960)
_HORIZON = 420
_VARIANTS = 4
_WORD = "ORNEK"
_Colour = tuple[int, int, int]
_GPS, _EXIF = 0x8825, 0x8769
_MAKE, _DATE_TIME, _DATE_TIME_ORIGINAL, _OFFSET_ORIGINAL = 0x010F, 0x0132, 0x9003, 0x9011


class PhotoAlbum:
    """Makes photos of findings."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._scenes: dict[tuple[str, int], bytes] = {}

    def photo(self, subject: str, lon: float, lat: float, taken_at: datetime) -> bytes:
        """Return a JPEG of a scene fitting `subject` (a category of findings), taken there and then."""
        kind = subject if subject in _SCENES else "street"
        key = (kind, self._rng.randrange(_VARIANTS))
        if key not in self._scenes:
            self._scenes[key] = _draw(self._rng, kind)
        return _with_exif(self._scenes[key], lon, lat, taken_at)


def _draw(rng: random.Random, kind: str) -> bytes:
    sky = (rng.randrange(150, 200), rng.randrange(185, 220), rng.randrange(215, 250))
    image = Image.new("RGB", _SIZE, sky)
    draw = ImageDraw.Draw(image)
    _houses(draw, rng)
    draw.rectangle((0, _HORIZON, *_SIZE), fill=_shade((120, 120, 124), rng))
    _SCENES[kind](draw, rng)
    _write_word(draw)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _write_word(draw: ImageDraw.ImageDraw) -> None:
    """Write ÖRNEK; Pillow's own font knows no Ö, so the two dots are drawn."""
    font, white, dark = ImageFont.load_default(size=110), (255, 255, 255), (40, 40, 40)
    left = 640 - draw.textlength(_WORD, font) / 2
    draw.text((left, 880), _WORD, fill=white, font=font, anchor="lm", stroke_width=6, stroke_fill=dark)
    middle = left + draw.textlength(_WORD[0], font) / 2
    for x in (middle - 20, middle + 20):
        draw.ellipse((x - 13, 798, x + 13, 824), fill=white, outline=dark, width=5)


def _shade(colour: _Colour, rng: random.Random) -> _Colour:
    change = rng.randrange(-18, 19)
    red, green, blue = (max(0, min(255, part + change)) for part in colour)
    return red, green, blue


def _houses(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    left = -40
    while left < _SIZE[0]:
        width, height = rng.randrange(150, 300), rng.randrange(150, 380)
        wall = _shade(rng.choice(((214, 190, 160), (200, 170, 150), (225, 220, 205), (180, 190, 185))), rng)
        draw.rectangle((left, _HORIZON - height, left + width, _HORIZON), fill=wall)
        for x in range(left + 20, left + width - 50, 70):
            for y in range(_HORIZON - height + 25, _HORIZON - 60, 85):
                draw.rectangle((x, y, x + 36, y + 46), fill=(90, 110, 130), outline=(240, 240, 240), width=3)
        left += width + rng.randrange(0, 30)


def _pavement(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    for row in range(6):
        for column in range(-1, 9):
            x, y = column * 160 + row % 2 * 80, _HORIZON + 40 + row * 85
            tilt = rng.randrange(-14, 15) if rng.random() < 0.3 else 0  # noqa: PLR2004 - a third lies loose
            corners = ((x, y + tilt), (x + 150, y - tilt), (x + 150, y + 75 - tilt), (x, y + 75 + tilt))
            draw.polygon(corners, fill=_shade((168, 162, 150), rng), outline=(90, 88, 82))
    draw.ellipse((480, 620, 820, 760), fill=(58, 54, 50))


def _bin(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    draw.polygon(
        ((430, 470), (850, 470), (810, 800), (470, 800)), fill=_shade((52, 110, 68), rng), outline=(20, 50, 30)
    )
    draw.rectangle((415, 440, 865, 478), fill=(36, 84, 50))
    for _ in range(9):
        x, y = rng.randrange(330, 900), rng.randrange(700, 800)
        draw.ellipse((x, y, x + 110, y + 80), fill=_shade((45, 45, 60), rng), outline=(20, 20, 28))


def _playground(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    draw.rectangle((0, _HORIZON, *_SIZE), fill=_shade((110, 150, 90), rng))
    draw.line(((250, 800), (380, 380), (780, 380), (910, 800)), fill=(200, 60, 50), width=22)
    for x in (470, 680):
        slack = rng.randrange(-50, 50)
        draw.line(((x, 385), (x + slack, 680)), fill=(70, 70, 70), width=7)
        draw.rectangle((x + slack - 55, 675, x + slack + 55, 700), fill=(240, 190, 40))


def _lamp(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    top = 640 + rng.randrange(-90, 90)
    draw.line(((640, 820), (top, 120)), fill=(60, 66, 72), width=20)
    draw.line(((top, 125), (top + 170, 150)), fill=(60, 66, 72), width=14)
    draw.ellipse((top + 130, 140, top + 240, 190), fill=(110, 110, 100), outline=(40, 40, 40), width=4)


def _drain(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    draw.ellipse((260, 560, 1040, 820), fill=_shade((92, 112, 128), rng))
    draw.rectangle((500, 610, 780, 760), fill=(48, 48, 50))
    for x in range(515, 780, 38):
        draw.rectangle((x, 620, x + 16, 750), fill=(120, 120, 122))


def _dog(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    fur = _shade((176, 132, 84), rng)
    draw.ellipse((440, 560, 800, 720), fill=fur)
    draw.ellipse((740, 480, 880, 620), fill=fur)
    draw.polygon(((770, 500), (750, 430), (810, 490)), fill=fur)
    for x in (480, 540, 700, 760):
        draw.rectangle((x, 690, x + 30, 810), fill=fur)
    draw.arc((360, 500, 480, 640), 270, 60, fill=fur, width=24)


def _street(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    draw.polygon(((560, _HORIZON), (720, _HORIZON), (1180, 960), (100, 960)), fill=_shade((84, 84, 90), rng))
    for y in range(_HORIZON + 20, 960, 90):
        half = 4 + (y - _HORIZON) // 60
        draw.rectangle((640 - half, y, 640 + half, y + 46), fill=(235, 235, 225))


_SCENES: dict[str, Callable[[ImageDraw.ImageDraw, random.Random], None]] = {
    "yol_kaldirim": _pavement, "cop_temizlik": _bin, "park_yesil_alan": _playground, "genclik_spor": _playground,
    "aydinlatma": _lamp, "su_kanalizasyon": _drain, "basibos_hayvan": _dog, "street": _street,
}  # fmt: skip


def _with_exif(jpeg: bytes, lon: float, lat: float, taken_at: datetime) -> bytes:
    """Put an APP1 segment behind the first marker (EXIF 2.32, section 4.5.4): the picture is not encoded again."""
    exif = Image.Exif()
    local = taken_at.astimezone(ISTANBUL)
    written = f"{local:%Y:%m:%d %H:%M:%S}"
    exif[_MAKE], exif[_DATE_TIME] = _WORD, written
    exif.get_ifd(_EXIF).update({_DATE_TIME_ORIGINAL: written, _OFFSET_ORIGINAL: "+03:00"})
    gps = {1: "N", 2: _degrees(lat), 3: "E", 4: _degrees(lon)}
    exif.get_ifd(_GPS).update(gps)
    content = exif.tobytes()
    return jpeg[:2] + b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content + jpeg[2:]


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = value % 1 * 60
    return float(int(value)), float(int(minutes)), round(minutes % 1 * 60, 3)
