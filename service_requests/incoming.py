"""What comes to the intake and what it answers; shared by every door (OpenRosa, the push of our own tablets)."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from foundation.errors import SahaError
from photos.inspection import is_image
from sync.field_changes import ChangeOutcome
from teams.permissions import Actor


class ArrivedPhoto(msgspec.Struct, frozen=True):
    """A file that came with the submission: already durably stored (`sha256`), or refused with the reason.

    A stored image carries a reason where it is known that it cannot be shown.
    """

    file_name: str
    byte_size: int
    sha256: str | None = None
    media_type: str = ""
    refusal: str | None = None

    @property
    def is_image(self) -> bool:
        """Whether the content is an image, by its first bytes."""
        return is_image(self.media_type)


class PromisedPhoto(msgspec.Struct, frozen=True):
    """A file that the tablet holds and will upload by itself, found again by its hash."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    byte_size: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    media_type: Annotated[str, msgspec.Meta(max_length=100)] = ""


class IncomingSubmission(msgspec.Struct, frozen=True):
    """One submission as a door hands it in. `is_complete`: no further post with photos is announced.

    `device_time` is what the sender's clock said at `received_at`, where the sender tells. `sent_by_device_id` names a
    tablet with our own application; `promised` are the files that it will upload.
    """

    xml: bytes
    actor: Actor
    device_id: str
    received_at: datetime
    photos: tuple[ArrivedPhoto, ...] = ()
    is_complete: bool = True
    device_time: datetime | None = None
    sent_by_device_id: UUID | None = None
    promised: tuple[PromisedPhoto, ...] = ()


class Received(msgspec.Struct, frozen=True):
    """Recorded, or already there with the same content; `tracking_numbers` are those of requests just opened.

    `changes`: what became of the changes of entities that a new one declares, in their order.
    """

    submission_id: UUID
    is_new: bool
    tracking_numbers: tuple[str, ...] = ()
    changes: tuple[ChangeOutcome, ...] = ()


class Refused(msgspec.Struct, frozen=True):
    """Not accepted, but kept in quarantine: the code is stable, the sentence tells the worker what to do."""

    code: str
    sentence: str
    quarantine_id: UUID


Outcome = Received | Refused


_TELL = "Kaydı tabletten silmeyin ve koordinatörünüze haber verin."


class Refusal(SahaError):
    """Why a submission that could be read is not accepted."""

    told: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(f"{self.told} {_TELL}")


class UnknownForm(Refusal):
    """No form of this id was ever published."""

    code = "submission.unknown_form"
    told = "Bu form sunucuda tanımlı değil."


class ClosedForm(Refusal):
    """The form takes nothing any more, not even what was under way."""

    code = "submission.closed_form"
    told = "Bu form kapatılmış, yeni kayıt alınmıyor."


class OtherContent(Refusal):
    """The instance id is taken by a submission with other content."""

    code = "submission.other_content"
    told = "Bu kayıt daha önce farklı içerikle gönderilmiş. İlki duruyor, bu da saklandı."


class EditOfUnknown(Refusal):
    """It corrects a submission that is not here, or is another team's: the two look the same."""

    code = "submission.edit_of_unknown"
    told = "Düzeltilen kayıt sunucuda bulunamadı."


class EditSuperseded(Refusal):
    """It corrects a version that somebody corrected already."""

    code = "submission.edit_superseded"
    told = "Bu kaydın daha yeni bir düzeltmesi var. Sizinki de saklandı."


class NotAuthorised(Refusal):
    """The sender is no field worker of a team."""

    code = "submission.not_authorised"
    told = "Bu kullanıcı saha kaydı gönderemez; bir ekibe bağlı değil."


class NotStorable(Refusal):
    """The database would not take it, and would not at any resend either."""

    code = "submission.not_storable"
    told = "Kayıt alındı ama çözümlenemedi; merkezde incelenecek."
