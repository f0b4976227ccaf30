"""Fixtures live in files named after what they give; this one only lists them."""

from pathlib import Path

_FIXTURES = [
    "left_out",
    "postgresql",
    "databases",
    "browser",
    "s3_server",
    "relay",
    "wired_server",
    "live_server",
    "small_disk",
    "office",
    "tablets",
    "demo_server",
    "form_bench",
]

pytest_plugins = [
    f"tests.fixtures.{name}" for name in _FIXTURES if (Path(__file__).parent / "fixtures" / f"{name}.py").exists()
]
