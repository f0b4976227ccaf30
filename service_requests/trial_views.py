"""What a trial of a draft would become: what would be flagged, which requests would be opened and where they would go.

Nothing of it is written: a trial is never counted and never routed.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from field_forms.answers import label_answers
from field_forms.library import PublishedVersion
from field_forms.submission_xml import SubmissionXml, read_submission
from field_forms.tables import FormTrial
from foundation.clock import ISTANBUL
from service_requests.intake_run import IntakeKnowledge
from service_requests.interpretation import Finding, interpret
from service_requests.submission_detail import Answer, RemarkView, show_answer, show_remark
from service_requests.tables import Category
from teams.tables import Directorate


class TrialRequestView(msgspec.Struct, frozen=True):
    """A request that a trial would open; the sentence is empty for whoever may not see persons."""

    category: str
    directorate: str
    description: str


class TrialView(msgspec.Struct, frozen=True, kw_only=True):
    """One trial. `answers` are empty for whoever may not see persons; photos are named, not kept."""

    id: UUID
    received_at: datetime
    device_id: str
    files: list[str]
    remarks: list[RemarkView]
    requests: list[TrialRequestView]
    answers: list[Answer]


def view_trials(
    session: Session,
    trials: list[FormTrial],
    version: PublishedVersion,
    knowledge: IntakeKnowledge,
    *,
    with_persons: bool,
) -> list[TrialView]:
    """View trials of the draft that `version` is read from, as the intake would take them today."""
    names = _Names(
        {row.code: row.name for row in session.scalars(select(Category))},
        {row.id: row.name for row in session.scalars(select(Directorate))},
    )
    return [_view(trial, version, knowledge, names, with_persons=with_persons) for trial in trials]


class _Names(msgspec.Struct, frozen=True):
    categories: dict[str, str]
    directorates: dict[UUID, str]


def _view(
    trial: FormTrial, version: PublishedVersion, knowledge: IntakeKnowledge, names: _Names, *, with_persons: bool
) -> TrialView:
    read = read_submission(trial.xml)
    means = interpret(read, version, knowledge.index, received_at=trial.received_at)
    return TrialView(
        id=trial.id,
        received_at=trial.received_at,
        device_id=trial.device_id,
        files=trial.file_names,
        remarks=[show_remark(msgspec.to_builtins(remark), version) for remark in means.remarks],
        requests=[_request(one, trial, knowledge, names, with_persons=with_persons) for one in means.findings],
        answers=_answers(read, version) if with_persons else [],
    )


def _answers(read: SubmissionXml, version: PublishedVersion) -> list[Answer]:
    labelled = label_answers(read, version.definition, choice_labels=version.choice_labels)
    return [show_answer(view) for view in labelled]


def _request(
    finding: Finding, trial: FormTrial, knowledge: IntakeKnowledge, names: _Names, *, with_persons: bool
) -> TrialRequestView:
    on = trial.received_at.astimezone(ISTANBUL).date()
    route = knowledge.routing.route(finding.category_code, finding.mahalle_id, on)
    return TrialRequestView(
        category=names.categories.get(finding.category_code, finding.category_code),
        directorate=names.directorates.get(route.directorate_id, ""),
        description=finding.description if with_persons else "",
    )
