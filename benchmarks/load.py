"""A closed-loop HTTP load: each client sends its next request when the last one is answered.

Requests are bytes made beforehand and sent over keep-alive connections by a process of its own, so that the client
takes as little as possible of the two cores that it shares with the server and the database.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit


class Load(NamedTuple):
    """What one run gave: requests per second, and latencies in seconds."""

    per_second: float
    median_s: float
    p99_s: float
    statuses: dict[int, int]


def run_load(address: str, requests: Callable[[int], Iterator[bytes]], *, clients: int, seconds: float) -> Load:
    """Send `requests(client)` from `clients` connections for `seconds`; runs in a process of its own."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_in_process, args=(sender, address, requests, clients, seconds)
    )
    process.start()
    sender.close()  # or a load that dies would be waited for
    latencies, statuses, elapsed = receiver.recv()
    process.join()
    latencies.sort()
    return Load(
        len(latencies) / elapsed, _at(latencies, 0.5), _at(latencies, 0.99), statuses
    )  # fmt: skip


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


def _in_process(sender, address: str, requests, clients: int, seconds: float) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    sender.send(asyncio.run(_all_clients(address, requests, clients, seconds)))


async def _all_clients(
    address: str, requests: Callable[[int], Iterator[bytes]], clients: int, seconds: float
) -> tuple[list[float], dict[int, int], float]:
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    started = time.perf_counter()
    until = started + seconds
    await asyncio.gather(
        *(_one_client(address, requests(number), until, latencies, statuses) for number in range(clients))
    )
    return latencies, statuses, time.perf_counter() - started


async def _one_client(
    address: str, requests: Iterator[bytes], until: float, latencies: list[float], statuses: dict[int, int]
) -> None:
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for request in requests:
        started = time.perf_counter()
        if started >= until:
            break
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().find(b"\r\ncontent-length:")
        if length >= 0:
            size = int(head[length + 17 : head.index(b"\r\n", length + 2)])
            if size:
                await reader.readexactly(size)
        latencies.append(time.perf_counter() - started)
        status = int(head[9:12])
        statuses[status] = statuses.get(status, 0) + 1
    writer.close()
