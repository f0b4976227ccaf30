"""The key of signed photo links and remembered sign-ins: from the settings, or made once and kept beside the data."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from foundation.settings import Settings


def load_secret_key(settings: Settings) -> bytes:
    """Return the secret key; the file `secret-key` in the data folder is readable by its owner only."""
    if settings.secret_key:
        return settings.secret_key.encode()
    path = settings.data_dir / "secret-key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make_key(path)
    return path.read_bytes()


def _make_key(path: Path) -> None:
    """Put a whole key in place at once: another worker that starts now must not read an empty one."""
    with NamedTemporaryFile(dir=path.parent, prefix="secret-key-") as file:
        file.write(secrets.token_hex(32).encode())
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
