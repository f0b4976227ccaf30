"""The tasks behind the `Makefile`, by the names it calls them by."""

import os
import subprocess
import sys
from collections.abc import Callable

from setup.node_packages import build_webapp, check_webapp, install_node_packages
from setup.progress import ROOT, Refusal, quiet_environment
from setup.python_environment import VENV, provide_python_environment
from setup.running import run_server
from setup.system_packages import provide_system_packages


def perform(arguments: list[str]) -> int:
    """Do the named task and return the exit code; what the person has to put right is printed as one sentence."""
    task, *rest = arguments
    os.chdir(ROOT)
    try:
        return _TASKS[task](rest)
    except Refusal as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(_: list[str]) -> int:
    return run_server()


def _install_for_development(_: list[str]) -> int:
    provide_python_environment("requirements-dev.lock")
    return 0


def _test(rest: list[str]) -> int:
    """Run the whole suite; what pytest says last stays the last line."""
    provide_system_packages()
    provide_python_environment("requirements-dev.lock")
    build_webapp()
    for package in sorted(ROOT.glob("tests/**/package-lock.json")):
        if "node_modules" not in package.parts:
            install_node_packages(package.parent)
    # Neighbours stay together (a file has one browser, one server), and the tail is shared.
    workers = os.environ.get("PYTEST_WORKERS", "2")
    return _in_venv("pytest", "-n", workers, "--dist", "worksteal", *rest)


def _check(_: list[str]) -> int:
    """Run every check, also after one has failed, so that one run shows all there is to mend."""
    provide_python_environment("requirements-dev.lock")
    codes = [
        _in_venv("ruff", "format", "--check", "."),
        _in_venv("ruff", "check", "."),
        _in_venv("mypy"),
        _in_venv("lint-imports"),
        check_webapp(),
    ]
    return max(codes)


def _with_development_tools(module: str) -> Callable[[list[str]], int]:
    """Return the task that runs `module` in `.venv`."""

    def task(rest: list[str]) -> int:
        provide_python_environment("requirements-dev.lock")
        return _in_venv("python", "-m", module, *rest)

    return task


def _in_venv(program: str, *arguments: str) -> int:
    command = str(VENV / "bin" / program)
    return subprocess.run([command, *arguments], env=quiet_environment(), check=False).returncode


_TASKS = {
    "run": _run,
    "install": _install_for_development,
    "test": _test,
    "check": _check,
    "bench": _with_development_tools("setup.benchmarks"),
    "lock": _with_development_tools("setup.locks"),
    "revision": _with_development_tools("setup.new_revision"),
}
