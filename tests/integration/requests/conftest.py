"""A tablet of the first team, whose visits open the requests."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from foundation.database import Database
from tests.fixtures.municipality import Municipality
from tests.integration.push.pushes import PushingTablet


@pytest.fixture
def pushing(client: TestClient[Litestar], database: Database, municipality: Municipality) -> PushingTablet:
    """Return an enrolled tablet."""
    return PushingTablet(client, database, municipality)
