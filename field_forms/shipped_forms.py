"""The forms that come with the product: one for each visit type, written as Markdown tables that git can show.

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
    "hos_geldiniz.md": ("hos_geldiniz", ()),
    "hayirli_olsun.md": ("hayirli_olsun", ("is_kollari.csv",)),
    "isveren.md": ("isveren", ("is_kollari.csv",)),
    "stk_muhtarlik.md": ("stk_muhtarlik", ()),
    "memnuniyet.md": ("memnuniyet", ()),
    "mahalle_bulusmasi.md": ("mahalle_bulusmasi", ()),
    "halk_gunu.md": ("halk_gunu", ()),
    "depremzede.md": ("depremzede", ()),
    "yasli_ziyareti.md": ("yasli_ziyareti", ()),
    "etkinlik.md": ("etkinlik", ()),
    "dagitim.md": ("dagitim", ()),
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
