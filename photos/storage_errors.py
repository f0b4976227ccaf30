"""What can go wrong between us and the photo storage, as facts with stable codes."""

import errno
from typing import ClassVar

from foundation.errors import SahaError


class StorageUnavailable(SahaError):
    """Nothing could be kept or read just now: disk full, S3 down or refusing us. Whoever sends keeps their copy."""

    code: ClassVar[str] = "photos.storage_unavailable"

    sentence_told: ClassVar[str] = (
        "Fotoğraf deposu şu anda kullanılamıyor. Cihazınızdaki kopyayı silmeyin, birazdan yeniden gönderin."
    )

    def __init__(self, detail: str) -> None:
        super().__init__(self.sentence_told, cause=detail)


class StorageFull(StorageUnavailable):
    """There is no room left, so trying again soon would only carry the same bytes in vain."""

    code: ClassVar[str] = "photos.storage_full"
    sentence_told: ClassVar[str] = (
        "Fotoğraf deposunda yer kalmadı. Cihazınızdaki kopyayı silmeyin; sistem yöneticisine haber verin, "
        "yer açılınca yeniden gönderilecek."
    )


def storage_failure(where: str, error: OSError) -> StorageUnavailable:
    """Tell what a disk of this machine said: that it is full, or something else."""
    kind = StorageFull if error.errno in {errno.ENOSPC, errno.EDQUOT} else StorageUnavailable
    return kind(f"{where}: {error.strerror or error}")


class PhotoMissing(SahaError):
    """The storage holds nothing under this hash and variant."""

    code: ClassVar[str] = "photos.missing"

    def __init__(self, sha256: str, variant: str) -> None:
        super().__init__(
            "Bu fotoğraf sunucuda bulunamadı. Çekildiği cihazdan yeniden gönderilmesini isteyin.",
            sha256=sha256,
            variant=variant,
        )


class PhotoDamaged(SahaError):
    """What lies in the storage does not hash to its key: it is not what was photographed and is never shown."""

    code: ClassVar[str] = "photos.damaged"

    def __init__(self, sha256: str) -> None:
        super().__init__(
            "Saklanan fotoğraf bozulmuş, gösterilmiyor. Sistem yöneticisine haber verin; yedekten geri konmalıdır.",
            sha256=sha256,
        )


# Failures of the storage, not of the photo: the same bytes may come again and be whole.
LOST = frozenset({PhotoMissing.code, PhotoDamaged.code})
