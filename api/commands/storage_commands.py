"""`saha storage check`: tries everything the product needs of the photo storage in the settings."""

from argparse import Namespace
from collections.abc import Mapping

from foundation.settings import Settings
from photos.storage import open_storage


def check_storage(_: Namespace, settings: Settings, __: Mapping[str, str]) -> int:
    """Print one line per thing tried; 1 when something does not work."""
    where = (
        f"{settings.s3_endpoint} / {settings.s3_bucket}"
        if settings.photo_storage == "s3"
        else settings.resolved_photo_dir
    )
    print(f"Fotoğraf deposu deneniyor: {where}")
    storage = open_storage(settings)
    try:
        checks = storage.probe()
    finally:
        storage.close()
    for check in checks:
        print(f"  {'tamam' if check.ok else 'OLMADI'}  {check.name}: {check.detail}")
    if all(check.ok for check in checks):
        print("Depo kullanılabilir.")
        return 0
    print("Depo bu hâliyle kullanılamaz: SAHA_PHOTO_… ve SAHA_S3_… ayarlarını ve deponun kendisini denetleyin.")
    return 1
