"""The entity lists at Collect's door, per team: tags asked for at most every two seconds, CSV written per change.

Every refresh of every tablet asks for the tags (they stand in the manifests); a list is downloaded only when its tag is
another one.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple
from uuid import UUID

import anyio.to_thread

from foundation.clock import ISTANBUL, Clock
from foundation.database import Database
from visits.entity_lists import ListScope, find_gone, scope_of_lists, tag_lists, write_list

# How long another tablet's change may go unnoticed.
RECHECK_AFTER_S = 2.0
# Written lists that are kept: a team's targets are about a megabyte, so this is some dozens of teams.
_KEPT_BYTES = 64 * 1024 * 1024
_MOST_TEAMS = 5_000


class WrittenList(NamedTuple):
    """A list as CSV with the tag it was written for; no `content` where the caller has it already."""

    tag: str
    content: bytes


class _Asked(NamedTuple):
    at: float
    scope: ListScope
    tags: Mapping[str, str]


class EntityListOffers:
    """What this process remembers of the teams' entity lists."""

    def __init__(
        self, database: Database, clock: Clock, *, recheck_after_s: float = RECHECK_AFTER_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._database = database
        self._clock = clock
        self._recheck_after_s = recheck_after_s
        self._monotonic = monotonic
        self._asked: dict[UUID, _Asked] = {}
        self._written: OrderedDict[tuple[UUID, str], WrittenList] = OrderedDict()
        self._kept_bytes = 0
        # A team's tablets come in the morning all at once: the first one's question answers them all.
        self._asking = threading.Lock()
        self._writing = threading.Lock()

    async def tags(self, team_id: UUID) -> Mapping[str, str]:
        """Return the change tag of each list of a team."""
        return (await self._now(team_id)).tags

    async def download(self, team_id: UUID, name: str, known_tag: str | None) -> WrittenList:
        """Return a list of a team as CSV, without its content where `known_tag` is the current one."""
        now = await self._now(team_id)
        if now.tags[name] == known_tag:
            return WrittenList(now.tags[name], b"")
        kept = self._written.get((team_id, name))
        if kept is not None and kept.tag == now.tags[name]:
            return kept
        return await anyio.to_thread.run_sync(self._write, team_id, name, now)

    async def find_gone(self, team_id: UUID, name: str, ids: Collection[UUID]) -> set[UUID]:
        """Return which of these entities the team's tablets shall hold no longer."""
        return await anyio.to_thread.run_sync(self._find_gone, team_id, name, ids)

    async def _now(self, team_id: UUID) -> _Asked:
        fresh = self._fresh(team_id)
        return fresh if fresh is not None else await anyio.to_thread.run_sync(self._ask, team_id)

    def _fresh(self, team_id: UUID) -> _Asked | None:
        asked = self._asked.get(team_id)
        return asked if asked is not None and self._monotonic() - asked.at < self._recheck_after_s else None

    def _ask(self, team_id: UUID) -> _Asked:
        with self._asking:
            fresh = self._fresh(team_id)
            if fresh is not None:
                return fresh
            at = self._monotonic()
            with self._database.reading() as session:
                scope = scope_of_lists(session, team_id, self._clock().astimezone(ISTANBUL).date())
                asked = _Asked(at, scope, tag_lists(session, scope))
            if len(self._asked) >= _MOST_TEAMS:
                self._asked.clear()
            self._asked[team_id] = asked
            return asked

    def _write(self, team_id: UUID, name: str, now: _Asked) -> WrittenList:
        with self._writing:
            kept = self._written.get((team_id, name))
            if kept is not None and kept.tag == now.tags[name]:
                return kept
            # Read after the tag: the rows may be newer than it, never older, and a newer one has another tag.
            with self._database.reading() as session:
                written = WrittenList(now.tags[name], write_list(session, name, now.scope))
            self._keep((team_id, name), written)
            return written

    def _keep(self, key: tuple[UUID, str], written: WrittenList) -> None:
        replaced = self._written.pop(key, None)
        self._written[key] = written
        self._kept_bytes += len(written.content) - (len(replaced.content) if replaced else 0)
        while self._kept_bytes > _KEPT_BYTES and len(self._written) > 1:
            _, oldest = self._written.popitem(last=False)
            self._kept_bytes -= len(oldest.content)

    def _find_gone(self, team_id: UUID, name: str, ids: Collection[UUID]) -> set[UUID]:
        with self._database.reading() as session:
            scope = scope_of_lists(session, team_id, self._clock().astimezone(ISTANBUL).date())
            return find_gone(session, name, scope, ids)
