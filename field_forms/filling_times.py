"""When a form was filled, by the tablet's own clock: what its `start` and `end` say."""

from datetime import datetime
from typing import NamedTuple

from field_forms.answer_types import parse_moment
from field_forms.definition import FormDefinition
from field_forms.submission_xml import SubmissionXml
from field_forms.validation_plan import plan_of
from foundation.clock import ISTANBUL


class FillingTimes(NamedTuple):
    """Aware moments; None where the form does not ask or the tablet did not say."""

    start: datetime | None
    end: datetime | None


def filling_times(submission: SubmissionXml, definition: FormDefinition) -> FillingTimes:
    """Read when a form was begun and when finished."""
    plan = plan_of(definition)
    return FillingTimes(_moment_at(submission, plan.start_path), _moment_at(submission, plan.end_path))


def _moment_at(submission: SubmissionXml, path: str | None) -> datetime | None:
    moment = parse_moment(submission.text_at(path) or "") if path else None
    if moment is not None and moment.tzinfo is None:
        return moment.replace(tzinfo=ISTANBUL)
    return moment
