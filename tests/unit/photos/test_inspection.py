import pytest

from photos.inspection import HEAD_BYTES, MAX_PHOTO_BYTES, is_image, refusal, sniff_media_type
from tests.unit.photos.sample_photos import a_file, a_heic, a_jpeg


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (a_jpeg(), "image/jpeg"),
        (a_file("PNG"), "image/png"),
        (a_file("WEBP"), "image/webp"),
        (a_file("GIF"), "image/gif"),
        (a_heic(), "image/heic"),
    ],
    ids=["jpeg", "png", "webp", "gif", "heic"],
)
def test_the_type_comes_from_the_content(content: bytes, media_type: str) -> None:
    assert sniff_media_type(content[:HEAD_BYTES]) == media_type
    assert is_image(media_type)


@pytest.mark.parametrize(
    "head",
    [
        b"<html><img src=x.jpg>",
        b"%PDF-1.7",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
        b"\xff\xd8",
        b"PK\x03\x04",
    ],
)
def test_what_is_no_image_is_kept_all_the_same(head: bytes) -> None:
    assert sniff_media_type(head) is None
    assert refusal(1000) is None


def test_a_video_brand_that_lists_heif_among_the_compatible_ones_is_an_image() -> None:
    assert sniff_media_type(b"\x00\x00\x00\x1cftypmiaf\x00\x00\x00\x00miafmif1heic") == "image/heic"


def test_brands_after_the_box_do_not_count() -> None:
    assert sniff_media_type(b"\x00\x00\x00\x10ftypmp42\x00\x00\x00\x00heicmif1") is None


def test_an_empty_photo_is_refused() -> None:
    refused = refusal(0)
    assert refused is not None
    assert refused.code == "photos.empty"


def test_fifty_megabytes_are_taken_and_one_byte_more_is_not() -> None:
    assert refusal(MAX_PHOTO_BYTES) is None
    refused = refusal(MAX_PHOTO_BYTES + 1)
    assert refused is not None
    assert refused.code == "photos.too_large"
