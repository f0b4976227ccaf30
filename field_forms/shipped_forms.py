"""The forms that come with the product: five visits, written as Markdown tables that git can show.

They are ordinary forms: a municipality publishes its own beside or instead of them.
"""

from pathlib import Path

import msgspec

_CATALOGUE = Path(__file__).parent / "catalogue"

# File -> (code of the visit type it is filled on, the files it needs).
_FORMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "hane.md": ("hane", ()),
    "esnaf.md": ("esnaf", ("is_kollari.csv",)),
    "taziye.md": ("taziye", ()),
    "asker_ugurlama.md": ("asker_ugurlama", ()),
    "mahalle_tespit.md": ("mahalle_tespit", ()),
}


class ShippedForm(msgspec.Struct, frozen=True):
    """One form of the catalogue as its files."""

    file_name: str
    source: bytes
    attachments: dict[str, bytes]
    visit_type: str


def shipped_forms() -> list[ShippedForm]:
    """Read the catalogue."""
    return [
        ShippedForm(
            file_name=name,
            source=(_CATALOGUE / name).read_bytes(),
            attachments={file: (_CATALOGUE / file).read_bytes() for file in files},
            visit_type=visit_type,
        )
        for name, (visit_type, files) in _FORMS.items()
    ]
