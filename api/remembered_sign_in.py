"""Who is behind a Basic header or a key in the path, remembered for some minutes.

ODK Collect sends its password with every request, and argon2id is slow on purpose. A header that was checked is
remembered by its keyed hash, never itself. A closed account or a revoked key is therefore noticed within
`REMEMBERED_S`, in the process that did it at once (`forget`).
"""

import base64
import binascii
import hashlib
import hmac
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

import anyio.to_thread
from sqlalchemy import update

from foundation.clock import Clock
from foundation.database import Database
from teams.permissions import Actor
from teams.sign_in import LONGEST_USERNAME, WrongCredentials, actor_of_collect_key, check_password, hash_token
from teams.sign_in_attempts import SignInAttempts
from teams.tables import CollectKey

REMEMBERED_S = 120.0
MOST_REMEMBERED = 10_000


class RememberedSignIns:
    """Checks sign-ins of tablets, each one only once in a while. Used from one event loop."""

    def __init__(
        self,
        database: Database,
        key: bytes,
        clock: Clock,
        attempts: SignInAttempts,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._key = key
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, tuple[float, Actor]] = OrderedDict()
        self._attempts = attempts
        self._forgotten = 0

    async def by_basic_header(self, header: str) -> Actor | None:
        """Say whose user name and password a Basic `Authorization` header carries; None: nobody's.

        Raises `TooManyAttempts` after ten wrong passwords for one name.
        """
        return await self._remembered(header, self._check_basic)

    async def by_collect_key(self, token: str) -> Actor | None:
        """Say whose key a Collect address carries; None: nobody's, or revoked."""
        return await self._remembered(f"key {token}", self._check_key)

    def forget(self, user_id: UUID) -> None:
        """Check a user anew at the next request: password changed, account closed, key revoked."""
        with self._lock:
            self._forgotten += 1
            for digest in [digest for digest, (_, actor) in self._known.items() if actor.user_id == user_id]:
                del self._known[digest]

    async def _remembered(self, secret: str, check: Callable[[str], Actor | None]) -> Actor | None:
        digest = hmac.digest(self._key, secret.encode(), hashlib.sha256)
        known = self._known.get(digest)
        if known is not None and known[0] > self._monotonic():
            return known[1]
        forgotten = self._forgotten
        actor = await anyio.to_thread.run_sync(check, secret)
        if actor is not None:
            with self._lock:
                if forgotten != self._forgotten:
                    # Somebody was closed or revoked while we looked, perhaps this one: let in once, not remembered.
                    return actor
                self._known[digest] = (self._monotonic() + REMEMBERED_S, actor)
                self._known.move_to_end(digest)
                if len(self._known) > MOST_REMEMBERED:
                    self._known.popitem(last=False)
        return actor

    def _check_basic(self, header: str) -> Actor | None:
        username, password = _read_basic(header)
        # Nobody's name is so long or has a NUL in it; neither may be counted below or asked of PostgreSQL.
        if not 0 < len(username) <= LONGEST_USERNAME or "\0" in username:
            return None
        self._attempts.refuse_if_too_many(username, self._clock())
        try:
            with self._database.reading() as session:
                actor = check_password(session, username, password)
        except WrongCredentials:
            self._attempts.record_wrong(username, self._clock())
            return None
        self._attempts.forget(username)
        return actor

    def _check_key(self, secret: str) -> Actor | None:
        token = secret.removeprefix("key ")
        with self._database.reading() as session:
            actor = actor_of_collect_key(session, token)
        if actor:
            with self._database.writing() as session:
                used = update(CollectKey).where(CollectKey.token_hash == hash_token(token))
                session.execute(used.values(last_used_at=self._clock()))
        return actor


def _read_basic(header: str) -> tuple[str, str]:
    """Split a Basic header (RFC 7617). Collect writes Latin-1, browsers UTF-8: UTF-8 first, it is the stricter."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return "", ""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    username, _, password = text.partition(":")
    return username, password
