"""What else reaches a server in a year: resends, corrections, and what is refused and waits in quarantine."""

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid5

import msgspec

from api.commands.demo.planned_visit import PlannedVisit
from service_requests.incoming import IncomingSubmission
from teams.permissions import Actor

_LATER = timedelta(minutes=25)
_OTHER_FORM = b'id="memnuniyet_2024"'


class Mishap(StrEnum):
    """What comes after a visit's submission."""

    RESENT = "resent"
    CORRECTED = "corrected"
    OTHER_CONTENT = "other_content"
    CUT_OFF = "cut_off"
    UNKNOWN_FORM = "unknown_form"
    EDIT_OF_UNKNOWN = "edit_of_unknown"
    WRONG_SENDER = "wrong_sender"


_PER_MILLE = {
    Mishap.RESENT: 8, Mishap.CORRECTED: 1.5, Mishap.OTHER_CONTENT: 1.5, Mishap.CUT_OFF: 1.2, Mishap.UNKNOWN_FORM: 1.5,
    Mishap.EDIT_OF_UNKNOWN: 0.7, Mishap.WRONG_SENDER: 0.7,
}  # fmt: skip

# Fills the form of a visit, as a correction where an instance id is given.
Fill = Callable[[PlannedVisit, UUID | None], bytes]


def plan_mishaps(rng: random.Random, visits: Sequence[PlannedVisit]) -> dict[UUID, Mishap]:
    """Choose after which visits (by instance id) something comes; of each kind at least one."""
    plain = [visit for visit in visits if visit.oddity is None and not visit.photo_names()]
    counts = {mishap: max(1, round(len(visits) * share / 1000)) for mishap, share in _PER_MILLE.items()}
    kinds = [mishap for mishap, count in counts.items() for _ in range(count)]
    chosen = rng.sample(plain, min(len(plain), len(kinds)))
    return {visit.instance_id: mishap for visit, mishap in zip(chosen, kinds, strict=False)}


def what_follows(
    mishap: Mishap, visit: PlannedVisit, sent: IncomingSubmission, fill: Fill, coordinator: Actor
) -> IncomingSubmission:
    """Make the submission that comes some minutes after `sent`."""
    actor = coordinator if mishap is Mishap.WRONG_SENDER else sent.actor
    xml = _xml(mishap, visit, sent.xml, fill)
    return msgspec.structs.replace(sent, received_at=sent.received_at + _LATER, xml=xml, actor=actor)


def _xml(mishap: Mishap, visit: PlannedVisit, sent: bytes, fill: Fill) -> bytes:
    match mishap:
        case Mishap.RESENT:
            return sent
        case Mishap.CUT_OFF:
            return sent[: len(sent) * 2 // 3]
        case Mishap.OTHER_CONTENT:
            return fill(visit, None)
        case Mishap.CORRECTED:
            return fill(_other_visit(visit), visit.instance_id)
        case Mishap.EDIT_OF_UNKNOWN:
            return fill(_other_visit(visit), uuid5(visit.instance_id, "never sent"))
        case Mishap.UNKNOWN_FORM | Mishap.WRONG_SENDER:
            xml = fill(_other_visit(visit), None)
    form_id = f'id="{visit.visit_type}"'.encode()
    return xml.replace(form_id, _OTHER_FORM, 1) if mishap is Mishap.UNKNOWN_FORM else xml


def _other_visit(visit: PlannedVisit) -> PlannedVisit:
    """Copy a visit under another instance id, the same one every time."""
    return msgspec.structs.replace(visit, instance_id=uuid5(visit.instance_id, "other"))
