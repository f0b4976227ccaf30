"""The field of the tablet's tests: a municipality of its own for each, behind a real server that can be stopped.

`tablet_store` is the store of the application by itself, for what has no page yet.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from api.wiring import Wiring
from foundation.settings import Settings
from tests.e2e.tablet_in_the_field import Field
from tests.fixtures.municipality import Municipality


@pytest.fixture
def program(browser: Browser, chromium: Path) -> tuple[Browser, Path]:
    """Return a running browser and its program: a running one does not tell where it lies."""
    return browser, chromium


@pytest.fixture
def field(
    settings: Settings, wiring: Wiring, municipality: Municipality, program: tuple[Browser, Path], tmp_path: Path
) -> Iterator[Field]:
    """Return a field whose server runs."""
    made = Field(settings, wiring, municipality, program, tmp_path)
    made.start_server()
    yield made
    made.stop_server()


@pytest.fixture(scope="session")
def tablet_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the store as one script, built from the application's own sources."""
    root = Path(__file__).resolve().parents[2]
    built = tmp_path_factory.mktemp("store")
    vite = root / "webapp" / "node_modules" / "vite" / "bin" / "vite.js"
    config = root / "tests" / "e2e" / "tablet_store.vite.mjs"
    environment = {**os.environ, "STORE_BUILT_TO": str(built)}
    subprocess.run(
        ["node", str(vite), "build", "--config", str(config)], cwd=root / "webapp", env=environment, check=True
    )
    return (built / "store.js").read_text(encoding="utf-8")
