"""What the tests need from the operating system: PostgreSQL with PostGIS, a browser, Java, a font for pictures.

As root on Debian and Ubuntu they are installed; elsewhere the one line that installs them is printed.
"""

import os
import shutil
import subprocess
from pathlib import Path

from setup.progress import step


def provide_system_packages() -> None:
    """Install what is missing where we may, else say what the tests will leave out."""
    missing = _missing_packages()
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print("Eksik sistem paketleri; bunlara dayanan testler atlanacak: " + ", ".join(missing))
        print("Kurmak için: sudo apt-get install --no-install-recommends " + " ".join(missing), flush=True)
        return
    with step("Eksik sistem paketleri kuruluyor: " + " ".join(missing)):
        _apt_get("update")
        # Only now can apt tell which of the names this release knows.
        _install(_missing_packages())


def _install(packages: list[str]) -> None:
    """Install all at once; where that fails, one by one, so that one missing package does not keep out the others."""
    if not _apt_get("install", "--yes", "--no-install-recommends", *packages):
        return
    for package in packages:
        complaint = _apt_get("install", "--yes", "--no-install-recommends", package)
        if complaint:
            print(f"  {package} kurulamadı; ona dayanan testler atlanacak:\n{complaint}", flush=True)


def _missing_packages() -> list[str]:
    missing = []
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) and not shutil.which("initdb"):
        missing.append("postgresql")
    if not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        missing.append(_postgis_package())
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser")):
        missing.append(_first_known("chromium", "chromium-browser"))
    if not shutil.which("javac"):
        missing.append(_first_known("openjdk-17-jdk-headless", "default-jdk-headless"))
    if not Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").exists():
        missing.append("fonts-dejavu-core")
    return missing


def _postgis_package() -> str:
    """Name the package for the PostgreSQL that is installed, or that `postgresql` stands for in this release."""
    installed = sorted(int(path.name) for path in Path("/usr/lib/postgresql").glob("[0-9]*"))
    if installed:
        return f"postgresql-{installed[-1]}-postgis-3"
    return _first_known("postgresql-postgis", *(f"postgresql-{version}-postgis-3" for version in range(19, 12, -1)))


def _first_known(*names: str) -> str:
    """Return the first package apt can install; the first of all where apt does not know (or is not there)."""
    if not shutil.which("apt-cache"):
        return names[0]
    for name in names:
        answer = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True, check=False)
        if "Candidate:" in answer.stdout and "Candidate: (none)" not in answer.stdout:
            return name
    return names[0]


def _apt_get(*arguments: str) -> str:
    """Run apt-get without questions; return its last words when it fails, else nothing."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    finished = subprocess.run(
        ["apt-get", "--quiet", *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return "" if finished.returncode == 0 else "\n".join((finished.stdout + finished.stderr).splitlines()[-5:])
