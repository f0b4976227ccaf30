"""stub"""

from pathlib import Path

from field_forms.library import FormLibrary
from foundation.clock import Clock
from foundation.database import Database


class PackageShelf:
    """stub."""

    def __init__(
        self, database: Database, forms: FormLibrary, secret_key: bytes, map_file: Path | None, clock: Clock
    ) -> None:
        self.version = 0
        self.public_key = "x"
        self.key_id = "y"
