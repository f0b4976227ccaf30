"""What the tests of this folder ask for."""

import pytest

from api.wiring import Wiring
from tests.fixtures.municipality import Municipality
from tests.integration.entities.entity_office import EntityOffice


@pytest.fixture
def entities(wiring: Wiring, municipality: Municipality) -> EntityOffice:
    """Return an office that changes entities as doors do; its two teams have a mahalle each."""
    return EntityOffice(wiring, municipality)
