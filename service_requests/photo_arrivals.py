"""Matching the files that arrived with the files that the answers name. Pure.

The submission stands whatever happens to its photos: what is missing, refused or unnamed is a remark for review, and a
later post with the same submission tops it up. No file is ever dropped: what stood in a place moves beside it.
"""

from collections.abc import Container, Mapping, Sequence
from uuid import UUID

import msgspec

from field_forms.remarks import Remark
from photos.inspection import NOT_AN_IMAGE
from service_requests.incoming import ArrivedPhoto, PromisedPhoto

AWAITED, RECEIVED, REFUSED, UNEXPECTED = "awaited", "received", "refused", "unexpected"
PHOTO_REMARKS = "photo."


class PhotoPlace(msgspec.Struct, frozen=True):
    """One line of `expected_photo`, without the submission it belongs to.

    `reason`: why the file was refused or, where it was received, why it cannot be shown. A refused file is kept
    (`sha256`) unless it was empty or too large. `promised_sha256`: what the tablet said the awaited file hashes to.
    """

    file_name: str
    state: str
    sha256: str | None = None
    reason: str | None = None
    finding_id: UUID | None = None
    promised_sha256: str | None = None
    is_image: bool = True


def expect_photos(
    named: Mapping[str, UUID | None],
    known: Sequence[PhotoPlace],
    arrived: Sequence[ArrivedPhoto],
    *,
    pictures: Container[str],
    promised: Sequence[PromisedPhoto] = (),
) -> list[PhotoPlace]:
    """Bring together the named files, what is already known of them, what arrived now, and what is promised for later.

    `pictures` are the names that must be images: anything else is refused there, and kept. A file that was received
    stays received; another under the same name is kept beside it. The place of a refused one goes to the first image
    that comes under its name.
    """
    places = {name: PhotoPlace(name, AWAITED, finding_id=finding_id) for name, finding_id in named.items()}
    for place in known:
        owned = msgspec.structs.replace(place, finding_id=named.get(place.file_name, place.finding_id))
        is_named_now = place.state == UNEXPECTED and place.file_name in named
        places[place.file_name] = _judged(owned, pictures) if is_named_now else owned
    for photo in arrived:
        _settle(places, photo, pictures)
    for place in list(places.values()):
        if place.state == REFUSED and place.sha256:
            _make_way(places, place)
    for promise in promised:
        _await(places, promise)
    return list(places.values())


def _judged(place: PhotoPlace, pictures: Container[str]) -> PhotoPlace:
    """Receive a kept file in the place that names it, or refuse it there because it must be a picture."""
    if place.is_image or place.file_name not in pictures:
        return msgspec.structs.replace(place, state=RECEIVED)
    return msgspec.structs.replace(place, state=REFUSED, reason=NOT_AN_IMAGE.sentence)


def _make_way(places: dict[str, PhotoPlace], refused: PhotoPlace) -> None:
    """Let an image that came under the name of a refused file take its place; the refused one moves beside it."""
    name = refused.file_name
    for image in list(places.values()):
        if image.state == UNEXPECTED and image.is_image and image.file_name == _beside(name, image.sha256 or ""):
            del places[image.file_name]
            owner = refused.finding_id
            places[name] = msgspec.structs.replace(image, file_name=name, state=RECEIVED, finding_id=owner)
            other = _beside(name, refused.sha256 or "")
            places[other] = PhotoPlace(other, UNEXPECTED, refused.sha256, is_image=False)
            return


def _beside(name: str, sha256: str) -> str:
    """Name the place of another file that came under `name`."""
    return f"{name[:200]}#{sha256[:12]}"


def _settle(places: dict[str, PhotoPlace], photo: ArrivedPhoto, pictures: Container[str]) -> None:
    name = photo.file_name[:255]
    place = places.get(name)
    if photo.sha256 is None:
        if place is None or place.state == AWAITED:
            finding_id = place.finding_id if place else None
            places[name] = PhotoPlace(name, REFUSED, reason=photo.refusal, finding_id=finding_id)
        return
    finding_id = place.finding_id if place else None
    came = PhotoPlace(name, UNEXPECTED, photo.sha256, photo.refusal, finding_id, is_image=photo.is_image)
    if place is None:
        places[name] = came
    elif place.sha256 is None:
        places[name] = _judged(came, pictures)
    elif place.sha256 != photo.sha256:
        other = _beside(name, photo.sha256)
        places[other] = msgspec.structs.replace(came, file_name=other, finding_id=None)


def _await(places: dict[str, PhotoPlace], promise: PromisedPhoto) -> None:
    """Remember what the file that will come hashes to; beside the one that came under its name with other content."""
    place = places.get(promise.name)
    if place is not None and place.sha256 is not None:
        if place.sha256 == promise.sha256:
            return
        name = _beside(promise.name, promise.sha256)
        if name in places:
            return
        place = None
    else:
        name = promise.name
    finding_id = place.finding_id if place else None
    places[name] = PhotoPlace(name, AWAITED, finding_id=finding_id, promised_sha256=promise.sha256)


def photo_remarks(places: Sequence[PhotoPlace], *, is_complete: bool) -> list[Remark]:
    """Say what is odd about the photos; a missing one only once the tablet said that it sent everything.

    What it promised is not missing, it is on its way.
    """
    remarks = []
    for place in places:
        if place.state == AWAITED and is_complete and place.promised_sha256 is None:
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
    states = [place.state for place in places]
    return {"photos_expected": len(states) - states.count(UNEXPECTED), "photos_received": states.count(RECEIVED)}
