"""What tablets send, as a plan: submissions, the posts that carry them, and the steps in which these arrive."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from field_forms.library import FormLibrary
from field_forms.tables import FormAttachment, FormVersion
from foundation.database import Base, Database
from geo.boundaries import load_index
from photos.tables import Photo
from service_requests.held import read_held
from service_requests.incoming import ArrivedPhoto, IncomingSubmission, Outcome
from service_requests.intake import receive_submissions
from service_requests.intake_run import IntakeKnowledge
from service_requests.replay import StillRefused, replay
from service_requests.routing import RoutingTable, Rule
from service_requests.tables import (
    ExpectedPhoto,
    Quarantine,
    RequestEvent,
    RoutingRule,
    ServiceRequest,
    Submission,
    SubmissionDocument,
)
from sync.tables import FeedEntry
from teams.permissions import Actor, Role
from tests.builders import AKPINAR, FATIH, AFinding, a_submission
from tests.fixtures.municipality import NOON, Municipality, publish_household_form, version_of

LATER_VERSION = "2099010101"
CATEGORIES = ("yol_kaldirim", "cop_temizlik", "diger")
_WRITTEN: tuple[type[Base], ...] = (
    RequestEvent, ServiceRequest, ExpectedPhoto, SubmissionDocument, Submission, Quarantine, Photo, FeedEntry,
)  # fmt: skip


class Filled(NamedTuple):
    """A filled form. Findings are numbers: the same number is the same finding wherever it stands."""

    number: int
    findings: tuple[int, ...] = ()
    photos: tuple[str, ...] = ()
    amends: int | None = None
    is_later_version: bool = False
    content: int = 0
    sender: str = "saha"

    @property
    def instance_id(self) -> str:
        return instance_id_of(self.number)

    @property
    def xml(self) -> bytes:
        """Write it; the n-th photo is named by the n-th finding, which is made up where there is none."""
        return a_submission(
            version=LATER_VERSION if self.is_later_version else version_of("hane"),
            instance_id=self.instance_id,
            point=(AKPINAR, FATIH)[self.number % 2],
            findings=[
                AFinding(
                    category=CATEGORIES[finding % len(CATEGORIES)],
                    sentence=f"Bulgu {finding}",
                    photo=self.photos[position] if position < len(self.photos) else "",
                    # A finding says the same in every version: which of them is read first does not matter then.
                    point=(AKPINAR, FATIH)[finding % 2],
                    id=str(finding_id_of(finding)),
                )
                for position, finding in enumerate(self.findings)
            ],
            deprecated_id="" if self.amends is None else instance_id_of(self.amends),
            answers={"kapi_no": str(self.content)},
        )


class Post(NamedTuple):
    """One request of a tablet: a filled form with some of its photos; `refused` ones could not be kept."""

    filled: Filled
    photos: tuple[str, ...] = ()
    is_complete: bool = True
    refused: tuple[str, ...] = ()


class Town:
    """A municipality whose intake is asked directly, each batch in a transaction of its own."""

    def __init__(self, database: Database, municipality: Municipality) -> None:
        self.database = database
        teams = {"saha": municipality.team, "saha2": municipality.other_team}
        self.senders = {
            name: Actor(user_id, name, name, Role.FIELD_WORKER if name in teams else Role.MANAGER, teams.get(name))
            for name, user_id in municipality.users.items()
        }
        self.forms = FormLibrary(recheck_after_s=0)

    def empty(self) -> None:
        """Throw away what came in, and unpublish the later version."""
        with self.database.writing() as session:
            for table in _WRITTEN:
                session.execute(delete(table))
            later = select(FormVersion.id).where(FormVersion.version == LATER_VERSION)
            session.execute(delete(FormAttachment).where(FormAttachment.form_version_id.in_(later)))
            session.execute(delete(FormVersion).where(FormVersion.version == LATER_VERSION))
        self.forms = FormLibrary(recheck_after_s=0)

    def deliver(self, posts: Sequence[Post]) -> list[Outcome]:
        """Hand in a batch; every outcome is of what is committed."""
        items = [self._incoming(post) for post in posts]
        with self.database.writing() as session:
            return receive_submissions(session, self._knowledge(session), items)

    def publish_later_version(self) -> None:
        """Publish the version that some forms were filled in before it was known here, and read what was held."""
        with self.database.writing() as session:
            publish_household_form(session, LATER_VERSION, NOON)
        with self.database.writing() as session:
            read_held(session, self._knowledge(session), "hane", LATER_VERSION, NOON)

    def replay_quarantine(self) -> None:
        """Replay whatever can be taken now, until nothing more can."""
        replayed = True
        while replayed:
            with self.database.reading() as session:
                waiting = session.scalars(select(Quarantine.id).where(Quarantine.state == "open").order_by("id")).all()
            replayed = sum(self._replay(quarantine_id) for quarantine_id in waiting) > 0

    def _replay(self, quarantine_id: UUID) -> bool:
        try:
            with self.database.writing() as session:
                return replay(session, self._knowledge(session), quarantine_id, NOON) is not None
        except StillRefused:
            return False

    def _incoming(self, post: Post) -> IncomingSubmission:
        kept = tuple(ArrivedPhoto(name, 100, photo_hash(name), "image/jpeg") for name in post.photos)
        refused = tuple(ArrivedPhoto(name, 0, None, "", "Fotoğraf değil.") for name in post.refused)
        sender = self.senders[post.filled.sender]
        return IncomingSubmission(post.filled.xml, sender, "collect:x", NOON, kept + refused, post.is_complete)

    def _knowledge(self, session: Session) -> IntakeKnowledge:
        rules = [
            Rule(row.id, row.category_code, row.mahalle_id, row.valid_from, row.valid_until, row.directorate_id)
            for row in session.scalars(select(RoutingRule))
        ]
        return IntakeKnowledge(self.forms, load_index(session), RoutingTable(rules))


def instance_id_of(number: int) -> str:
    """Name a submission by its number; the names sort otherwise than the numbers."""
    return f"uuid:{UUID(hashlib.md5(f'submission {number}'.encode()).hexdigest())}"


def finding_id_of(number: int) -> UUID:
    """Name a finding by its number."""
    return UUID(hashlib.md5(f"finding {number}".encode()).hexdigest())


def photo_hash(name: str) -> str:
    """Hash the made-up content of a photo. Some names share a content, as when one picture is chosen twice."""
    return hashlib.sha256(name[-1:].encode()).hexdigest()
