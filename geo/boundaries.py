"""Boundaries in the database: stored all or nothing, loaded as an index, sent to maps.

Reading files is `boundary_import`'s work, locating is `mahalle_index`'s.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import shapely
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from foundation.identifiers import uuid7
from geo.boundary_report import BoundaryReport, ReadBoundary
from geo.mahalle_index import MahalleArea, MahalleIndex
from geo.tables import BoundarySet, Mahalle, PastBoundary
from geo.turkish import search_key, sort_key

# Six decimals are 11 cm, finer than any boundary is drawn.
_DECIMALS = 6


class BoundariesRefused(SahaError):
    """The report of the boundaries has errors, so nothing was stored. `facts["problems"]` holds them."""

    code = "boundaries.refused"


def store_boundaries(session: Session, report: BoundaryReport, *, at: datetime, is_sample: bool) -> BoundarySet:
    """Store the boundaries of `report` as the current set and return it; the older set stays as a record.

    A mahalle whose code is known keeps its id, and how it was drawn before is kept. Raises `BoundariesRefused` when the
    report has errors or no boundary.
    """
    if report.errors or not report.boundaries:
        raise BoundariesRefused(
            f"Sınırlar kaydedilmedi: {len(report.errors)} hata var. Rapordaki hataları düzeltip yeniden yükleyin.",
            problems=report.errors,
        )
    session.execute(update(BoundarySet).where(BoundarySet.is_current).values(is_current=False))
    boundary_set = BoundarySet(
        id=uuid7(at), imported_at=at, source_name=report.source_name, is_sample=is_sample, is_current=True,
        report={"problems": msgspec.to_builtins(report.problems)},
    )  # fmt: skip
    session.add(boundary_set)
    session.flush()
    codes = [boundary.code for boundary in report.boundaries]
    known = {mahalle.code: mahalle for mahalle in session.scalars(select(Mahalle).where(Mahalle.code.in_(codes)))}
    for boundary in report.boundaries:
        facts = _facts(boundary)
        mahalle = known.get(boundary.code)
        if mahalle is None:
            session.add(Mahalle(id=uuid7(at), code=boundary.code, boundary_set_id=boundary_set.id, **facts))
            continue
        session.add(
            PastBoundary(
                boundary_set_id=mahalle.boundary_set_id,
                mahalle_id=mahalle.id,
                name=mahalle.name,
                geometry=mahalle.geometry,
            )
        )
        mahalle.boundary_set_id = boundary_set.id
        for column, value in facts.items():
            setattr(mahalle, column, value)
    session.flush()
    return boundary_set


class UnknownMahalle(SahaError):
    """A mahalle is named that no boundary set ever had. `facts["mahalle"]` lists them."""

    code = "mahalle.unknown"


def require_mahalle(session: Session, ids: Collection[UUID]) -> None:
    """Refuse ids of no mahalle, of today's boundaries or older ones. Raises `UnknownMahalle`."""
    known = set(session.scalars(select(Mahalle.id).where(Mahalle.id.in_(ids))))
    unknown = sorted(set(ids) - known)
    if unknown:
        raise UnknownMahalle("Bilinmeyen mahalle var. Sayfayı yenileyip listeden seçin.", mahalle=unknown)


def boundaries_version(session: Session) -> UUID | None:
    """Return the id of the current set, None before the first import: a cheap way to notice that an index is old."""
    return session.scalar(select(BoundarySet.id).where(BoundarySet.is_current))


def load_index(session: Session) -> MahalleIndex:
    """Build the index of the current set; an empty one before the first import."""
    return MahalleIndex(
        MahalleArea(id=mahalle.id, code=mahalle.code, name=mahalle.name, geometry=mahalle.geometry)
        for mahalle in _current_mahalle(session)
    )


def boundaries_geojson(session: Session) -> bytes:
    """Write the current set as a GeoJSON FeatureCollection (RFC 7946), in Turkish order of names.

    Each feature has id, and as properties id, code, name, label (longitude, latitude) and is_sample.
    """
    is_sample = session.scalar(select(BoundarySet.is_sample).where(BoundarySet.is_current)) or False
    features = [_feature(mahalle, is_sample=is_sample) for mahalle in _current_mahalle(session)]
    return msgspec.json.encode({"type": "FeatureCollection", "is_sample": is_sample, "features": features})


def _current_mahalle(session: Session) -> Sequence[Mahalle]:
    current = select(Mahalle).join(BoundarySet, Mahalle.boundary_set_id == BoundarySet.id).where(BoundarySet.is_current)
    return session.scalars(current.order_by(Mahalle.sort_key, Mahalle.code)).all()


def _facts(boundary: ReadBoundary) -> dict[str, Any]:
    minx, miny, maxx, maxy = boundary.geometry.bounds
    label = boundary.geometry.representative_point()
    return {
        "name": boundary.name, "name_key": search_key(boundary.name), "sort_key": sort_key(boundary.name),
        "geometry": boundary.geometry, "minx": minx, "miny": miny, "maxx": maxx, "maxy": maxy,
        "label_lon": label.x, "label_lat": label.y,
    }  # fmt: skip


def _feature(mahalle: Mahalle, *, is_sample: bool) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": str(mahalle.id),
        "properties": {
            "id": str(mahalle.id), "code": mahalle.code, "name": mahalle.name, "is_sample": is_sample,
            "label": _rounded((mahalle.label_lon, mahalle.label_lat)),
        },
        "geometry": {
            "type": "MultiPolygon",
            "coordinates": [
                [_ring(ring) for ring in (polygon.exterior, *polygon.interiors)] for polygon in mahalle.geometry.geoms
            ],
        },
    }  # fmt: skip


def _ring(ring: shapely.LinearRing) -> list[list[float]]:
    return [_rounded(place) for place in ring.coords]


def _rounded(place: Sequence[float]) -> list[float]:
    return [round(number, _DECIMALS) for number in place]
