"""How pushes reach the intake: one push, one transaction; only where that fails is it halved until it does not.

What cannot be stored even alone is kept for a person, so that it never blocks what came with it.
"""

import logging
from functools import partial

import msgspec

from api.intake_line import fails_again
from api.sync_body import BatchTooLarge, SyncUnreadable, is_shallow
from api.wiring import Wiring
from service_requests.operation_results import OperationResult
from service_requests.push import Results, keep_unstorable, receive_push
from service_requests.pushed_operations import MOST_OPERATIONS, Push, in_device_order, read_push
from service_requests.sealed_operations import open_push_of
from teams.devices import CallingDevice
from teams.tablet_keys import worker_key

log = logging.getLogger("saha")


def open_push(wiring: Wiring, device: CallingDevice, body: bytes) -> Push:
    """Read a push, and open what is sealed in it.

    Raises `SyncUnreadable`, `BatchTooLarge`; never for the sake of one operation.
    """
    push = read_push(body) if is_shallow(body) else None
    if push is None:
        raise SyncUnreadable
    if len(push.operations) > MOST_OPERATIONS:
        raise BatchTooLarge
    return open_push_of(push, partial(worker_key, wiring.secret_key, device.key_id), is_shallow)


def write_push(wiring: Wiring, device: CallingDevice, push: Push) -> list[OperationResult]:
    """Carry out a push; returns one result per operation, in order, after the COMMIT."""
    ordered = msgspec.structs.replace(push, operations=tuple(in_device_order(push.operations)))
    results = _write(wiring, device, ordered)
    wiring.photo_processor.nudge()
    return [results[place] for place in sorted(results)]


def _write(wiring: Wiring, device: CallingDevice, push: Push) -> Results:
    try:
        with wiring.database.writing() as session:
            return receive_push(session, wiring.knowledge.current(session), device, push, wiring.clock())
    except Exception as error:
        if not push.operations or not fails_again(error):
            raise
        log.exception("a push of %d operations cannot be stored as it is", len(push.operations))
    if len(push.operations) == 1:
        with wiring.database.writing() as session:
            return keep_unstorable(session, device, push, wiring.clock())
    # Transactions of their own, in order: within one, the sequence row would be taken before other rows.
    return {place: result for part in push.halves() for place, result in _write(wiring, device, part).items()}
