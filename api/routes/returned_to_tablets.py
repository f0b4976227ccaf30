"""A returned submission for the tablet that sent it: its answers, form and photos, sealed for its author alone.

What is given out is encrypted with the author's key on that tablet, so whoever of the team is signed in may fetch it,
and nobody else can open it. The contract is docs/sync-protocol.md, "Returned submissions".
"""

from base64 import urlsafe_b64encode
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from api.problems import NotFound
from api.wiring import Wiring
from reports.package_parts import parts_of_version
from service_requests.returned_answers import ReturnedAnswers, returned_answers
from sync.package import Part
from teams.devices import CallingDevice
from teams.tablet_keys import seal_for, worker_key


class SealedAnswersView(msgspec.Struct, frozen=True):
    """`sealed`: IV and ciphertext, base64url, of the answers; `photos`: hashes of the files to be fetched, too.

    `parts`: the form's version, which need not be the package's any more.
    """

    worker_id: UUID
    sealed: str
    photos: list[str]
    parts: list[Part]


@get("/returned/{submission_id:uuid}", sync_to_thread=True)
def show_returned(
    submission_id: FromPath[UUID], wiring: NamedDependency[Wiring], device: NamedDependency[CallingDevice]
) -> SealedAnswersView:
    """Give the answers of a returned submission to the tablet that sent it."""
    with wiring.database.reading() as session:
        answers = _found(session, device, submission_id)
        parts = parts_of_version(session, answers.form_version_id) if answers.form_version_id else []
    plain = msgspec.json.encode(
        {
            "xml": answers.xml, "target_id": answers.target_id, "assignment_id": answers.assignment_id,
            "photos": answers.photos,
        }
    )  # fmt: skip
    key = worker_key(wiring.secret_key, device.key_id, answers.worker_id)
    sealed = seal_for(key, plain, f"returned {submission_id}".encode())
    here = sorted({photo.sha256 for photo in answers.photos if photo.is_here})
    return SealedAnswersView(answers.worker_id, urlsafe_b64encode(sealed).rstrip(b"=").decode(), here, parts)


@get("/returned/{submission_id:uuid}/photos/{sha256:str}", sync_to_thread=True)
def show_returned_photo(
    submission_id: FromPath[UUID], sha256: FromPath[str], wiring: NamedDependency[Wiring],
    device: NamedDependency[CallingDevice],
) -> Response[bytes]:  # fmt: skip
    """Give a photo of a returned submission, IV and ciphertext, to the tablet that sent it."""
    with wiring.database.reading() as session:
        answers = _found(session, device, submission_id)
    if not any(photo.sha256 == sha256 and photo.is_here for photo in answers.photos):
        raise NotFound
    key = worker_key(wiring.secret_key, device.key_id, answers.worker_id)
    photo = b"".join(wiring.photo_storage.read(sha256))
    sealed = seal_for(key, photo, f"returned {submission_id} {sha256}".encode())
    return Response(sealed, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})


def _found(session: Session, device: CallingDevice, submission_id: UUID) -> ReturnedAnswers:
    answers = returned_answers(session, device, submission_id)
    if answers is None:
        raise NotFound
    return answers
