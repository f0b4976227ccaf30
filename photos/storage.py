"""Where photos lie: one protocol, two places (`local_storage`, `s3_storage`), chosen by the settings.

Content is addressed by its SHA-256, so the same photo sent twice is one object and nothing is ever overwritten with
something else. Variants (`shown`, `thumb`) are ours and can be made again from the original.
"""

from collections.abc import Sequence
from typing import BinaryIO, Protocol

from foundation.settings import Settings
from photos.addresses import ORIGINAL
from photos.incoming import IncomingPhoto
from photos.local_storage import LocalStorage
from photos.pieces import Pieces
from photos.storage_check import StorageCheck
from photos.stretch_storage import StretchStorage


class PhotoStorage(Protocol):
    """A place for photos. All methods may be called from several threads at once.

    `sha256` is 64 lower-case hexadecimal digits, `variant` one of `VARIANTS` (ValueError otherwise: both come from
    addresses). Everything raises `StorageUnavailable` when the place cannot be used just now.
    """

    @property
    def stretches(self) -> StretchStorage:
        """Where unfinished uploads lie."""
        ...

    def new_incoming(self) -> IncomingPhoto:
        """Begin to take a photo."""
        ...

    def keep(self, incoming: IncomingPhoto) -> str:
        """Keep the original and return its hash; durable once it returns, invisible when it raises.

        `incoming` is used up either way. ValueError for one that is too large (ask `refusal` first) or used up.
        """
        ...

    def put_variant(self, sha256: str, variant: str, data: bytes) -> None:
        """Keep a picture made from the original, in place of an earlier one."""
        ...

    def read(self, sha256: str, variant: str = ORIGINAL, start: int = 0, end: int | None = None) -> Pieces:
        """Iterate over the bytes from `start` up to but without `end`; close the iterator if it is not read out.

        A whole original is hashed before its first byte is given. Raises, at the call, `PhotoMissing` and
        `PhotoDamaged`.
        """
        ...

    def open_binary(self, sha256: str, variant: str = ORIGINAL) -> BinaryIO:
        """Open for seeking and reading, an original only after hashing. Raises `PhotoMissing`, `PhotoDamaged`."""
        ...

    def byte_size(self, sha256: str, variant: str = ORIGINAL) -> int:
        """Tell the size in bytes. Raises `PhotoMissing`."""
        ...

    def delete(self, sha256: str) -> None:
        """Remove the original and its variants (retention, KVKK); what is not there is gone already."""
        ...

    def probe(self) -> Sequence[StorageCheck]:
        """Try everything we need of this place with a small object of our own, which is removed again."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...


def open_storage(settings: Settings) -> PhotoStorage:
    """Open the storage the settings name."""
    if settings.photo_storage == "s3":
        from photos.s3_storage import S3Storage  # noqa: PLC0415 - boto3 costs a worker 30 MB, needed only here

        return S3Storage(settings)
    return LocalStorage(settings.resolved_photo_dir)
