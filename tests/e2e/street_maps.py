"""Small maps in PMTiles format (specification version 3): the same tile everywhere, as picture or as vector tile."""

import gzip
import io
from pathlib import Path

from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

# The tile at each zoom that holds 41 N, 29.2 E, and its neighbours.
_MIDDLE = {0: (0, 0), 12: (2380, 1535)}
_ATTRIBUTION = "<a href='https://example.org'>Örnek <b>harita</b></a>"
COLOUR = (200, 30, 120)


def write_pictures(file: Path) -> None:
    """Write a map of pictures in `COLOUR`."""
    stream = io.BytesIO()
    Image.new("RGB", (256, 256), COLOUR).save(stream, "PNG")
    _write(file, stream.getvalue(), TileType.PNG, Compression.NONE)


def write_vectors(file: Path) -> None:
    """Write a map of vector tiles that are water all over, in the scheme of Protomaps' basemaps."""
    square = _ints(9, 0, 0, 26, _zigzag(4096), 0, 0, _zigzag(4096), _zigzag(-4096), 0, 15)
    feature = _field(2, _ints(0, 0)) + _number(3, 3) + _field(4, square)
    water = _field(1, b"water") + _field(2, feature) + _field(3, b"kind") + _field(4, _field(1, b"ocean"))
    layer = water + _number(5, 4096) + _number(15, 2)
    _write(file, gzip.compress(_field(3, layer)), TileType.MVT, Compression.GZIP)


def _write(file: Path, tile: bytes, kind: TileType, compression: Compression) -> None:
    with file.open("wb") as stream:
        writer = Writer(stream)
        for zoom, (x, y) in _MIDDLE.items():
            around = range(-6, 7) if zoom else range(1)
            ids = {zxy_to_tileid(zoom, x + right, y + down) for right in around for down in around}
            for tile_id in sorted(ids):
                writer.write_tile(tile_id, tile)
        bounds = {"min_lon_e7": 285000000, "max_lon_e7": 299000000, "min_lat_e7": 404000000, "max_lat_e7": 416000000}
        centre = {"center_zoom": 12, "center_lon_e7": 292000000, "center_lat_e7": 410000000}
        header = {"tile_type": kind, "tile_compression": compression, **bounds, **centre}
        writer.finalize(header, {"attribution": _ATTRIBUTION})


def _zigzag(number: int) -> int:
    return number * 2 if number >= 0 else -number * 2 - 1


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])


def _ints(*numbers: int) -> bytes:
    return b"".join(map(_varint, numbers))


def _field(tag: int, content: bytes) -> bytes:
    return _varint(tag << 3 | 2) + _varint(len(content)) + content


def _number(tag: int, value: int) -> bytes:
    return _varint(tag << 3) + _varint(value)
