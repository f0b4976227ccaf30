"""What the demo decides about a visit before its form is filled; filling adds the answers, sending the photos."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from api.commands.demo.places import Neighbourhood, Spot
from teams.permissions import Actor


class Oddity(StrEnum):
    """What may be wrong with a visit, so that the coordinator's review has something to look at."""

    OUTSIDE = "outside"
    INACCURATE = "inaccurate"
    ZERO_POINT = "zero_point"
    SWAPPED_POINT = "swapped_point"
    CLOCK_AHEAD = "clock_ahead"
    UNKNOWN_VERSION = "unknown_version"
    ANSWER_MISSING = "answer_missing"


class PlannedFinding(msgspec.Struct, frozen=True):
    """One finding: what it is about, in words, where, and the names of its photos (of those, which never arrive)."""

    id: UUID
    category_code: str
    description: str
    lon: float
    lat: float
    photo_name: str = ""
    photo_arrives: bool = True


class PlannedVisit(msgspec.Struct):
    """One visit by one worker. Moments are aware; `lon` and `lat` are what the tablet will claim."""

    instance_id: UUID
    visit_type: str
    worker: Actor
    device_id: str
    neighbourhood: Neighbourhood
    spot: Spot
    started_at: datetime
    ended_at: datetime
    received_at: datetime
    accuracy_m: float
    oddity: Oddity | None = None
    findings: list[PlannedFinding] = msgspec.field(default_factory=list)
    # The photo of a shop's front, where the form asks for one.
    front_photo_name: str = ""

    def photo_names(self) -> list[str]:
        """Return the names of the photos that the tablet will send."""
        names = [finding.photo_name for finding in self.findings if finding.photo_name and finding.photo_arrives]
        return [*names, self.front_photo_name] if self.front_photo_name else names
