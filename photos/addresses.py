"""The names under which photos lie: checked, because hash and variant come out of URLs, and fanned out by hash."""

import re
from pathlib import Path

ORIGINAL = "original"
SHOWN = "shown"
THUMB = "thumb"
VARIANTS = (ORIGINAL, SHOWN, THUMB)

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SUFFIXES = {ORIGINAL: "", SHOWN: ".shown", THUMB: ".thumb"}


def place_of(sha256: str, variant: str) -> str:
    """Return the relative name of a variant: `ab/c/abc….shown`.

    Three digits make 4,096 folders, so that a million photos are some hundreds to a folder; with four digits nearly
    every new photo of the first 65,536 would also have to make a folder durable. ValueError when `sha256` is not
    64 lower-case hexadecimal digits or `variant` is none of ours: such a name could lead out of the storage.
    """
    if not _SHA256.fullmatch(sha256) or variant not in _SUFFIXES:
        raise ValueError(f"no address of a photo: {sha256!r}, {variant!r}")
    return f"{sha256[:2]}/{sha256[2]}/{sha256}{_SUFFIXES[variant]}"


def sisters_of(folder: Path) -> list[Path]:
    """Return the folders that hold the photos of the same first two digits as `folder` (`ab/c`), itself among them."""
    return [folder.with_name(digit) for digit in "0123456789abcdef"]
