"""Where the demo's visits take place: streets of our own inside each sample mahalle, and points along them."""

import math
import random
from collections.abc import Sequence
from uuid import UUID

import msgspec
import shapely

from geo.mahalle_index import MahalleArea

_NAMES = (
    "Çınar", "Ihlamur", "Gül", "Menekşe", "Papatya", "Yıldız", "Barış", "Çağlayan", "Şelale", "İğde", "Işık",
    "Öğretmen", "Söğüt", "Bağlar", "Üzüm", "Kekik", "Şafak", "Güneş", "Dere", "Pınar", "Okul",
    "Cami", "Çeşme", "Köprü", "Irmak",
    "Zeytin", "Fındık", "Ceviz", "Kestane", "Leylak", "Nergis", "Sümbül", "Turna", "Kırlangıç", "Ardıç", "Yonca",
)  # fmt: skip
_KINDS = ("Sokak", "Sokak", "Sokak", "Sokak", "Caddesi", "Sokak")
_STREETS_PER_MAHALLE = 24
_DEGREES_PER_M = 1 / 111_320
# Mahalle are not equally large: shares by rank, so that the map has light and dark ones.
_STEEPNESS = 0.055
_LON_PER_LAT = 1 / math.cos(math.radians(41.0))


class Street(msgspec.Struct, frozen=True):
    """A straight piece of street: its name, middle, direction (radians) and half length in metres."""

    name: str
    lon: float
    lat: float
    direction: float
    half_m: float


class Neighbourhood(msgspec.Struct, frozen=True):
    """A mahalle as the demo walks it."""

    mahalle_id: UUID
    name: str
    geometry: shapely.geometry.base.BaseGeometry
    streets: tuple[Street, ...]
    weight: float


class Spot(msgspec.Struct, frozen=True):
    """A door: where it is, and its address in words."""

    lon: float
    lat: float
    street: str
    door: str


def make_neighbourhoods(rng: random.Random, areas: Sequence[MahalleArea]) -> list[Neighbourhood]:
    """Lay streets through every mahalle and decide how often each is visited."""
    shuffled = rng.sample(areas, len(areas))
    return [
        Neighbourhood(area.id, area.name, area.geometry, _streets(rng, area.geometry), math.exp(-_STEEPNESS * rank))
        for rank, area in enumerate(shuffled)
    ]


def _streets(rng: random.Random, geometry: shapely.geometry.base.BaseGeometry) -> tuple[Street, ...]:
    shapely.prepare(geometry)
    names = rng.sample(_NAMES, _STREETS_PER_MAHALLE)
    return tuple(
        Street(f"{name} {rng.choice(_KINDS)}", *_inside(rng, geometry), rng.uniform(0, math.pi), rng.uniform(60, 220))
        for name in names
    )


def _inside(rng: random.Random, geometry: shapely.geometry.base.BaseGeometry) -> tuple[float, float]:
    west, south, east, north = geometry.bounds
    while True:
        lon, lat = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.contains_xy(geometry, lon, lat):
            return lon, lat


def spot_in(rng: random.Random, neighbourhood: Neighbourhood) -> Spot:
    """Choose a door in a street of this mahalle."""
    street = rng.choice(neighbourhood.streets)
    while True:
        lon, lat = beside(rng, street.lon, street.lat, street.direction, rng.uniform(-street.half_m, street.half_m))
        if shapely.contains_xy(neighbourhood.geometry, lon, lat):
            return Spot(lon, lat, street.name, f"{rng.randrange(1, 120)}{rng.choice(('', '', '', '/A', '/B'))}")


def beside(rng: random.Random, lon: float, lat: float, direction: float, along_m: float) -> tuple[float, float]:
    """Go `along_m` metres in a direction, a few metres off the line as GPS is."""
    across = rng.gauss(0, 6)
    east = along_m * math.cos(direction) - across * math.sin(direction)
    north = along_m * math.sin(direction) + across * math.cos(direction)
    return lon + east * _DEGREES_PER_M * _LON_PER_LAT, lat + north * _DEGREES_PER_M
