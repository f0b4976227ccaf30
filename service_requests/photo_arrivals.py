"""Matching the files that arrived with the files that the answers name. Pure.

The submission stands whatever happens to its photos: what is missing, refused or unnamed is a remark for review, and a
later post with the same submission tops it up.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from field_forms.remarks import Remark
from service_requests.incoming import ArrivedPhoto

AWAITED, RECEIVED, REFUSED, UNEXPECTED = "awaited", "received", "refused", "unexpected"
PHOTO_REMARKS = "photo."


class PhotoPlace(msgspec.Struct, frozen=True):
    """One line of `expected_photo`, without the submission it belongs to.

    `reason`: why the file was refused or, where it was received, why it cannot be shown.
    """

    file_name: str
    state: str
    sha256: str | None = None
    reason: str | None = None
    finding_id: UUID | None = None


def expect_photos(
    named: Mapping[str, UUID | None], known: Sequence[PhotoPlace], arrived: Sequence[ArrivedPhoto]
) -> list[PhotoPlace]:
    """Bring together the named files, what is already known of them, and what arrived now.

    A file that was received stays received; another file under the same name is kept beside it, never instead of it.
    """
    places = {name: PhotoPlace(name, AWAITED, finding_id=finding_id) for name, finding_id in named.items()}
    for place in known:
        finding_id = named.get(place.file_name, place.finding_id)
        state = RECEIVED if place.state == UNEXPECTED and place.file_name in named else place.state
        places[place.file_name] = msgspec.structs.replace(place, finding_id=finding_id, state=state)
    for photo in arrived:
        _settle(places, photo)
    return list(places.values())


def _settle(places: dict[str, PhotoPlace], photo: ArrivedPhoto) -> None:
    name = photo.file_name[:255]
    place = places.get(name)
    if photo.sha256 is None:
        if place is None or place.state == AWAITED:
            finding_id = place.finding_id if place else None
            places[name] = PhotoPlace(name, REFUSED, reason=photo.refusal, finding_id=finding_id)
        return
    if place is None:
        places[name] = PhotoPlace(name, UNEXPECTED, photo.sha256, photo.refusal)
    elif place.sha256 is None:
        places[name] = PhotoPlace(name, RECEIVED, photo.sha256, photo.refusal, place.finding_id)
    elif place.sha256 != photo.sha256:
        other = f"{name[:200]}#{photo.sha256[:12]}"
        places[other] = PhotoPlace(other, UNEXPECTED, photo.sha256, photo.refusal)


def photo_remarks(places: Sequence[PhotoPlace], *, is_complete: bool) -> list[Remark]:
    """Say what is odd about the photos; a missing one only once the tablet said that it sent everything."""
    remarks = []
    for place in places:
        if place.state == AWAITED and is_complete:
            remarks.append(
                Remark("photo.missing", place.file_name, f"“{place.file_name}” yanıtta adı geçiyor ama gelmedi.")
            )
        elif place.state == REFUSED:
            remarks.append(Remark("photo.refused", place.file_name, place.reason or "Dosya kabul edilmedi."))
        elif place.state == RECEIVED and place.reason:
            remarks.append(Remark("photo.broken", place.file_name, place.reason))
        elif place.state == UNEXPECTED:
            remarks.append(
                Remark(
                    "photo.unexpected", place.file_name, f"“{place.file_name}” geldi ama hiçbir yanıtta adı geçmiyor."
                )
            )
    return remarks


def count_photos(places: Sequence[PhotoPlace]) -> dict[str, int]:
    """Count for the columns of `submission`."""
    return {
        "photos_expected": sum(place.state != UNEXPECTED for place in places),
        "photos_received": sum(place.state == RECEIVED for place in places),
    }
