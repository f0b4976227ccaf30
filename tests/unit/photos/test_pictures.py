import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from photos.pictures import NotDecodable, Processed, make_pictures
from tests.unit.photos.sample_photos import a_file, a_heic, a_jpeg, a_picture, a_png_bomb, exif_of


def pictures_of(content: bytes) -> Processed:
    return make_pictures(io.BytesIO(content))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def is_red(image: Image.Image, x: int, y: int) -> bool:
    red, _, blue = image.convert("RGB").getpixel((x, y))
    return bool(red > 150 > blue)


def test_place_and_time_are_recorded_and_gone_from_what_is_shown() -> None:
    exif = exif_of(taken="2026:05:04 12:30:00", offset="+03:00", place=(29.23, 41.005))
    content = a_jpeg(exif=exif, comment=b"GIZLI-YORUM")
    assert b"GIZLI-KAMERA" in content
    assert b"GIZLI-YORUM" in content

    made = pictures_of(content)

    assert made.captured_at == datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    assert made.place == pytest.approx((29.23, 41.005), abs=1e-6)
    for variant in (made.shown, made.thumb):
        assert b"Exif" not in variant
        assert b"GIZLI" not in variant
        assert not opened(variant).getexif()
        assert set(opened(variant).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (64, 48), (5, 24)),
        (2, (64, 48), (58, 24)),
        (3, (64, 48), (58, 24)),
        (4, (64, 48), (5, 24)),
        (5, (48, 64), (24, 5)),
        (6, (48, 64), (24, 5)),
        (7, (48, 64), (24, 58)),
        (8, (48, 64), (24, 58)),
    ],
)
def test_a_turned_photo_is_shown_upright(orientation: int, size: tuple[int, int], red_at: tuple[int, int]) -> None:
    made = pictures_of(a_jpeg(exif=exif_of(orientation=orientation)))

    assert (made.width, made.height) == size
    shown = opened(made.shown)
    assert shown.size == size
    assert is_red(shown, *red_at)
    assert not is_red(shown, size[0] - 1 - red_at[0], size[1] - 1 - red_at[1])


@pytest.mark.parametrize(("size", "shown", "thumb"), [((4000, 3000), (1600, 1200), (320, 240)), ((100, 50),) * 3])
def test_large_photos_are_shrunk_and_small_ones_left(
    size: tuple[int, int], shown: tuple[int, int], thumb: tuple[int, int]
) -> None:
    made = pictures_of(a_jpeg(a_picture(*size)))
    assert (made.width, made.height) == size
    assert opened(made.shown).size == shown
    assert opened(made.thumb).size == thumb


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "TIFF"])
def test_only_the_kinds_we_take_are_decoded(kind: str) -> None:
    content = a_file(kind)
    if kind == "TIFF":
        with pytest.raises(NotDecodable):
            pictures_of(content)
        return
    assert opened(pictures_of(content).shown).format == "JPEG"


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16"])
def test_any_colour_model_becomes_a_plain_picture(mode: str) -> None:
    image = a_picture().convert("L").convert("I").convert("I;16") if mode == "I;16" else a_picture().convert(mode)
    made = pictures_of(a_file("JPEG" if mode == "CMYK" else "PNG", image))
    assert opened(made.shown).mode == "RGB"


def test_transparent_parts_are_white() -> None:
    made = pictures_of(a_file("PNG", Image.new("RGBA", (20, 20), (0, 0, 0, 0))))
    assert opened(made.shown).getpixel((10, 10)) == (255, 255, 255)


def test_a_heic_is_shown_as_jpeg_with_its_time_recorded() -> None:
    made = pictures_of(a_heic())
    assert opened(made.shown).format == "JPEG"
    assert opened(made.shown).size == (64, 48)
    assert made.captured_at == datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    assert made.place == pytest.approx((29.23, 41.005), abs=1e-6)


@pytest.mark.parametrize("side_px", [8_000 + 1_000, 12_000, 20_000])
def test_a_decompression_bomb_is_not_unpacked(side_px: int) -> None:
    bomb = a_png_bomb(side_px)
    assert len(bomb) < 100_000
    with pytest.raises(NotDecodable) as refused:
        pictures_of(bomb)
    assert refused.value.code == "photos.too_many_pixels"


def test_a_truncated_photo_is_not_shown_as_if_it_were_whole() -> None:
    content = a_jpeg(a_picture(800, 600))
    with pytest.raises(NotDecodable) as refused:
        pictures_of(content[: len(content) // 2])
    assert refused.value.code == "photos.not_decodable"


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0" + b"\0" * 500, b"merhaba"])
def test_what_is_no_picture_is_told_apart(content: bytes) -> None:
    with pytest.raises(NotDecodable):
        pictures_of(content)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # Pillow says so while opening; that is the case here
def test_damaged_metadata_costs_the_claims_and_not_the_picture() -> None:
    content = a_jpeg(exif=exif_of(taken="2026:05:04 12:30:00"))
    at = content.index(b"Exif\0\0") + 6
    made = pictures_of(content[:at] + b"MM\0*\xff\xff\xff\xff" + content[at + 8 :])
    assert made.captured_at is None
    assert opened(made.shown).size == (64, 48)
