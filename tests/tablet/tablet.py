"""A tablet as the contract describes it (docs/sync-protocol.md): the reference that tests set before the server.

It works offline (`edit`, `add_target`, `fill_form`), and when there is a network `push`, `send_photos`, `pull` and
`fetch_package`. Each of these may end in `NoAnswer` or `Crashed`; calling it again goes on where it was.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tests.tablet import base_data, outbox
from tests.tablet.form_package import fetch_package
from tests.tablet.photo_uploads import Uploader
from tests.tablet.saved_state import Crashed, Key, LocalStore, TabletState, key_of
from tests.tablet.wire import Answer, Ask, NoAnswer, Wire

APP_VERSION = "1.0.0"
_SAYS_WHEN = {429, 503}


class Revoked(Exception):
    """The server takes nothing from this tablet and gives it nothing."""


class Tablet:
    """One tablet. `ids` makes version 7 UUIDs, `clock` tells the tablet's own time."""

    def __init__(self, wire: Wire, *, ids: Callable[[], UUID], clock: Callable[[], datetime]) -> None:
        self._wire = wire
        self._ids = ids
        self.clock = clock
        self.batch_size = 200
        self.pull_limit = 200
        self.piece_bytes = 1 << 20
        self.state = TabletState(token=secrets.token_urlsafe(32))
        self.disk = LocalStore(self.state)
        # What each finished pull brought, for tests that count.
        self.items_pulled = 0
        self.seen_pages: list[Callable[[dict[str, Any]], None]] = []

    def enrol(self, code: str) -> None:
        """Become a tablet of the code's team. Raises `NoAnswer`."""
        told = {"code": code, "token": self.state.token, "app_version": APP_VERSION}
        answer = self._send(Ask("POST", "/v1/sync/enrol", _JSON, msgspec.json.encode(told)))
        assert answer.status == 201, answer
        given = answer.json()
        self.state.device_id, self.state.profile = given["device_id"], given["profile"]
        self.state.signing_key = given["signing_key"]
        self._save()

    @property
    def workers(self) -> list[str]:
        """Who may work on this tablet."""
        return [worker["id"] for worker in self.state.profile["workers"]]

    def held(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return what is shown of a kind, by id, as the server gave it."""
        return {item["id"]: item for item in self.state.base.values() if item["kind"] == kind}

    def fields(self, kind: str, entity_id: str) -> dict[str, str]:
        """Return what the worker sees of a target or an assignment."""
        return outbox.shown_fields(self.state, key_of(kind, entity_id))

    def edit(self, kind: str, entity_id: str, fields: Mapping[str, str], *, worker: str | None = None) -> str:
        """Change fields of an entity that is shown; returns the operation's id."""
        author = self._author(worker)
        outbox.edit(self.state, author, key_of(kind, entity_id), str(self._ids()), fields)
        self._save()
        return str(author.operation_id)

    def add_target(self, fields: Mapping[str, str], *, entity_id: str | None = None, worker: str | None = None) -> str:
        """Make a target; returns its id."""
        made = entity_id or str(self._ids())
        outbox.create_target(self.state, self._author(worker), made, str(self._ids()), fields)
        self._save()
        return made

    def declare_edit(self, kind: str, entity_id: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """Change an entity within the form that is then given to `fill_form`, which saves both."""
        return outbox.declare_edit(self.state, key_of(kind, entity_id), str(self._ids()), fields)

    def fill_form(
        self, xml: bytes, photos: Mapping[str, bytes] | None = None, *, worker: str | None = None,
        touches: tuple[Key, ...] = (),
    ) -> str:  # fmt: skip
        """Finish a filled form; returns the operation's id."""
        author = self._author(worker)
        outbox.add_submission(self.state, author, xml, photos or {}, touches=touches)
        self._save()
        return str(author.operation_id)

    def push(self, *, only_last: int = 0) -> list[dict[str, Any]]:
        """Hand over the outbox in batches; returns the results. Raises `NoAnswer`, `Crashed`, `Revoked`."""
        results: list[dict[str, Any]] = []
        batch_size = self.batch_size
        while waiting := self.state.outbox[-only_last:]:
            batch = waiting[:batch_size]
            answer = self._send(Ask("POST", "/v1/sync/push", _JSON, self._batch(batch)))
            if answer.status == 413 and batch_size > 1:
                batch_size = (batch_size + 1) // 2
                continue
            assert answer.status == 200, answer
            got = answer.json()["results"]
            outbox.settle(self.state, batch, got)
            self._save()
            results += got
            if only_last:
                break
        return results

    def pull(self, *, pages: int = 10_000) -> int:
        """Fetch what changed and show it; returns the number of items. Raises `NoAnswer`, `Crashed`, `Revoked`."""
        count = 0
        for _ in range(pages):
            page = self._pull_page()
            for look in self.seen_pages:
                look(page)
            count += len(page["items"])
            base_data.store_page(self.state, page)
            self._save()
            if not page["more"]:
                break
        else:
            return count
        if self.state.sends_again:
            base_data.send_again(self.state)
            self._save()
        if self.state.profile_tag != page["profile"]:
            self.fetch_profile(page["profile"])
        return count

    def fetch_profile(self, tag: str) -> None:
        """Learn who works on this tablet."""
        answer = self._send(Ask("GET", "/v1/sync/profile", {}))
        assert answer.status == 200, answer
        self.state.profile, self.state.profile_tag = answer.json(), tag
        self._save()

    def send_photos(self) -> None:
        """Send the photos that wait. Raises `NoAnswer`, `Crashed`, `Revoked`."""
        Uploader(self._send, self.state, self._save, piece_bytes=self.piece_bytes).send_all()

    def fetch_package(self) -> int:
        """Bring the forms up to date; returns how many parts were fetched."""
        fetched = fetch_package(self._send, self.state)
        self._save()
        return fetched

    def sync(self) -> int:
        """Do one round as the contract orders it: push before pull, submissions before their photos."""
        self.push()
        self.send_photos()
        return self.pull()

    def restart(self) -> None:
        """Start from what was last saved."""
        self.state = self.disk.load()

    def _pull_page(self) -> dict[str, Any]:
        for _ in range(3):
            asked = f"/v1/sync/pull?limit={self.pull_limit}"
            if self.state.cursor:
                asked += f"&cursor={self.state.cursor}"
            answer = self._send(Ask("GET", asked, {}))
            if answer.status == 200:
                return answer.json()
            assert answer.code in {"sync.reset", "sync.bad_cursor"}, answer
            base_data.begin_anew(self.state, answer.json().get("reason", ""))
            self._save()
        raise NoAnswer("reset again and again")

    def _batch(self, operations: list[dict[str, Any]]) -> bytes:
        waiting = self.state.outbox
        told = {
            "sent_at": self.clock().isoformat(),
            "app_version": APP_VERSION,
            "unsent_count": len(waiting),
            "oldest_unsent_at": waiting[0]["at"] if waiting else None,
            "operations": [outbox.as_sent(one) for one in operations],
        }
        return msgspec.json.encode(told)

    def _send(self, ask: Ask) -> Answer:
        answer = self._wire(ask.with_headers({"Authorization": f"Bearer {self.state.token}"}))
        if answer.status in _SAYS_WHEN or answer.status >= 500:
            assert answer.status not in _SAYS_WHEN or "retry-after" in answer.headers, answer
            raise NoAnswer(str(answer.status))
        if answer.status == 403 and answer.code == "device.revoked":
            raise Revoked
        return answer

    def _author(self, worker: str | None) -> outbox.Author:
        return outbox.Author(self._ids(), worker or self.workers[0], self.clock())

    def _save(self) -> None:
        try:
            self.disk.save(self.state)
        except Crashed:
            self.restart()
            raise


_JSON = {"Content-Type": "application/json"}
