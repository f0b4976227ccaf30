"""Making a tablet a team's: a code in a QR, used once and within minutes, and what a coordinator changes later.

The tablet makes its own secret; here only hashes are kept, of the code as of the secret. Who a tablet is at the door
stands in `devices.py`, what is shown of it in `device_lists.py`.
"""

import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundation.errors import SahaError
from foundation.identifiers import uuid7
from teams.devices import CallingDevice, DeviceRevoked, find_device
from teams.permissions import Actor
from teams.sign_in import hash_token
from teams.tables import Device, EnrolmentCode, Team

CODE_LASTS = timedelta(minutes=15)
# How long a used code still answers the tablet that used it, whose answer was lost.
_CODES_KEPT = timedelta(days=30)
_LONGEST_LABEL = 80
_LONGEST_APP_VERSION = 40
# 32 random bytes in base64url.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class EnrolmentCodeUnknown(SahaError):
    """There is no such code, or it has ended; the two look alike."""

    code = "enrolment.code_unknown"

    def __init__(self) -> None:
        super().__init__("Bu karekod geçersiz ya da süresi dolmuş. Koordinatörünüzden yeni bir karekod isteyin.")


class EnrolmentCodeUsed(SahaError):
    """Another tablet was enrolled with this code."""

    code = "enrolment.code_used"

    def __init__(self) -> None:
        super().__init__("Bu karekod başka bir tablette kullanılmış. Koordinatörünüzden yeni bir karekod isteyin.")


class BadEnrolment(SahaError):
    """The secret is none that a tablet makes, or is in use; or the coordinator gave no label or no team of ours."""

    code = "enrolment.bad"


class UnknownDevice(SahaError):
    """There is no such tablet."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("Aradığınız kayıt yok ya da size açık değil.")


class NewEnrolment(msgspec.Struct, frozen=True):
    """What a tablet sends to be enrolled: the code of the QR and the secret that it made."""

    code: str
    token: str
    app_version: str = ""


class NewEnrolmentCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For which team a tablet shall be enrolled, and what people will call it."""

    team_id: UUID
    label: str


def make_enrolment_code(session: Session, actor: Actor, given: NewEnrolmentCode, at: datetime) -> tuple[str, datetime]:
    """Make a code; returns it (it cannot be shown again) and when it ends. Raises `BadEnrolment`."""
    label = " ".join(given.label.replace("\0", "").split())
    if not 0 < len(label) <= _LONGEST_LABEL:
        raise BadEnrolment("Tablete 1-80 karakterlik bir ad verin.")
    _require_team(session, given.team_id)
    session.execute(delete(EnrolmentCode).where(EnrolmentCode.expires_at < at - _CODES_KEPT))
    code = secrets.token_urlsafe(16)
    expires_at = at + CODE_LASTS
    session.add(
        EnrolmentCode(
            code_hash=hash_token(code), team_id=given.team_id, label=label, created_at=at, created_by=actor.user_id,
            expires_at=expires_at,
        )
    )  # fmt: skip
    session.flush()
    return code, expires_at


def enrol(session: Session, given: NewEnrolment, at: datetime) -> CallingDevice:
    """Enrol a tablet, or find the one that was enrolled by this very request before.

    Raises `EnrolmentCodeUnknown`, `EnrolmentCodeUsed`, `BadEnrolment`, and `DeviceRevoked` where it was revoked since.
    """
    if not _TOKEN.fullmatch(given.token):
        raise BadEnrolment("Tablet anahtarı geçersiz. Uygulamayı güncelleyip karekodu yeniden okutun.")
    token_hash = hash_token(given.token)
    code = _use_code(session, hash_token(given.code), token_hash, at)
    if code is None:
        known = find_device(session, given.token, at)
        # Who enrols is given the names of those who work with it; a revoked tablet hands over and is given nothing.
        if known.drains:
            raise DeviceRevoked
        return known
    if session.scalar(select(Device.id).where(Device.token_hash == token_hash)) is not None:
        raise BadEnrolment("Bu tablet zaten tanıtılmış. Uygulamayı açıp çalışmaya devam edin.")
    device = Device(
        id=uuid7(at), token_hash=token_hash, team_id=code.team_id, label=code.label,
        app_version=given.app_version.replace("\0", "")[:_LONGEST_APP_VERSION], enrolled_at=at,
        enrolled_by=code.created_by, last_contact_at=at,
    )  # fmt: skip
    session.add(device)
    session.flush()
    return CallingDevice(device.id, device.team_id, device.label, drains=False)


def revoke_device(session: Session, actor: Actor, device_id: UUID, at: datetime) -> None:
    """Shut a tablet out but for its outbox; doing it again changes nothing. Raises `UnknownDevice`."""
    device = _known(session, device_id)
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by = at, actor.user_id


def move_device(session: Session, device_id: UUID, team_id: UUID) -> None:
    """Give a tablet to another team: at its next pull it begins anew. Raises `UnknownDevice`, `BadEnrolment`."""
    device = _known(session, device_id)
    _require_team(session, team_id)
    device.team_id = team_id


def _use_code(session: Session, code_hash: str, token_hash: str, at: datetime) -> EnrolmentCode | None:
    """Use a code up; None where this token did so before. Of two tablets at once the second waits and sees it used."""
    using = update(EnrolmentCode).where(
        EnrolmentCode.code_hash == code_hash, EnrolmentCode.used_at.is_(None), EnrolmentCode.expires_at > at
    )
    used = session.execute(
        using.values(used_at=at, used_by_token_hash=token_hash)
        .returning(EnrolmentCode)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if used is not None:
        return used
    code = session.get(EnrolmentCode, code_hash)
    if code is not None and code.used_by_token_hash == token_hash:
        return None
    if code is None or code.expires_at <= at:
        raise EnrolmentCodeUnknown
    raise EnrolmentCodeUsed


def _known(session: Session, device_id: UUID) -> Device:
    device = session.get(Device, device_id)
    if device is None:
        raise UnknownDevice
    return device


def _require_team(session: Session, team_id: UUID) -> None:
    if session.get(Team, team_id) is None:
        raise BadEnrolment("Böyle bir ekip yok. Listeden seçin.")
