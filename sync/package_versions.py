"""Which version the package has: one row, so that several workers agree and it never falls."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.tables import PackageVersion, SequenceCounter

Content = TypeVar("Content")


class StoredVersion(NamedTuple):
    """The version that was published last, and the history (epoch) of this database."""

    version: int
    epoch: UUID


def read_version(session: Session) -> StoredVersion:
    """Read the version published last; 0 before the first."""
    row = session.execute(
        select(PackageVersion.version, SequenceCounter.epoch).join(SequenceCounter, SequenceCounter.id == 1)
    ).one()
    return StoredVersion(row.version, row.epoch)


def settle_version(
    session: Session, gather: Callable[[UUID], tuple[str, Content]], at: datetime
) -> tuple[int, Content]:
    """Gather the content and give it its version: the stored one where nothing changed, else a new one.

    `gather` is called with the epoch under the row's lock and returns (hash, content): a worker that gathered before
    would publish again what another has just replaced.
    """
    row = session.scalars(select(PackageVersion).where(PackageVersion.id == 1).with_for_update()).one()
    epoch = session.scalars(select(SequenceCounter.epoch).where(SequenceCounter.id == 1)).one()
    sha256, content = gather(epoch)
    if row.content_sha256 != sha256:
        row.version = max(row.version + 1, int(at.timestamp() * 1000))
        row.content_sha256 = sha256
    return row.version, content
