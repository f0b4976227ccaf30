"""Letting the office see that a photo which arrived cannot be shown.

Whether a photo can be decoded is known only after the reply (`photos/processing.py`); the submissions that show it are
flagged then, and those that bring the same file later when they arrive. The submission stands, as with every photo.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from field_forms.remarks import Remark
from photos.inspection import NOT_AN_IMAGE
from photos.tables import Photo
from service_requests.incoming import ArrivedPhoto, IncomingSubmission
from service_requests.interpretation import remark_columns
from service_requests.photo_arrivals import REFUSED, photo_remarks
from service_requests.photo_rows import known_photos
from service_requests.tables import ExpectedPhoto, Submission

_OTHERWISE = "Fotoğraf geldi ama açılamıyor: dosya yarım ya da bozuk. Ekipten yeniden istenmeli."
_SENTENCES = {
    "photos.missing": "Fotoğraf geldi ama depoda bulunamıyor. Sistem yöneticisine haber verin.",
    "photos.damaged": "Fotoğraf depoda bozulmuş. Sistem yöneticisine haber verin; yedekten geri konmalı.",
    "photos.too_many_pixels": "Fotoğraf açılamayacak kadar büyük. Ekipten daha düşük çözünürlükle yeniden istenmeli.",
}


def mark_broken_photos(
    session: Session, incoming: Sequence[IncomingSubmission], known: set[str]
) -> Sequence[IncomingSubmission]:
    """Say of the photos that came again (`known`, by hash) which are broken: nobody will try to decode them anew.

    What is no image is not broken; whether it is refused depends on the question it answers.
    """
    if not known:
        return incoming
    failed = select(Photo.sha256, Photo.failure).where(
        Photo.sha256.in_(sorted(known)), Photo.failure.is_not(None), Photo.failure != NOT_AN_IMAGE.code
    )
    sentences = {sha256: sentence_of_failure(failure) for sha256, failure in session.execute(failed)}
    return [
        msgspec.structs.replace(item, photos=tuple(_marked(photo, sentences) for photo in item.photos))
        for item in incoming
    ]


def _marked(photo: ArrivedPhoto, sentences: dict[str, str]) -> ArrivedPhoto:
    return msgspec.structs.replace(photo, refusal=sentences.get(photo.sha256 or "", photo.refusal))


def flag_broken_photo(session: Session, sha256: str, failure: str | None) -> None:
    """Flag every submission that shows this photo, or take the flag back where it came again whole (None).

    Called in the transaction that records it.
    """
    showing = select(ExpectedPhoto.submission_id).where(ExpectedPhoto.sha256 == sha256)
    # Locked in the same order as the intake does.
    submissions = session.scalars(
        select(Submission).where(Submission.id.in_(showing)).order_by(Submission.instance_id).with_for_update()
    ).all()
    said = {submission.id: _remarks(session, submission, sha256) for submission in submissions}
    session.execute(
        update(ExpectedPhoto)
        .where(ExpectedPhoto.sha256 == sha256, ExpectedPhoto.state != REFUSED)
        .values(reason=sentence_of_failure(failure) if failure else None)
        .execution_options(synchronize_session=False)
    )
    for submission in submissions:
        _flag(session, submission, said[submission.id], _remarks(session, submission, sha256))


def _remarks(session: Session, submission: Submission, sha256: str) -> list[Remark]:
    places = [place for place in known_photos(session, submission.id) if place.sha256 == sha256]
    return photo_remarks(places, is_complete=False)


def _flag(session: Session, submission: Submission, said: list[Remark], says: list[Remark]) -> None:
    kept = [remark for one in submission.remarks if (remark := Remark(**one)) not in said or remark in says]
    values = remark_columns([*kept, *(remark for remark in says if remark not in kept)], submission.review)
    session.execute(update(Submission).where(Submission.id == submission.id).values(**values))


def sentence_of_failure(failure: str | None) -> str:
    """Say in Turkish why a photo that came cannot be shown."""
    return _SENTENCES.get(failure or "", _OTHERWISE)
