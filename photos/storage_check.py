"""What `saha storage check` reports."""

import msgspec


class StorageCheck(msgspec.Struct, frozen=True):
    """One thing `saha storage check` tried, and how it went, in Turkish."""

    name: str
    ok: bool
    detail: str
