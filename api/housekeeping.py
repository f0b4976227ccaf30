"""The thread that tidies up every minute: one named sweep after the other, in one process at a time.

What there is to sweep stands in `api/sweeps.py`. A sweep that fails is logged and tried again in the next round; the
others go on. Sweeps are idempotent and short: each takes at most a batch, the rest waits for the next minute.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from foundation.clock import Clock
from foundation.database import Database

log = logging.getLogger("saha")

# Any number of ours; `foundation/migrating.py` has another.
_LOCK = 5_342_848_175


class Sweep(NamedTuple):
    """A thing to tidy up: its name for the log, and what does it, given the moment. Opens its own transactions."""

    name: str
    run: Callable[[datetime], object]


class Housekeeping:
    """Runs the sweeps every `every_s` seconds until it is stopped; the first time after the first wait."""

    def __init__(self, database: Database, sweeps: Sequence[Sweep], *, at: Clock, every_s: float = 60) -> None:
        self._database = database
        self._sweeps = sweeps
        self._at = at
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the sweep at hand, begin no other, and return when the thread has ended."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def sweep_once(self) -> bool:
        """Run every sweep once; False when another process is at it."""
        with self._database.alone(_LOCK) as is_alone:
            for sweep in self._sweeps if is_alone else ():
                if self._stopping.is_set():
                    break
                try:
                    sweep.run(self._at())
                except Exception:
                    # One that fails must not keep the others from their work.
                    log.exception("sweep %s failed, it is tried again in the next round", sweep.name)
        return is_alone

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self.sweep_once()
            except Exception:
                # The database is away for the moment; the thread must outlive that.
                log.exception("housekeeping could not begin its round")
