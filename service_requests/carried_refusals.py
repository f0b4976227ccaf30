"""Why a change of an entity was not taken, as an error that quarantine can keep."""

from foundation.errors import SahaError
from sync.field_changes import ChangeOutcome


class ChangeRefused(SahaError):
    """A change of an entity was not taken; code and sentence are those of `sync/field_changes.py`."""

    code = "entity.refused"

    def __init__(self, outcome: ChangeOutcome) -> None:
        super().__init__(outcome.sentence or "")
        self.code = outcome.code or self.code  # type: ignore[misc]  # of this one case
