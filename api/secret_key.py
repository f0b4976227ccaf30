"""The key of signed photo links and remembered sign-ins: from the settings, or made once and kept beside the data."""

import os
import secrets

from foundation.settings import Settings


def load_secret_key(settings: Settings) -> bytes:
    """Return the secret key; the file `secret-key` in the data folder is readable by its owner only."""
    if settings.secret_key:
        return settings.secret_key.encode()
    path = settings.data_dir / "secret-key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_hex(32).encode())
    except FileExistsError:
        pass
    return path.read_bytes()
