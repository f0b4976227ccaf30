"""The thread that works on uploaded lists, one after the other; requests only put work before it and ask how far it is.

Several processes may run it: who claims a list works on it. What it is at is known in its own process without the
database, because on SQLite nobody can write while a list is recorded.
"""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from api.intake_line import KnowledgeCache
from foundation.clock import Clock
from foundation.database import Database
from foundation.errors import SahaError
from geo.mahalle_index import MahalleIndex
from visits.duplicate_sweep import sweep_changed_targets
from visits.import_jobs import claim, end_import, free_claims, renew_claim
from visits.import_steps import GivenUp, Progress, Workplace, check_list, read_list, record_list
from visits.import_tables import VisitImport
from visits.list_file_errors import ListTooLarge, UnreadableList

log = logging.getLogger("saha")

_UNEXPECTED = (
    "Liste beklenmeyen bir hata yüzünden alınamadı; hiçbir kayıt değişmedi. Yeniden deneyin; "
    "sürerse sistem yöneticisine bildirin."
)
_RENEWED_AFTER = timedelta(seconds=2)


class AtWork(NamedTuple):
    """The list that this process is at, how many rows of how many are done."""

    import_id: UUID
    done: int
    total: int


class ListImporter:
    """Works off what waits, soon after a nudge and every `poll_s` for what another process left.

    After a list its targets are looked after at once: located, and held against those that they may be.
    """

    def __init__(
        self, database: Database, at: Clock, load_index: Callable[[Session], MahalleIndex], *, poll_s: float = 20
    ) -> None:
        self._place = Workplace(database, at, load_index)
        self._poll_s = poll_s
        self._nudged, self._stopping = threading.Event(), threading.Event()
        self._one_at_a_time = threading.Lock()
        self._cancelled: set[UUID] = set()
        self.at_work: AtWork | None = None
        self._thread = threading.Thread(target=self._run, name="list-importer", daemon=True)

    def start(self) -> None:
        """Begin, with what a process before left unfinished."""
        if self._place.database.is_sqlite:
            # There is one process: whatever is claimed, is claimed by one that is gone.
            with self._place.database.writing() as session:
                free_claims(session)
        self._nudged.set()
        self._thread.start()

    def nudge(self) -> None:
        """Say that there is work; call it after COMMIT."""
        self._nudged.set()

    def stop(self) -> None:
        """Give up the step at hand, which begins anew at the next start, and return when the thread has ended."""
        self._stopping.set()
        self._nudged.set()
        if self._thread.ident is not None:
            self._thread.join()

    def cancel(self, import_id: UUID) -> bool:
        """Ask for a list to be given up; True where this process is at it, and will."""
        at_work = self.at_work
        if at_work is None or at_work.import_id != import_id:
            return False
        self._cancelled.add(import_id)
        return True

    def work_off(self) -> int:
        """Do all steps that wait; returns how many there were."""
        steps = 0
        while not self._stopping.is_set():
            with self._one_at_a_time:
                if not self._do_next():
                    return steps
            steps += 1
        return steps

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._nudged.wait(self._poll_s)
            self._nudged.clear()
            try:
                self.work_off()
            except Exception:
                # A database that is away for a moment must not end the thread; the next round tries again.
                log.exception("lists could not be worked on in this round")

    def _do_next(self) -> bool:
        with self._place.database.writing() as session:
            job = claim(session, self._place.at())
        if job is None:
            return False
        self.at_work = AtWork(job.id, 0, job.row_count)
        if job.is_cancel_asked:
            self._cancelled.add(job.id)
        try:
            self._do(job, self._progress_of(job))
        except GivenUp:
            if self._stopping.is_set():
                self._let_go(job.id)
            else:
                self._end(job.id, "cancelled")
        except (UnreadableList, ListTooLarge) as error:
            self._end(job.id, "failed", error)
        except Exception:
            log.exception("a list could not be taken in (%s)", job.state)
            self._end(job.id, "failed", SahaError(_UNEXPECTED))
        finally:
            self.at_work = None
            self._cancelled.discard(job.id)
        return True

    def _do(self, job: VisitImport, progress: Progress) -> None:
        if job.state == "reading":
            read_list(self._place, job, progress)
        elif job.state == "checking":
            check_list(self._place, job, progress)
        else:
            record_list(self._place, job, progress)
            self.at_work = None
            self._look_after()

    def _look_after(self) -> None:
        """Look after what changed; what is left when the process stops waits for housekeeping."""
        while not self._stopping.is_set():
            with self._place.database.writing() as session:
                if not sweep_changed_targets(session, self._place.at()):
                    return

    def _progress_of(self, job: VisitImport) -> Progress:
        """Make what a step tells its progress to. While a list is recorded on SQLite nobody else can write."""
        can_write = job.state != "recording" or not self._place.database.is_sqlite
        told_at = self._place.at()

        def progress(done: int, total: int) -> bool:
            nonlocal told_at
            self.at_work = AtWork(job.id, done, total)
            if self._stopping.is_set() or job.id in self._cancelled:
                return False
            now = self._place.at()
            if not can_write or now - told_at < _RENEWED_AFTER:
                return True
            told_at = now
            with self._place.database.writing() as session:
                return renew_claim(session, job.id, now, done, total)

        return progress

    def _end(self, import_id: UUID, state: str, error: SahaError | None = None) -> None:
        with self._place.database.writing() as session:
            job = session.get(VisitImport, import_id)
            if job is not None:
                end_import(session, job, state, self._place.at(), error.sentence if error else None)

    def _let_go(self, import_id: UUID) -> None:
        """Leave a step to the next start."""
        with self._place.database.writing() as session:
            job = session.get(VisitImport, import_id)
            if job is not None:
                job.claimed_at = None


def open_list_importer(database: Database, knowledge: KnowledgeCache, at: Clock) -> ListImporter:
    """Make the importer of a server process."""
    return ListImporter(database, at, lambda session: knowledge.current(session).index)
