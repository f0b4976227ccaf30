"""Photos for the tests, made on the spot: whole ones, turned ones, broken ones, bombs."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

_MAKE, _ORIENTATION, _EXIF_IFD, _GPS_IFD = 0x010F, 0x0112, 0x8769, 0x8825


def a_picture(width: int = 64, height: int = 48, *, seed: int = 1) -> Image.Image:
    """Left half red, right half blue, with a little noise so that no two seeds are one file."""
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[:, : width // 2, 0] = 220
    pixels[:, width // 2 :, 2] = 220
    pixels[:, :, 1] = np.random.default_rng(seed).integers(0, 20, (height, width))
    return Image.fromarray(pixels)


def exif_of(
    *,
    orientation: int = 1,
    taken: str | None = None,
    offset: str | None = None,
    place: tuple[float, float] | None = None,
) -> Image.Exif:
    exif = Image.Exif()
    exif[_MAKE] = "GIZLI-KAMERA"
    exif[_ORIENTATION] = orientation
    details = exif.get_ifd(_EXIF_IFD)
    if taken:
        details[0x9003] = taken
    if offset:
        details[0x9011] = offset
    if place:
        lon, lat = place
        gps = exif.get_ifd(_GPS_IFD)
        gps.update({1: "N" if lat >= 0 else "S", 2: _sexagesimal(lat), 3: "E" if lon >= 0 else "W"})
        gps[4] = _sexagesimal(lon)
    return exif


def a_jpeg(image: Image.Image | None = None, exif: Image.Exif | None = None, *, comment: bytes = b"") -> bytes:
    target = io.BytesIO()
    picture = image or a_picture()
    picture.save(target, "JPEG", quality=90, exif=exif or Image.Exif(), comment=comment)
    return target.getvalue()


def a_file(kind: str, image: Image.Image | None = None) -> bytes:
    target = io.BytesIO()
    (image or a_picture()).save(target, kind)
    return target.getvalue()


def a_heic() -> bytes:
    """Return a picture of 64 × 48 taken on 4 May 2026 at 12:30 at 29.23 E, 41.005 N; we can read HEIC, not write it."""
    return (Path(__file__).parent / "sample.heic").read_bytes()


def a_png_bomb(side_px: int) -> bytes:
    """Make a few kilobytes that claim to be `side_px` squared pixels of white."""
    line = b"\0" + b"\xff" * (side_px // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(line * 1000) for _ in range(side_px // 1000)) + packer.flush()
    header = struct.pack(">IIBBBBB", side_px, side_px, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def _sexagesimal(value: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(abs(value) * 3600, 60)
    degrees, minutes = divmod(minutes, 60)
    return (degrees, minutes, round(seconds, 4))
