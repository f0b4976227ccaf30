"""Submissions sent back to their authors with a question, and the versions that came of it."""

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.dependencies import shows
from api.problems import NotFound
from api.wiring import Wiring
from service_requests.returning import SubmissionVersionView, return_submission, take_back, versions_of
from service_requests.submission_lists import shows_persons
from teams.access_log import Access, Subject, record_access
from teams.permissions import Actor, Resource, Role, Scope

SUBMISSIONS = shows(Resource.SUBMISSIONS)


class NewQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the author is asked, 3-500 characters."""

    question: str


class VersionsView(msgspec.Struct, frozen=True):
    """All versions of a visit, oldest to newest; the answers of each are at `/v1/submissions/{id}`."""

    versions: list[SubmissionVersionView]


@post("/submissions/{submission_id:uuid}/return", status_code=200, sync_to_thread=True, opt=SUBMISSIONS)
def return_to_author(
    submission_id: FromPath[UUID], data: JSONBody[NewQuestion], wiring: NamedDependency[Wiring],
    actor: NamedDependency[Actor], sees: NamedDependency[Scope],
) -> VersionsView:  # fmt: skip
    """Send a submission back with a question; that is the coordinator's."""
    at = wiring.clock()
    with wiring.database.writing() as session:
        may = actor.role is Role.COORDINATOR
        if not may or not return_submission(session, sees, actor, submission_id, question=data.question, at=at):
            raise NotFound
        record_access(session, actor, Access.CHANGED, Subject.SUBMISSION, submission_id, at=at, detail="iade edildi")
        return VersionsView(versions_of(session, sees, submission_id))


@post("/submissions/{submission_id:uuid}/take-back", status_code=200, sync_to_thread=True, opt=SUBMISSIONS)
def take_return_back(
    submission_id: FromPath[UUID], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> VersionsView:  # fmt: skip
    """Undo sending it back; that is the coordinator's."""
    at = wiring.clock()
    with wiring.database.writing() as session:
        if actor.role is not Role.COORDINATOR or not take_back(session, sees, submission_id, at):
            raise NotFound
        record_access(session, actor, Access.CHANGED, Subject.SUBMISSION, submission_id, at=at, detail="geri alındı")
        return VersionsView(versions_of(session, sees, submission_id))


@get("/submissions/{submission_id:uuid}/versions", sync_to_thread=True, opt=SUBMISSIONS)
def show_versions(
    submission_id: FromPath[UUID], wiring: NamedDependency[Wiring], actor: NamedDependency[Actor],
    sees: NamedDependency[Scope],
) -> VersionsView:  # fmt: skip
    """List all versions of a visit; for those who may see persons, because each names its author."""
    with wiring.database.writing() as session:
        versions = versions_of(session, sees, submission_id) if shows_persons(sees) else []
        if not versions:
            raise NotFound
        record_access(session, actor, Access.VIEWED, Subject.SUBMISSION, submission_id, at=wiring.clock())
        return VersionsView(versions)
