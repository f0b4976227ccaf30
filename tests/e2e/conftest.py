"""The field of the tablet's tests: a municipality of its own for each, behind a real server that can be stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from api.wiring import Wiring
from foundation.settings import Settings
from tests.e2e import tablet_in_the_field
from tests.e2e.tablet_in_the_field import Field
from tests.fixtures.municipality import Municipality


@pytest.fixture
def field(
    settings: Settings, wiring: Wiring, municipality: Municipality, browser: Browser, chromium: Path, tmp_path: Path
) -> Iterator[Field]:
    """Return a field whose server runs."""
    tablet_in_the_field.CHROMIUM[:] = [str(chromium)]
    made = Field(settings, wiring, municipality, browser, tmp_path)
    made.start_server()
    yield made
    made.stop_server()
