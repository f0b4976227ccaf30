"""One pull: find the tablet and its scope, check where it stands, read a page, and write the answer as bytes.

The bodies in the feed are JSON already; nothing here takes them apart. Who calls it is `api/routes/sync.py`, what it
reads is `sync/pull.py`.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from api.pressure import PaceLimit
from api.wiring import Wiring
from sync.cursors import Cursor, check_cursor, open_cursor, seal_cursor
from sync.pull import Page, Puller, find_puller, read_page
from teams.devices import DeviceRevoked, DeviceUnknown
from teams.sign_in import hash_token
from teams.tables import Device

# Written down at most this often: a tablet that loads a hundred thousand targets pulls hundreds of times.
_CONTACT_NOTED_EVERY = timedelta(minutes=1)


class Limits(msgspec.Struct, frozen=True):
    """What a tablet is to keep to; part of every answer of pull and push."""

    operations: int = 200
    bytes: int = 1024 * 1024
    photo_parallelism: int = 2
    pull_limit: int = 500
    next_contact_s: int = 900


LIMITS = Limits()
_LIMITS_JSON = msgspec.json.encode(LIMITS).decode()


class Pulled(NamedTuple):
    """The answer's body, and the tablet whose contact is to be written down, if one is."""

    body: bytes
    contact_of: UUID | None


def pull(wiring: Wiring, token: str, cursor: str | None, limit: int) -> Pulled:
    """Read one page for a tablet.

    Raises `DeviceUnknown`, `DeviceRevoked`, `BadCursor`, `PullReset`, `TooManyRequests`.
    """
    at = wiring.clock()
    with wiring.database.asking() as session:
        puller = _admitted(session, token, wiring.pull_pace)
        stands = _where_it_stands(wiring.secret_key, puller, cursor)
        page = read_page(session, puller.scope.areas, stands.sequence, limit)
        tag = wiring.device_profiles.tag(session, puller.team_id, puller.label)
    last = _reached(page, puller)
    goes_on = seal_cursor(wiring.secret_key, msgspec.structs.replace(stands, sequence=last))
    body = (
        f'{{"items":[{page.items}],"cursor":"{goes_on}","more":{"true" if page.is_full else "false"},'
        f'"package":{wiring.packages.version},"profile":"{tag}","server_time":"{spell_moment(at)}",'
        f'"limits":{_LIMITS_JSON},"commands":[]}}'
    )
    is_due = puller.last_contact_at is None or at - puller.last_contact_at >= _CONTACT_NOTED_EVERY
    return Pulled(body.encode(), puller.device_id if is_due else None)


def note_contact(wiring: Wiring, device_id: UUID) -> None:
    """Write down that a tablet was heard of; after its answer, because nobody waits for this."""
    at = wiring.clock()
    is_due = or_(Device.last_contact_at.is_(None), Device.last_contact_at <= at - _CONTACT_NOTED_EVERY)
    with wiring.database.writing() as session:
        session.execute(update(Device).where(Device.id == device_id, is_due).values(last_contact_at=at))


def spell_moment(at: datetime) -> str:
    """Write a moment (UTC) as RFC 3339, to the millisecond."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _admitted(session: Session, token: str, pace: PaceLimit) -> Puller:
    puller = find_puller(session, hash_token(token))
    if puller is None:
        raise DeviceUnknown
    if puller.revoked_at is not None:
        raise DeviceRevoked
    pace.spend(puller.device_id)
    return puller


def _where_it_stands(key: bytes, puller: Puller, text: str | None) -> Cursor:
    """Read where the tablet stands; without a cursor it begins at zero."""
    if text is None:
        feed = puller.feed
        return Cursor(feed.epoch, puller.device_id, puller.scope.hash, sequence=0, began_at=feed.sequence)
    cursor = open_cursor(key, text)
    check_cursor(cursor, device_id=puller.device_id, scope=puller.scope.hash, feed=puller.feed)
    return cursor


def _reached(page: Page, puller: Puller) -> int:
    """Say up to where the tablet has now seen everything."""
    last = page.last or 0
    return last if page.is_full else max(last, puller.feed.sequence)
