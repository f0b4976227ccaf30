"""What a tablet loads before a worker can begin: little enough for a first start over a mobile network."""

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.fixtures.left_out import leave_out

_BUILT = Path(__file__).resolve().parents[2] / "webapp" / "dist"
# Gzipped. 450 kB is what a first start may cost; the engine of forms, which comes with the first form, is another 270.
_MOST_BYTES = 450_000
# Only the engine reads forms.
_OF_THE_ENGINE = b"http://www.w3.org/2002/xforms"


@pytest.fixture
def weights() -> dict[str, int]:
    """Return the scripts and styles that the tablet's service worker holds, by name, with their packed sizes."""
    worker = _BUILT / "tablet-worker.js"
    if not worker.is_file():
        leave_out("webapp/dist", "run `make test`, which builds the web application")
    named = re.search(r"^const FILES = (\[.*\])$", worker.read_text(encoding="utf-8"), re.MULTILINE)
    assert named
    files = {name: (_BUILT / name[1:]) for name in json.loads(named[1]) if name.endswith((".js", ".css"))}
    return {
        name: len(gzip.compress(file.read_bytes()))
        for name, file in files.items()
        if _OF_THE_ENGINE not in file.read_bytes()
    }


def test_what_comes_before_the_first_form_is_small(weights: dict[str, int]) -> None:
    assert sum(weights.values()) <= _MOST_BYTES, sorted(weights.items(), key=lambda one: -one[1])[:10]
    # The engine alone is missing, not half of the application.
    assert len(weights) > 20
