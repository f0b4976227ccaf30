"""Reading a file that was named on the command line."""

from pathlib import Path

from foundation.errors import SahaError


class FileNotReadable(SahaError):
    """A file named on the command line cannot be read."""

    code = "command.file_not_readable"


def read_file(path: Path) -> bytes:
    """Return the bytes of a file. Raises `FileNotReadable`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileNotReadable(f"{path} okunamadı: dosyanın yolunu ve izinlerini denetleyin.") from error
