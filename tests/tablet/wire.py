"""The radio link of a tablet: asks go out, answers come back, and either may be lost, cut, damaged, doubled or late.

`over_http` speaks to a server; `UnreliableWire` stands before it and does to the next asks what a test orders.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

import httpx
import msgspec


class Ask(NamedTuple):
    """One HTTP request of a tablet."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    def with_headers(self, more: Mapping[str, str]) -> "Ask":
        """Return the ask with further headers."""
        return self._replace(headers={**self.headers, **more})


class Answer(NamedTuple):
    """What came back whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict:
        """Read the body. Raises `NoAnswer` where it was cut on the way."""
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError as cut:
            raise NoAnswer("half an answer") from cut

    @property
    def code(self) -> str:
        """The problem's code, empty where it is none."""
        return str(self.json().get("code", "")) if self.status >= 400 and self.body else ""


class NoAnswer(Exception):
    """Nothing (whole) came back, or the server said to come again: the ask may have been carried out or not."""


Wire = Callable[[Ask], Answer]


class HttpClient(Protocol):
    """What httpx.Client and Litestar's TestClient have in common."""

    def request(self, method: str, url: str, **given: object) -> httpx.Response:
        """Send a request."""


def over_http(client: HttpClient) -> Wire:
    """Ask a server; what the connection does not bear is no answer."""

    def ask(one: Ask) -> Answer:
        try:
            response = client.request(one.method, one.path, headers=one.headers, content=one.body or None)
        except httpx.TransportError as error:
            raise NoAnswer(repr(error)) from error
        return Answer(response.status_code, response.headers, response.content)

    return ask


FAULTS = ("request lost", "answer lost", "answer cut", "sent twice", "sent late")


class UnreliableWire:
    """Does to each ask what stands first in `faults`; afterwards it is reliable again.

    `request lost`, `answer lost`, `answer cut` (half of the body arrives), `sent twice`, `sent late` (the tablet gives
    up; the ask still arrives when the test calls `deliver_late`), `damaged` (one byte of the body changes), `fine`.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.faults: list[str] = []
        self.late: list[Ask] = []
        # Every ask that the server carried out, with its answer.
        self.carried: list[tuple[Ask, Answer]] = []
        # Pushes among them that were answered, for repeating.
        self.pushes: list[Ask] = []

    def __call__(self, ask: Ask) -> Answer:
        """Ask, with the next fault."""
        fault = self.faults.pop(0) if self.faults else "fine"
        if fault == "sent late":
            self.late.append(ask)
        if fault in {"sent late", "request lost"}:
            raise NoAnswer(fault)
        if fault == "damaged" and ask.body:
            # The last one, so that a photo still begins like a photo.
            ask = ask._replace(body=ask.body[:-1] + bytes([ask.body[-1] ^ 1]))
        answer = self._carry(ask)
        if fault == "sent twice":
            answer = self._carry(ask)
        if fault == "answer lost":
            raise NoAnswer(fault)
        return answer._replace(body=answer.body[: len(answer.body) // 2]) if fault == "answer cut" else answer

    def deliver_late(self) -> list[Answer]:
        """Let everything that was under way arrive; nobody waits for the answers any more."""
        late, self.late = self.late, []
        return [self._carry(ask) for ask in late]

    def _carry(self, ask: Ask) -> Answer:
        answer = self._wire(ask)
        self.carried.append((ask, answer))
        return answer
