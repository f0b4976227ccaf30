"""The package as this process hands it out: the signed manifest, and each part by its hash.

Whether anything changed is asked anew after a moment, by one request at a time; the others get what there is. What the
package consists of is `reports/package_parts.py`, how it is signed `sync/package.py`.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from api.package_map import PackageMap
from foundation.clock import Clock
from foundation.database import Database
from reports.package_parts import (
    FilePlace,
    KeptContent,
    gather_parts,
    hash_published,
    package_mark,
    read_published,
)
from sync.package import PackageSigner, Part, content_hash, write_manifest
from sync.package_versions import read_version, settle_version

_RECHECK_AFTER_S = 2.0
# A tablet that fetches an older version's boundaries now is answered; one that comes later asks for the manifest anew.
_KEPT_BOUNDARIES = 3


class Package(NamedTuple):
    """One version: its manifest as it is sent, and the signature of exactly these bytes."""

    version: int
    manifest: bytes
    signature: str


class _Contents(NamedTuple):
    parts: list[Part]
    boundaries: bytes


class PackageShelf:
    """Makes the package when it is asked for and something has changed. Safe to share between threads."""

    def __init__(
        self,
        database: Database,
        secret_key: bytes,
        map_file: Path | None,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._signer = PackageSigner(secret_key)
        self._clock = clock
        self._monotonic = monotonic
        self.map = PackageMap(map_file)
        self.public_key, self.key_id = self._signer.public_key, self._signer.key_id
        self._lock = threading.Lock()
        self._package: Package | None = None
        self._mark: object = None
        self._checked_at = float("-inf")
        self._boundaries: OrderedDict[str, bytes] = OrderedDict()
        self._places: dict[str, FilePlace] = {}
        self._hashed: set[UUID] = set()

    @property
    def version(self) -> int:
        """The version that a tablet should have."""
        return self.current().version

    def current(self) -> Package:
        """Return the package, not older than some seconds. Never call it inside a session of yours."""
        package = self._package
        if package is not None and self._monotonic() - self._checked_at < _RECHECK_AFTER_S:
            return package
        if not self._lock.acquire(blocking=package is None):
            assert package is not None  # noqa: S101 - for mypy: the first one is waited for
            return package
        try:
            return self._recheck()
        finally:
            self._lock.release()

    def part(self, sha256: str) -> KeptContent | None:
        """Return a part's bytes, of this version or of a published one before; the map's are read from `map`."""
        boundaries = self._boundaries.get(sha256)
        if boundaries is not None:
            return KeptContent(boundaries, "application/geo+json")
        with self._database.reading() as session:
            if sha256 not in self._places:
                found = hash_published(session, self._hashed)
                self._places.update(found)
                self._hashed |= {place.version_id for place in found.values()}
            place = self._places.get(sha256)
            return read_published(session, place) if place else None

    def _recheck(self) -> Package:
        with self._database.reading() as session:
            mark = (package_mark(session), read_version(session), self.map.mark())
        if self._package is None or mark != self._mark:
            self._package = self._make()
            with self._database.reading() as session:
                self._mark = (mark[0], read_version(session), mark[2])
        self._checked_at = self._monotonic()
        return self._package

    def _make(self) -> Package:
        with self._database.writing() as session:

            def gather(epoch: UUID) -> tuple[str, _Contents]:
                gathered, of_map = gather_parts(session), self.map.part()
                parts = [*gathered.parts, *([of_map] if of_map else [])]
                return content_hash(epoch, parts), _Contents(parts, gathered.boundaries)

            version, contents = settle_version(session, gather, self._clock())
        manifest = write_manifest(version, contents.parts)
        self._keep_boundaries(contents)
        return Package(version, manifest, self._signer.sign(manifest))

    def _keep_boundaries(self, contents: _Contents) -> None:
        sha256 = next(part.sha256 for part in contents.parts if part.path == "mahalle.geojson")
        self._boundaries[sha256] = contents.boundaries
        while len(self._boundaries) > _KEPT_BOUNDARIES:
            self._boundaries.popitem(last=False)
