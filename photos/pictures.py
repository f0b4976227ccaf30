"""Pictures made from a photo: decoded once, turned upright, shrunk, and freed of everything the camera wrote.

The only file that knows Pillow; `processing` loads it when the first photo waits.
"""

import io
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO

import msgspec
import pi_heif
from PIL import Image, WebPImagePlugin

from photos.exif import read_captured_at, read_place

SHOWN_SIDE_PX = 1600
THUMB_SIDE_PX = 320

# The largest phone cameras in use write 12,000 x 9,000 pixels, as JPEG, which decodes straight to a smaller size.
# Everything else is held whole in memory, four bytes to a pixel, and a bomb costs its sender only kilobytes; the
# largest that phones write as HEIC are 8,064 x 6,048.
MAX_JPEG_PIXELS = 110_000_000
MAX_OTHER_PIXELS = 50_000_000

# Named, so that none of the forty other decoders ever sees what a stranger sent.
_FORMATS = ("JPEG", "PNG", WebPImagePlugin.WebPImageFile.format, "GIF", "HEIF")
_ORIENTATION, _EXIF_IFD, _GPS_IFD = 0x0112, 0x8769, 0x8825
# EXIF 2.32, tag 0x0112: what has to be done to the stored picture to see it upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING_DOWN = frozenset({5, 6, 7, 8})
_END_OF_IMAGE = b"\xff\xd9"

Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS
pi_heif.register_heif_opener()


class NotDecodable(Exception):
    """The content is no picture that can be shown; `code` is what the photo's row keeps."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Processed(msgspec.Struct, frozen=True):
    """What came of a photo: JPEG variants without metadata, and what the metadata had said."""

    shown: bytes
    thumb: bytes
    width: int
    height: int
    captured_at: datetime | None
    place: tuple[float, float] | None


def make_pictures(photo: BinaryIO) -> Processed:
    """Decode `photo` and make its variants.

    Raises `NotDecodable` with `photos.too_many_pixels` or `photos.not_decodable`.
    """
    try:
        with Image.open(photo, formats=_FORMATS) as image:
            return _process(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotDecodable("photos.too_many_pixels") from error
    except NotDecodable:
        raise
    except Exception as error:  # decoders raise whatever they like on damaged files
        raise NotDecodable("photos.not_decodable") from error


class _Claims(msgspec.Struct, frozen=True):
    orientation: int = 1
    captured_at: datetime | None = None
    place: tuple[float, float] | None = None


def _process(image: Image.Image) -> Processed:
    width, height = image.size
    if width * height > (MAX_JPEG_PIXELS if image.format in {"JPEG", "MPO"} else MAX_OTHER_PIXELS):
        raise NotDecodable("photos.too_many_pixels")
    claims = _read_claims(image)
    turn = _TURNS.get(claims.orientation)
    shown = _without_metadata(_shrink(image, SHOWN_SIDE_PX))
    if turn is not None:
        shown = shown.transpose(turn)
    thumb = _shrink(shown.copy(), THUMB_SIDE_PX)
    if claims.orientation in _LYING_DOWN:
        width, height = height, width
    return Processed(
        shown=_to_jpeg(shown, quality=82),
        thumb=_to_jpeg(thumb, quality=75),
        width=width,
        height=height,
        captured_at=claims.captured_at,
        place=claims.place,
    )


def _read_claims(image: Image.Image) -> _Claims:
    """Damaged metadata costs the claims, not the picture."""
    try:
        exif = image.getexif()
        details: Mapping[int, object] = exif.get_ifd(_EXIF_IFD)
        return _Claims(
            orientation=exif.get(_ORIENTATION, 1),
            captured_at=read_captured_at(details),
            place=read_place(exif.get_ifd(_GPS_IFD)),
        )
    except Exception:  # noqa: BLE001 - the reader of tags raises whatever it meets
        return _Claims()


def _shrink(image: Image.Image, side_px: int) -> Image.Image:
    """Shrink to `side_px` on the long side, decoding a JPEG at the smallest fraction that is enough.

    A `reducing_gap` of 1 allows just that: half the time of Pillow's 2 for a 12-megapixel photo, and a difference
    of 0.4 in 255.
    """
    image.thumbnail((side_px, side_px), Image.Resampling.LANCZOS, reducing_gap=1)
    return image


def _without_metadata(image: Image.Image) -> Image.Image:
    """Make it plain RGB on white. `info` is emptied because Pillow writes comments and more from there."""
    if image.has_transparency_data:
        opaque = Image.new("RGB", image.size, "white")
        with_alpha = image.convert("RGBA")
        opaque.paste(with_alpha, mask=with_alpha.getchannel("A"))
    else:
        opaque = image.convert("RGB")
    opaque.info = {}
    return opaque


def _to_jpeg(image: Image.Image, quality: int) -> bytes:
    """Write it into a file in memory: given a descriptor, Pillow encodes without the interpreter's lock, 20 ms long.

    It does not notice when a file takes no more; then, or where there is no such file, it is encoded the slow way.
    """
    with suppress(OSError, AttributeError), os.fdopen(os.memfd_create("picture"), "w+b") as file:
        _save_jpeg(image, file, quality)
        file.seek(0)
        written = file.read()
        if written.endswith(_END_OF_IMAGE):
            return written
    target = io.BytesIO()
    _save_jpeg(image, target, quality)
    return target.getvalue()


def _save_jpeg(image: Image.Image, target: BinaryIO, quality: int) -> None:
    image.save(target, "JPEG", quality=quality, optimize=True, progressive=False)
