"""Gathers the tables of all packages: each package keeps its own in `tables`, large ones in more of that ending."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

from foundation.database import Base

_ROOT = Path(__file__).resolve().parent.parent


def every_table() -> MetaData:
    """Import every module of tables and return the metadata they have registered their tables in."""
    for module in sorted(_ROOT.glob("*/*tables.py")):
        import_module(f"{module.parent.name}.{module.stem}")
    return Base.metadata
