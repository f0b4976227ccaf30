"""What tablets push: `POST /v1/sync/push`. A revoked tablet may still drain its outbox here, into quarantine."""

import asyncio
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency

from api.pulling import LIMITS, Limits
from api.push_line import open_push, write_push
from api.sync_body import MOST_BYTES, BatchTooLarge, read_body
from api.wiring import Wiring
from service_requests.operation_results import OperationResult
from teams.devices import CallingDevice


class PushedView(msgspec.Struct, frozen=True):
    """The answer to a push: results in the order of the operations."""

    results: list[OperationResult]
    server_time: datetime
    limits: Limits = LIMITS
    commands: tuple[str, ...] = ()


@post("/push", status_code=200, request_max_body_size=None, opt={"drains": True})
async def push_operations(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], device: NamedDependency[CallingDevice]
) -> Response[bytes]:
    """Receive what a tablet did; the reply comes after its COMMIT."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise BatchTooLarge
    # Before its turn: a line that was lost halfway, without a word, holds up nothing that the tablet sends after it.
    with wiring.pushes_arriving.enter(device.id):
        body = await read_body(request.headers.get("content-encoding", ""), request.stream())
    async with wiring.push_turns.enter(device.id):
        return await asyncio.get_running_loop().run_in_executor(None, _answer, wiring, device, body)


def _answer(wiring: Wiring, device: CallingDevice, body: bytes) -> Response[bytes]:
    results = write_push(wiring, device, open_push(wiring, device, body))
    answer = msgspec.json.encode(PushedView(results, wiring.clock()))
    return Response(answer, media_type="application/json")
