"""JavaRosa, the form engine of ODK Collect, as a test client: compiled here, run once for each call.

JavaRosa lies inside `ODK_Validate.jar`, which pyxform ships. The HTTP side is in `javarosa/OpenRosaServer.java`.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.foreign_clients.filled_forms import (
    PLAUSIBLE_ANSWERS,
    TIMEOUT_S,
    FilledForm,
    FillOptions,
    ForeignClientMissing,
    fill_with,
)

SOURCES = Path(__file__).parent / "javarosa"
# Collect writes local times with their offset, so the tablet's time zone shows in the answers.
TABLET_TIME_ZONE = "Europe/Istanbul"


def fill_and_post(
    server: str,
    user: str | None,
    password: str | None,
    photo: Path | Sequence[Path],
    options: FillOptions | None = None,
) -> list[FilledForm]:
    """Fill every form that `server` (…/openrosa or …/openrosa/key/TOKEN) lists and post it, as Collect would.

    Image questions take `photo`, or the photos in turn. Raises `ForeignClientMissing` without a JDK and
    `ForeignClientFailed` when a form cannot be filled or is not answered with 201 or 202.
    """
    photos = [photo] if isinstance(photo, Path) else photo
    return fill_with(
        run_client, server=server, user=user, password=password, photos=photos, options=options or FillOptions()
    )


def run_client(arguments: list[str], *, captured: bool = True) -> "subprocess.CompletedProcess[str]":
    """Run the Java program with these arguments, compiling it first where that is due."""
    validator = find_validator()
    command = [find_program("java"), f"-Duser.timezone={TABLET_TIME_ZONE}"]
    command += ["-cp", f"{compile_once(validator)}:{validator}", "FillForms", "--answers", str(PLAUSIBLE_ANSWERS)]
    return subprocess.run(
        [*command, *arguments],
        capture_output=captured,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=False,
    )


def find_program(name: str) -> str:
    """Return where `java` or `javac` is; raises `ForeignClientMissing` with the package that brings it."""
    found = shutil.which(name)
    if found is None:
        raise ForeignClientMissing(
            f"{name} is not on PATH: install a JDK, version 17 or later (Debian: apt install openjdk-17-jdk-headless)"
        )
    return found


def find_validator() -> Path:
    """Return the `ODK_Validate.jar` of the installed pyxform; raises `ForeignClientMissing` when it has none."""
    spec = importlib.util.find_spec("pyxform")
    if spec is None or spec.origin is None:
        raise ForeignClientMissing("pyxform is not installed, and JavaRosa is read from its ODK_Validate.jar")
    jar = Path(spec.origin).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
    if not jar.is_file():
        raise ForeignClientMissing(f"this pyxform ships no {jar}, and JavaRosa is read from it")
    return jar


def compile_once(validator: Path) -> Path:
    """Return the folder of compiled classes, compiling when a source or the jar is another one than last time."""
    sources = sorted(SOURCES.glob("*.java"))
    digest = hashlib.sha256(f"{validator} {validator.stat().st_size}".encode())
    for source in sources:
        digest.update(source.read_bytes())
    classes = SOURCES / ".classes" / digest.hexdigest()[:16]
    if classes.is_dir():
        return classes
    classes.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=classes.parent) as folder:
        fresh = Path(folder) / "classes"
        command = [
            find_program("javac"),
            "-encoding",
            "UTF-8",
            "-XDsuppressNotes",
            "-cp",
            str(validator),
            "-d",
            str(fresh),
        ]
        subprocess.run([*command, *map(str, sources)], check=True, timeout=TIMEOUT_S)
        try:
            fresh.rename(classes)
        except OSError:
            # Another test process was faster; its classes are the same.
            if not classes.is_dir():
                raise
    return classes


if __name__ == "__main__":
    sys.exit(run_client(sys.argv[1:], captured=False).returncode)
