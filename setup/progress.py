"""What the person at the keyboard sees: one line per step with its duration, one sentence when something is wrong."""

import hashlib
import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_SIGNS_OF_NO_NETWORK = (
    "Temporary failure in name resolution", "Name or service not known", "Network is unreachable", "ENOTFOUND",
    "EAI_AGAIN", "ECONNREFUSED", "ENETUNREACH", "ETIMEDOUT", "Connection refused", "ConnectTimeoutError",
    "NewConnectionError", "Could not fetch URL",
)  # fmt: skip


class Refusal(Exception):
    """Something the person has to put right; its text is the one sentence that says how."""


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print what is being done, and how long it took."""
    print(f"→ {what} …", flush=True)
    started = time.monotonic()
    yield
    print(f"  tamam ({time.monotonic() - started:.1f} sn)", flush=True)


def run(command: list[str | Path], *, environment: Mapping[str, str], folder: Path = ROOT) -> None:
    """Run an installer quietly; when it fails, keep its words in `var/setup.log` and raise `Refusal`."""
    finished = subprocess.run(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode == 0:
        return
    words = finished.stdout + finished.stderr
    log = ROOT / "var" / "setup.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text(words, encoding="utf-8")
    if any(sign in words for sign in _SIGNS_OF_NO_NETWORK):
        raise Refusal("İnternete ulaşılamadı: ilk kurulumda bağlantı gerekir; bağlantıyı kurup komutu yeniden verin.")
    last = "\n".join(words.strip().splitlines()[-15:])
    raise Refusal(
        f"{last}\nKurulum adımı başarısız oldu: yukarıdaki hatayı giderip komutu yeniden verin (tümü: {log})."
    )


def quiet_environment() -> dict[str, str]:
    """Return our environment with every cache below `var/`, and with nobody asking for news over the network."""
    cache = ROOT / "var" / "cache"
    return {
        **os.environ,
        "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PIP_CACHE_DIR": str(cache / "pip"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_RETRIES": os.environ.get("PIP_RETRIES", "2"),
        "PYTHONNOUSERSITE": "1",
        "npm_config_cache": str(cache / "npm"),
        "npm_config_update_notifier": "false",
    }


def fingerprint(paths: Iterable[Path]) -> str:
    """Return a hash over the names and contents of `paths` (files)."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_done(stamp: Path, of: str) -> bool:
    """Tell whether the step that wrote `stamp` has been done for the fingerprint `of`."""
    return stamp.exists() and stamp.read_text(encoding="utf-8") == of


def mark_done(stamp: Path, of: str) -> None:
    """Remember that a step is done; the last thing a step does, so that an interrupted one is done again."""
    stamp.write_text(of, encoding="utf-8")
