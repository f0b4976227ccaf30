"""The process that solves: reads problems from its input, writes progress and plans to its output. Knows no database.

Frames are four bytes of length and MessagePack. The process stays warm from one problem to the next, because loading
the solver takes longer than re-ordering one team's day. It ends with its input. `workers.py` is the other side.
"""

import select
import sys
from typing import BinaryIO

import msgspec

from planning.problem import Plan, Problem
from planning.solving import solve_day

_IDLE_S = 600.0


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """The share of the search's time that is gone, 0 to 1."""

    share: float


class Solved(msgspec.Struct, frozen=True, tag="solved"):
    """The plan of the problem that was read last."""

    plan: Plan


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The solver is loaded."""


Told = Ready | Progress | Solved


def write_frame(stream: BinaryIO, message: msgspec.Struct) -> None:
    """Write one message."""
    body = msgspec.msgpack.encode(message)
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one message's bytes; None where the other side has ended, in the middle of a message, too."""
    head = stream.read(4)
    if len(head) < 4:  # noqa: PLR2004 - the bytes of a length
        return None
    size = int.from_bytes(head, "big")
    body = stream.read(size)
    return body if len(body) == size else None


def work(given: BinaryIO, told: BinaryIO) -> None:
    """Solve until the input ends."""
    write_frame(told, Ready())
    while _comes_soon(given) and (frame := read_frame(given)) is not None:
        problem = msgspec.msgpack.decode(frame, type=Problem)
        plan = solve_day(problem, lambda share: write_frame(told, Progress(share)))
        write_frame(told, Solved(plan))


def _comes_soon(given: BinaryIO) -> bool:
    """Wait for the next problem; False where none has come for so long that the memory is better given back."""
    return bool(select.select([given], [], [], _IDLE_S)[0])


if __name__ == "__main__":
    work(sys.stdin.buffer, sys.stdout.buffer)
