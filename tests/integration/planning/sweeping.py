"""Does once what housekeeping does every minute."""

from api.sweeps import sweeps_of
from api.wiring import Wiring


def sweep(wiring: Wiring) -> None:
    """Run every sweep; a failing one fails the test."""
    for one in sweeps_of(wiring.database, wiring.photo_storage, wiring.knowledge):
        one.run(wiring.clock())
