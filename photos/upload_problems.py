"""Why bytes of an upload are not taken (tus 1.0), as facts with stable codes."""

from typing import ClassVar

from foundation.errors import SahaError


class NoUpload(SahaError):
    """There is no such upload, it has ended, or it is another tablet's: the three look the same."""

    code: ClassVar[str] = "photos.no_upload"

    def __init__(self) -> None:
        super().__init__("Bu yükleme yok ya da süresi dolmuş. Fotoğrafı silmeyin, yüklemeye baştan başlayın.")


class WrongOffset(SahaError):
    """The bytes do not go on where the upload is. `facts["upload_offset"]` says where that is."""

    code: ClassVar[str] = "photos.wrong_offset"

    def __init__(self, upload_offset: int) -> None:
        super().__init__(
            f"Yükleme {upload_offset}. bayttan sürmelidir. Oradan devam edin.", upload_offset=upload_offset
        )


class WrongHash(SahaError):
    """The whole does not hash to what was announced; nothing of it is kept."""

    code: ClassVar[str] = "photos.wrong_hash"

    def __init__(self) -> None:
        super().__init__("Gelen fotoğraf bildirilenle aynı değil, saklanmadı. Silmeyin, yüklemeye baştan başlayın.")


class WrongChecksum(SahaError):
    """The bytes of this request do not hash to their `Upload-Checksum`; the upload is where it was."""

    code: ClassVar[str] = "photos.wrong_checksum"

    def __init__(self) -> None:
        super().__init__("Gönderilen parça yolda bozulmuş. Aynı parçayı yeniden gönderin.")


class UploadTooLarge(SahaError):
    """More bytes than a photo may have, or than were announced."""

    code: ClassVar[str] = "photos.upload_too_large"

    def __init__(self) -> None:
        super().__init__("Fotoğraf 50 MB'tan ya da bildirilen boyuttan büyük. Küçültüp yeniden gönderin.")


class TooManyUploads(SahaError):
    """The tablet has more uploads under way than anybody needs."""

    code: ClassVar[str] = "photos.too_many_uploads"

    def __init__(self) -> None:
        super().__init__("Bu tabletin yarım kalmış çok fazla yüklemesi var. Önce onları bitirin.", retry_after_s=60)


class BadUpload(SahaError):
    """A header that tus or we need is missing or says nothing that can be."""

    code: ClassVar[str] = "photos.bad_upload"

    def __init__(self, header: str) -> None:
        super().__init__(f"Yükleme isteği anlaşılamadı: {header} başlığı eksik ya da yanlış.", header=header)


class OtherTusVersion(SahaError):
    """The request speaks another version of tus than 1.0.0."""

    code: ClassVar[str] = "photos.tus_version"

    def __init__(self) -> None:
        super().__init__("Yükleme protokolünün bu sürümü tanınmıyor (tus 1.0.0 bekleniyor). Uygulamayı güncelleyin.")


class OtherContentType(SahaError):
    """The bytes do not come as `application/offset+octet-stream`."""

    code: ClassVar[str] = "photos.other_content_type"

    def __init__(self) -> None:
        super().__init__("Parçalar application/offset+octet-stream türünde gönderilmelidir. Uygulamayı güncelleyin.")
