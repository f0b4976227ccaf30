import pytest

from api.wiring import Wiring
from tests.fixtures.municipality import Municipality
from tests.integration.entities.entity_office import EntityOffice


@pytest.fixture
def entities(wiring: Wiring, municipality: Municipality) -> EntityOffice:
    """Return the office of a municipality whose teams have areas."""
    return EntityOffice(wiring, municipality)
