"""How submissions reach the intake from a door: together, one COMMIT for those that arrive together."""

import logging
import time
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from api.group_commit import GroupCommit
from field_forms.library import FormLibrary
from foundation.database import Database
from foundation.errors import SahaError
from geo.boundaries import boundaries_version, load_index
from service_requests.incoming import IncomingSubmission, NotStorable, Outcome
from service_requests.intake import receive_submissions
from service_requests.intake_run import IntakeKnowledge
from service_requests.quarantine import quarantine
from service_requests.routing import RoutingTable, Rule
from service_requests.tables import RoutingRule

log = logging.getLogger("saha")

# How long boundaries or rules changed by another process may go unnoticed.
RECHECK_AFTER_S = 2.0


class KnowledgeCache:
    """Keeps what the intake must know; asks the database again after a moment."""

    def __init__(self, forms: FormLibrary, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._forms = forms
        self._monotonic = monotonic
        self._checked_at = float("-inf")
        self._version: object = None
        self._knowledge: IntakeKnowledge | None = None

    def current(self, session: Session) -> IntakeKnowledge:
        """Return the knowledge, not older than `RECHECK_AFTER_S`."""
        now = self._monotonic()
        if self._knowledge is None or now - self._checked_at >= RECHECK_AFTER_S:
            version = boundaries_version(session)
            fresh = self._knowledge is None or version != self._version
            index = load_index(session) if fresh or self._knowledge is None else self._knowledge.index
            self._knowledge = IntakeKnowledge(self._forms, index, load_routing(session))
            self._version, self._checked_at = version, now
        return self._knowledge


def load_routing(session: Session) -> RoutingTable:
    """Read the routing table. Raises `NoDefaultRoute`."""
    rows = session.scalars(select(RoutingRule))
    return RoutingTable(
        Rule(row.id, row.category_code, row.mahalle_id, row.valid_from, row.valid_until, row.directorate_id)
        for row in rows
    )


def open_intake_line(
    database: Database, knowledge: KnowledgeCache, committed: Callable[[], None]
) -> GroupCommit[IncomingSubmission, Outcome]:
    """Make the line that every door hands its submissions to; `committed` is called after each COMMIT."""

    def write(items: list[IncomingSubmission]) -> list[Outcome]:
        try:
            with database.writing() as session:
                outcomes = receive_submissions(session, knowledge.current(session), items)
        except Exception as error:
            if len(items) > 1 or not fails_again(error):
                raise
            # The tablet would repeat it for ever, and each time fail those that came with it: keep it for a person.
            log.exception("a submission cannot be stored")
            with database.writing() as session:
                outcomes = [quarantine(session, items[0], NotStorable(), None)]
        committed()
        return outcomes

    return GroupCommit(write)


def fails_again(error: Exception) -> bool:
    """Say whether the submission is the cause, rather than a database, a setting or a machine in trouble."""
    if isinstance(error, DBAPIError):
        return isinstance(error, DataError | IntegrityError)
    return not isinstance(error, PoolTimeout | SahaError | OSError | MemoryError)
