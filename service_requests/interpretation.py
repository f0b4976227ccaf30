"""What a submission means, read against its form version and the boundaries. Pure: no database, no clock of its own.

The intake uses it when a submission arrives, and again for submissions that were held raw until their version is known.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from field_forms.entities import EntityDeclaration, read_entities
from field_forms.filling_times import FillingTimes, filling_times
from field_forms.library import PublishedVersion
from field_forms.named_files import named_files
from field_forms.points import Point
from field_forms.remarks import Remark
from field_forms.submission_xml import SubmissionXml
from field_forms.validation import validate, visit_point
from field_forms.visit_summary import summarise
from foundation.clock import ISTANBUL
from geo.mahalle_index import NOWHERE, Location, MahalleIndex
from service_requests.declared_changes import DeclaredChange, read_declared, visited_columns

# Any form that declares entities of this list opens requests.
REQUEST_LIST = "talepler"
# A device clock further off than this does not decide on which day a visit is counted.
OLDEST_BELIEVED = timedelta(days=60)
FUTURE_BELIEVED = timedelta(minutes=10)
OTHER_CATEGORY = "diger"
# Lists show fifty of them at a time; what is longer is whole among the answers of the visit.
LONGEST_DESCRIPTION = 4_000
HELD = Remark("form.held", "", "Form sürümü henüz bilinmiyor; kayıt ham olarak saklandı, sürüm yayımlanınca işlenecek.")


class Finding(msgspec.Struct, frozen=True):
    """One finding that opens a request; `id` was made on the tablet, so a resend is the same finding."""

    id: UUID
    category_code: str
    description: str
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    mahalle_id: UUID | None


class Interpretation(msgspec.Struct, frozen=True):
    """What the office sees of a submission. `columns` are those of table `submission`."""

    columns: dict[str, Any]
    remarks: list[Remark]
    findings: list[Finding]
    # File names that the answers name, each with the finding in whose group it stands.
    named_photos: dict[str, UUID | None]
    # Those of them that must be pictures.
    pictures: frozenset[str]
    # What it creates or changes of targets and assignments.
    changes: tuple[DeclaredChange, ...] = ()


def interpret(
    submission: SubmissionXml,
    version: PublishedVersion,
    index: MahalleIndex,
    *,
    received_at: datetime,
    device_time: datetime | None = None,
) -> Interpretation:
    """Validate, locate and read the findings of one submission; `device_time` as `validate` takes it."""
    definition = version.definition
    filled = filling_times(submission, definition)
    remarks = validate(
        submission,
        definition,
        received_at=received_at,
        device_time=device_time,
        choice_files=version.choice_labels,
        filled=filled,
    )
    declared = read_entities(submission, definition)
    requested = [
        (UUID(entity.entity_id), entity) for entity in declared if entity.dataset == REQUEST_LIST and entity.creates
    ]
    entity_remarks = [remark for entity in declared for remark in entity.remarks]
    changes = read_declared(declared)
    point = visit_point(submission, definition)
    location = _locate(index, point)
    summary = summarise(submission, definition)
    visited_at = believed_time(filled, received_at)
    columns = {
        "visited_at": visited_at,
        "visited_on": visited_at.astimezone(ISTANBUL).date(),
        "lon": point.lon if point else None,
        "lat": point.lat if point else None,
        "accuracy_m": point.accuracy_m if point else None,
        **_place_columns(location if point else None),
        "result": summary.result,
        "person_name": summary.person_name,
        "address": summary.address,
        "search_key": summary.search_key,
        **visited_columns(changes),
    }
    files = named_files(submission, definition)
    return Interpretation(
        columns=columns,
        remarks=[*remarks, *entity_remarks, *_place_remarks(point, location)],
        findings=[_finding(*one, index, point, location) for one in requested],
        named_photos=_named_photos(files, requested),
        pictures=_pictures(files),
        changes=tuple(changes),
    )


def believed_time(filled: FillingTimes, received_at: datetime) -> datetime:
    """Choose the moment of the visit: when the form was finished or begun where that can be true, else the arrival."""
    for time in (filled.end, filled.start):
        if time is not None and -FUTURE_BELIEVED <= received_at - time <= OLDEST_BELIEVED:
            return min(time, received_at)
    return received_at


def hold_raw(received_at: datetime) -> Interpretation:
    """Make what is known of a submission whose form version is not known yet."""
    day: date = received_at.astimezone(ISTANBUL).date()
    nothing = dict.fromkeys(("lon", "lat", "accuracy_m", "result", "person_name", "address"))
    columns = {**nothing, **_place_columns(None), "visited_at": received_at, "visited_on": day, "search_key": ""}
    columns |= visited_columns(())
    return Interpretation(columns, [HELD], [], {}, frozenset())


def name_pictures(submission: SubmissionXml, version: PublishedVersion) -> frozenset[str]:
    """Return the file names that answers give where the form asks for a picture."""
    return _pictures(named_files(submission, version.definition))


def _pictures(files: Mapping[str, bool]) -> frozenset[str]:
    return frozenset(name[:255] for name, is_picture in files.items() if is_picture)


def remark_columns(remarks: Sequence[Remark], review: str) -> dict[str, Any]:
    """Fill the columns that say what is odd; whoever was looked at stays looked at."""
    codes = sorted({remark.code for remark in remarks})
    open_or_none = "open" if codes else "none"
    return {
        "remarks": [msgspec.to_builtins(remark) for remark in remarks],
        "flags": f",{','.join(codes)},"[:400] if codes else "",
        "review": review if review in {"done", "returned"} else open_or_none,
    }


def _locate(index: MahalleIndex, point: Point | None) -> Location:
    return index.locate(point.lon, point.lat, point.accuracy_m) if point else NOWHERE


def _place_columns(location: Location | None) -> dict[str, Any]:
    if location is None:
        return {"place": "no_point", "mahalle_id": None, "distance_m": None, "possible_mahalle": []}
    return {
        "place": "inside" if location.mahalle_id else "outside",
        "mahalle_id": location.mahalle_id,
        "distance_m": location.distance_m if math.isfinite(location.distance_m) else None,
        "possible_mahalle": [str(possible) for possible in location.possible_ids],
    }


def _place_remarks(point: Point | None, location: Location) -> list[Remark]:
    if point is None or location.mahalle_id is not None:
        return []
    away = f" (en yakın mahalleye {location.distance_m:,.0f} m)" if math.isfinite(location.distance_m) else ""
    return [Remark("place.outside", "", f"Nokta ilçe sınırlarının dışında{away.replace(',', '.')}.")]


def _finding(
    finding_id: UUID, entity: EntityDeclaration, index: MahalleIndex, visit: Point | None, visit_location: Location
) -> Finding:
    point = entity.point or visit
    location = _locate(index, entity.point) if entity.point else visit_location
    return Finding(
        id=finding_id,
        category_code=(entity.properties.get("kategori") or OTHER_CATEGORY)[:60],
        description=(entity.properties.get("aciklama") or entity.label or "")[:LONGEST_DESCRIPTION],
        lon=point.lon if point else None,
        lat=point.lat if point else None,
        accuracy_m=point.accuracy_m if point else None,
        mahalle_id=location.mahalle_id,
    )


def _named_photos(
    files: Iterable[str], requested: Iterable[tuple[UUID, EntityDeclaration]]
) -> dict[str, UUID | None]:  # fmt: skip
    owners: dict[str, UUID | None] = {
        name: finding_id for finding_id, entity in requested for name in entity.photo_names
    }
    for name in files:
        owners.setdefault(name, None)
    return {name[:255]: owner for name, owner in owners.items()}
