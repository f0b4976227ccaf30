"""What must be known about a file before the reply: how large it is and whether its content is an image at all.

Nothing is decoded here; that happens after the reply, in `processing`. The type comes from the content, because file
names and declared types are whatever the sending device believes.
"""

import msgspec

MAX_PHOTO_BYTES = 50 * 1024 * 1024
# Enough for the brand list of a HEIC file, the longest of the signatures.
HEAD_BYTES = 64

_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"})
_HEIF_BRANDS = frozenset({b"mif1", b"msf1"})

# What is no image is kept as it came, and never decoded.
OTHER_MEDIA_TYPE = "application/octet-stream"


class PhotoRefusal(msgspec.Struct, frozen=True):
    """Why a file is not taken as a photo: a stable code and a Turkish sentence for whoever reads the flag."""

    code: str
    sentence: str


NOT_AN_IMAGE = PhotoRefusal(
    "photos.not_an_image",
    "Dosya bir fotoğraf değil. Özgün hali saklandı; fotoğraf JPEG, PNG, WebP, HEIC veya GIF olarak gönderilmeli.",
)


def sniff_media_type(head: bytes) -> str | None:
    """Tell the image type from the first `HEAD_BYTES` of a file; None when it is no image we take."""
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return _sniff_heif(head)


def is_image(media_type: str) -> bool:
    """Say whether a media type that we gave is an image's, so that there is something to decode."""
    return media_type != OTHER_MEDIA_TYPE


def refusal(byte_size: int) -> PhotoRefusal | None:
    """Say why a file of `byte_size` bytes is not kept at all; None when it is, whatever its content."""
    if byte_size == 0:
        return PhotoRefusal("photos.empty", "Dosya boş geldi; fotoğrafı yeniden çekip gönderin.")
    if byte_size > MAX_PHOTO_BYTES:
        return PhotoRefusal(
            "photos.too_large",
            "Dosya 50 MB'tan büyük olduğu için saklanmadı; küçültüp (kameranın çözünürlüğünü düşürüp) gönderin.",
        )
    return None


def _sniff_heif(head: bytes) -> str | None:
    """Read the `ftyp` box (ISO/IEC 14496-12, section 4.3): major brand, version, then compatible brands."""
    if head[4:8] != b"ftyp":
        return None
    box_end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, box_end - 3, 4))}
    if brands & _HEIC_BRANDS:
        return "image/heic"
    return "image/heif" if brands & _HEIF_BRANDS else None
