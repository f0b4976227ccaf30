"""A worker's first sign-in on a tablet: `POST /v1/sync/sign-in`, once per worker and forgotten PIN."""

from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency, Provide
from msgspec import Meta

from api.routes.sign_in import LONGEST_PASSWORD
from api.sync_body import SyncUnreadable, read_sync_json
from api.wiring import Wiring
from teams.devices import CallingDevice
from teams.sign_in import WrongCredentials
from teams.tablet_keys import team_key, worker_key
from teams.worker_sign_in import LEASE, attempts_name, note_worker_sign_in, vouch_for_worker


class NewWorkerSignIn(msgspec.Struct, frozen=True):
    """Whom of the profile's workers somebody says to be, and that worker's own password."""

    worker_id: UUID
    password: Annotated[str, Meta(max_length=LONGEST_PASSWORD)]


class WorkerSignedInView(msgspec.Struct, frozen=True):
    """How long the tablet may let the worker in by itself, and the keys (32 bytes, base64url) that it wraps."""

    worker_id: UUID
    lease_until: datetime
    team_key: str
    worker_key: str
    server_time: datetime


async def _read_sent(request: Request[Any, Any, Any], device: NamedDependency[CallingDevice]) -> Any:  # noqa: ANN401 - JSON
    """Read what was sent, once it is known that a tablet of ours sent it."""
    del device
    return await read_sync_json(request)


@post(
    "/sign-in", status_code=200, sync_to_thread=True, request_max_body_size=None, opt={"any_app": True},
    dependencies={"sent": Provide(_read_sent)},
)  # fmt: skip
def sign_worker_in(
    sent: NamedDependency[Any], wiring: NamedDependency[Wiring], device: NamedDependency[CallingDevice]
) -> WorkerSignedInView:
    """Vouch for a worker; wrong passwords count together with those of the other doors."""
    try:
        given = msgspec.convert(sent, NewWorkerSignIn)
    except msgspec.ValidationError as error:
        raise SyncUnreadable from error
    at = wiring.clock()
    _check(wiring, device, given, at)
    return WorkerSignedInView(
        worker_id=given.worker_id,
        lease_until=at + LEASE,
        team_key=_text(team_key(wiring.secret_key, device.key_id, device.team_id)),
        worker_key=_text(worker_key(wiring.secret_key, device.key_id, given.worker_id)),
        server_time=at,
    )


def _check(wiring: Wiring, device: CallingDevice, given: NewWorkerSignIn, at: datetime) -> None:
    with wiring.database.reading() as session:
        name = attempts_name(session, given.worker_id)
        wiring.attempts.refuse_if_too_many(name, at)
        try:
            actor = vouch_for_worker(session, device, given.worker_id, given.password)
        except WrongCredentials:
            wiring.attempts.record_wrong(name, at)
            raise
    wiring.attempts.forget(name)
    with wiring.database.writing() as session:
        note_worker_sign_in(session, device, actor, at)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
