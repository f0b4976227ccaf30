"""Everything a request handler may need, made once in `create_app` and injected by name."""

import msgspec

from foundation.clock import Clock
from foundation.database import Database
from foundation.settings import Settings


class Wiring(msgspec.Struct, frozen=True):
    """The running parts of one server process."""

    settings: Settings
    database: Database
    clock: Clock
    secret_key: bytes
