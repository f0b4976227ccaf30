"""The boundaries of the mahalle: which were imported when and what that moved, and new ones from a file."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg

from api.dependencies import shows
from api.wiring import Wiring
from reports.boundary_desk import (
    MAX_FILE_BYTES,
    BoundaryCheck,
    NoBoundaryFile,
    UploadedBoundaries,
    check_boundaries,
    replace_boundaries,
)
from reports.boundary_history import BoundarySetView, list_boundary_sets
from teams.permissions import Resource, Scope

_BOUNDARIES = shows(Resource.BOUNDARIES)
_LARGEST_BODY = MAX_FILE_BYTES + 65_536


class BoundarySets(msgspec.Struct, frozen=True):
    """The imports, newest first."""

    items: list[BoundarySetView]


class SentBoundaries(msgspec.Struct):
    """What the page of boundaries sends; `based_on` is what the check answered, empty where there were none."""

    file: UploadFile | None = None
    name_field: str = ""
    code_field: str = ""
    based_on: UUID | None = None

    def read(self) -> UploadedBoundaries:
        """Take the file out. Raises `NoBoundaryFile`."""
        if self.file is None:
            raise NoBoundaryFile
        content = self.file.file.read(MAX_FILE_BYTES + 1)
        return UploadedBoundaries(content, self.file.filename or "", self.name_field, self.code_field or None)


Upload = Annotated[SentBoundaries, BodyKwarg(media_type=RequestEncodingType.MULTI_PART, multipart_form_part_limit=5)]


@get("/boundary-sets", sync_to_thread=True, opt=_BOUNDARIES)
def show_boundary_sets(wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]) -> BoundarySets:
    """List the imports of boundaries; they name no citizen."""
    del sees  # asking for it is what refuses everybody else
    with wiring.database.reading() as session:
        return BoundarySets(list_boundary_sets(session))


@post("/boundary-sets/check", status_code=200, sync_to_thread=True, opt=_BOUNDARIES,
      request_max_body_size=_LARGEST_BODY)  # fmt: skip
def check_boundary_file(
    data: Upload, wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> BoundaryCheck:  # fmt: skip
    """Say what a file would change; nothing is stored."""
    del sees
    return check_boundaries(wiring.database, data.read(), wiring.clock())


@post("/boundary-sets", status_code=201, sync_to_thread=True, opt=_BOUNDARIES, request_max_body_size=_LARGEST_BODY)
def store_boundary_file(
    data: Upload, wiring: NamedDependency[Wiring], sees: NamedDependency[Scope]
) -> BoundarySets:  # fmt: skip
    """Store a file that was looked at."""
    del sees
    replace_boundaries(wiring.database, data.read(), data.based_on, wiring.clock())
    with wiring.database.reading() as session:
        return BoundarySets(list_boundary_sets(session))
