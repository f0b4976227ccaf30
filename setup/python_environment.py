"""The virtual environment `.venv` and what is installed in it: exactly what the lock files name, checked by hash."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from setup.progress import ROOT, Refusal, fingerprint, is_done, mark_done, quiet_environment, run, step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

# `saha` without installing the project: building it would fetch a build tool on every change, and need the network.
_COMMAND = """\
#!/bin/sh
PYTHONPATH='{root}' exec '{python}' -m api.commands "$@"
"""


def provide_python_environment(lock: str = "requirements.lock") -> None:
    """Make `.venv` and install `lock` in it, unless that is done already. Raises `Refusal`."""
    if not _works():
        with step("Sanal Python ortamı (.venv) kuruluyor"):
            _make_venv()
    install(lock)


def install(lock: str) -> None:
    """Install one lock file, unless it is installed already. Raises `Refusal`."""
    stamp = VENV / f".{lock}.installed"
    wanted = fingerprint([ROOT / lock])
    if is_done(stamp, wanted):
        return
    with step(f"Python paketleri indirilip kuruluyor ({lock})"):
        pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--progress-bar=off"]
        run(
            [*pip, "--require-hashes", "--only-binary=:all:", "--no-deps", "-r", ROOT / lock],
            environment=quiet_environment(),
        )
        mark_done(stamp, wanted)


def _works() -> bool:
    """Tell whether `.venv` is complete and stands where it was made: a moved one names a Python that is gone."""
    command = VENV / "bin" / "saha"
    if not command.exists() or str(ROOT) not in command.read_text(encoding="utf-8"):
        return False
    return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def _make_venv() -> None:
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        version = f"python3.{sys.version_info.minor}"
        raise Refusal(f"Python'un venv modülü eksik: 'sudo apt install {version}-venv' ile kurup komutu yeniden verin.")
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", VENV], environment=quiet_environment())
    command = VENV / "bin" / "saha"
    command.write_text(_COMMAND.format(root=ROOT, python=PYTHON), encoding="utf-8")
    command.chmod(0o755)
