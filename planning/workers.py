"""The server's side of the worker processes: hands them problems, passes progress on, ends them when nobody waits.

A worker is started when the first problem comes (or `warm_up` is called), solves one problem at a time, and stays for
the next. A long day is searched by several of them (`side_by_side.py`). Cancelling kills them: the solver does not stop
in the middle of a step otherwise, and nothing of it is worth keeping.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from foundation.errors import SahaError
from planning.problem import Plan, Problem
from planning.side_by_side import search_side_by_side
from planning.worker import Progress, Ready, Told, read_frame, write_frame

# Who waits for a turn is alive all the same.
_ASK_WHILE_WAITING_S = 2
_ROOT = Path(__file__).resolve().parent.parent


class PlannerDied(SahaError):
    """The worker ended before it had a plan: killed, out of memory, or a mistake of ours."""

    code = "plan.planner_died"

    def __init__(self) -> None:
        super().__init__("Planlama yarıda kesildi; hiçbir şey değişmedi. Yeniden başlatın.")


class NotWantedAnyMore(Exception):
    """Whoever asked for the plan has cancelled it."""


class PlanningWorkers:
    """At most `at_once` problems at a time, each in up to `searches` processes; who comes later waits for a turn."""

    def __init__(self, at_once: int = 1, searches: int = 1) -> None:
        # More searches than processors would only take each other's time.
        self._searches = min(searches, os.cpu_count() or 1)
        self._turns = threading.Semaphore(at_once)
        self._lock = threading.Lock()
        self._idle: list[subprocess.Popen[bytes]] = []
        self._busy: set[subprocess.Popen[bytes]] = set()
        self._is_stopping = False

    def warm_up(self) -> None:
        """Have the workers of one plan loaded before they are needed."""
        with self._lock:
            if not self._idle and not self._busy and not self._is_stopping:
                self._idle.extend(_start() for _ in range(self._searches))

    def solve(self, problem: Problem, tell: Callable[[float], bool]) -> Plan:
        """Solve in workers; `tell` hears the share of the time gone and says whether the plan is still wanted.

        Raises `PlannerDied` and `NotWantedAnyMore`. Blocks: call it from a thread.
        """
        while not self._turns.acquire(timeout=_ASK_WHILE_WAITING_S):
            if not tell(0.0):
                raise NotWantedAnyMore
        try:
            if not tell(0.0):
                raise NotWantedAnyMore
            plan = search_side_by_side(problem, self._searches, self._solve_once, tell)
        finally:
            self._turns.release()
        if plan is None:
            raise PlannerDied
        return plan

    def _solve_once(self, problem: Problem, tell: Callable[[float], bool]) -> Plan | None:
        """Solve in one worker; None where it died."""
        worker = self._take()
        if worker is None:
            return None
        try:
            plan = _solve_with(worker, problem, tell)
        except BaseException:
            self._give_up(worker)
            raise
        if plan is None:
            self._give_up(worker)
        else:
            self._put_back(worker)
        return plan

    @property
    def process_ids(self) -> list[int]:
        """The processes that are solving now."""
        with self._lock:
            return [worker.pid for worker in self._busy]

    def stop(self) -> None:
        """End every worker; whoever waits for one hears that it died."""
        with self._lock:
            self._is_stopping = True
            ended = [*self._idle, *self._busy]
            self._idle.clear()
        for worker in ended:
            _end(worker)

    def _take(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._is_stopping:
                return None
            living = [worker for worker in self._idle if worker.poll() is None]
            for worker in set(self._idle) - set(living):
                _end(worker)
            worker = living.pop() if living else _start()
            self._idle = living
            self._busy.add(worker)
            return worker

    def _put_back(self, worker: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._busy.discard(worker)
            if not self._is_stopping:
                self._idle.append(worker)
                return
        _end(worker)

    def _give_up(self, worker: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._busy.discard(worker)
        _end(worker)


def _solve_with(worker: subprocess.Popen[bytes], problem: Problem, tell: Callable[[float], bool]) -> Plan | None:
    try:
        write_frame(cast("BinaryIO", worker.stdin), problem)
    except OSError:
        return None
    while (frame := read_frame(cast("BinaryIO", worker.stdout))) is not None:
        told: Told = msgspec.msgpack.decode(frame, type=Told)
        if isinstance(told, Ready):
            continue
        if isinstance(told, Progress):
            if not tell(told.share):
                raise NotWantedAnyMore
            continue
        return told.plan
    return None


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "planning.worker"], cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    for stream in (worker.stdin, worker.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    worker.wait()
