"""The world of the machine: one migrated database per test, emptied between walks."""

import pytest

from api.wiring import Wiring
from tests.fixtures.municipality import NOON, Municipality, SetClock, publish_household_form
from tests.fixtures.office import Office
from tests.properties.sync.field_acts import LATER_VERSION
from tests.properties.sync.world import World


@pytest.fixture
def world(wiring: Wiring, municipality: Municipality, office: Office, clock: SetClock) -> World:
    """Return a municipality in which the household form has two published versions."""
    with wiring.database.writing() as session:
        publish_household_form(session, LATER_VERSION, NOON)
    return World(wiring, municipality, office, clock)
