"""The door of `make`: finds a Python this project runs on, then does what is asked with it.

Written for any Python 3, so that a machine whose `python3` is too old gets a sentence and not a syntax error.
"""

import os
import shutil
import sys

_OLDEST, _NEWEST = (3, 11), (3, 13)


def main() -> int:
    """Run the task named by the first argument; return its exit code."""
    if not _OLDEST <= sys.version_info[:2] <= _NEWEST:
        _go_on_with_a_fitting_python()
    from setup.tasks import perform  # noqa: PLC0415  an older Python could not even read that file

    return perform(sys.argv[1:])


def _go_on_with_a_fitting_python() -> None:
    for minor in range(_NEWEST[1], _OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and os.path.realpath(found) != os.path.realpath(sys.executable):
            os.execv(found, [found, "-m", "setup.start", *sys.argv[1:]])  # noqa: S606  no shell is wanted
    found = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit(
        f"Python {found} ile çalışmaz: Python 3.11, 3.12 ya da 3.13 kurun "
        "(Debian ve Ubuntu'da: sudo apt install python3.11 python3.11-venv) ve komutu yeniden verin."
    )


if __name__ == "__main__":
    sys.exit(main())
