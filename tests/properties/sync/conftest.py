"""The world of the machine: one migrated database per test, emptied between walks."""

import msgspec
import pytest

from api.wiring import Wiring
from field_forms.publishing import publish_form
from tests.fixtures.municipality import NOON, Municipality, SetClock, compiled_catalogue
from tests.fixtures.office import Office
from tests.properties.sync.field_acts import LATER_VERSION
from tests.properties.sync.world import World


@pytest.fixture
def world(wiring: Wiring, municipality: Municipality, office: Office, clock: SetClock) -> World:
    """Return a municipality in which the household form has two published versions."""
    form, compiled = next(one for one in compiled_catalogue() if one[1].form_id == "hane")
    old, new = f'version="{compiled.version}"'.encode(), f'version="{LATER_VERSION}"'.encode()
    later = msgspec.structs.replace(compiled, version=LATER_VERSION, xform=compiled.xform.replace(old, new, 1))
    with wiring.database.writing() as session:
        publish_form(session, later, form.attachments, at=NOON, by=None, visit_type="hane")
    return World(wiring, municipality, office, clock)
