"""What a form asks for that our tablet application cannot do, told to the author when the form is published.

The controls stand in `webapp/src/tablet/forms/questionKinds.ts`; whoever teaches the tablet a new kind removes its line
here. ODK Collect may well do all of it, so none of this stops publishing.
"""

import re
from collections.abc import Callable

import msgspec

from field_forms.definition import FormDefinition, FormNode

_CALENDARS = frozenset({"ethiopian", "coptic", "islamic", "bikram-sambat", "myanmar", "persian"})
_SOUND_AND_PICTURES = (".mp3", ".m4a", ".wav", ".ogg", ".aac", ".amr", ".mp4", ".3gp", ".webm", ".mov")
# What the form engine cannot evaluate: a form that uses one does not open, or goes wrong in the middle.
_MISSING_FUNCTION = re.compile(r"\b(extract-signed|intersects|base64-encode)\s*\(")
# What stands in the form itself and not at one question.
_OF_THE_FORM = (
    (b"jr://instance/last-saved", "Son kaydın yanıtları (last-saved) tablette yoktur; o sorular boş gelir."),
    (b"recordaudio", "Arka planda ses kaydı (background-audio) tablette yapılmaz."),
    (b"meta/audit", "Doldurma günlüğü (audit) tablette tutulmaz."),
)


class _Lack(msgspec.Struct, frozen=True):
    """One thing the tablet lacks: where it is asked for, and the sentence that follows the questions' names."""

    is_asked: Callable[[FormNode], bool]
    sentence: str
    cannot_answer: bool = False


def _appears(node: FormNode, *names: str) -> bool:
    return not set(names).isdisjoint(node.appearance.split())


def _is_searched_elsewhere(node: FormNode) -> bool:
    return node.choices is not None and node.choices.is_open and "search(" in node.appearance


def _uses_missing_function(node: FormNode) -> bool:
    written = (node.relevant, node.constraint, node.calculate, node.required)
    return any(_MISSING_FUNCTION.search(expression) for expression in written if expression)


_LACKS = (
    _Lack(lambda node: node.data_type in {"geotrace", "geoshape"}, "çizgi ya da alan çizilemez", cannot_answer=True),
    _Lack(_is_searched_elsewhere, "search() ile süzülen liste açılamaz", cannot_answer=True),
    _Lack(lambda node: node.data_type == "barcode", "barkod okunmaz, elle yazılır"),
    _Lack(
        lambda node: node.media_type.startswith(("audio/", "video/")),
        "ses ya da video tabletin kendi uygulamasıyla çekilip dosya olarak seçilir, en çok 50 MB",
    ),
    _Lack(lambda node: _appears(node, "annotate"), "fotoğrafın üzerine çizilmez, yalnız fotoğraf çekilir"),
    _Lack(lambda node: node.appearance.startswith("ex:") or " ex:" in node.appearance, "başka uygulama açılmaz"),
    _Lack(lambda node: _appears(node, "map", "image-map"), "seçenekler haritada ya da resimde değil, liste olarak"),
    _Lack(lambda node: _appears(node, *_CALENDARS), "yalnız miladi takvim gösterilir"),
    _Lack(lambda node: _appears(node, "bearing"), "pusula okunmaz, elle yazılır"),
    _Lack(lambda node: "printer" in node.appearance, "etiket yazdırılmaz"),
    _Lack(_uses_missing_function, "ifadedeki işlev (extract-signed, intersects, base64-encode) hesaplanamaz"),
)


def tell_what_tablets_lack(definition: FormDefinition, xform: bytes) -> list[str]:
    """Return what will be missing on our tablets, as Turkish sentences; empty when all of the form works there."""
    sentences = [told for lack in _LACKS if (told := _tell(definition, lack))]
    sentences += [sentence for written, sentence in _OF_THE_FORM if written in xform]
    heard = [name for name in definition.files if name.lower().endswith(_SOUND_AND_PICTURES)]
    if heard:
        sentences.append(f"Soruya eklenen ses ve videolar tablette oynatılmaz: {', '.join(heard)}.")
    return sentences


def _tell(definition: FormDefinition, lack: _Lack) -> str:
    asking = [node for node in definition.nodes.values() if lack.is_asked(node)]
    if not asking:
        return ""
    names = ", ".join(f"«{node.name}»" for node in asking)
    stops = lack.cannot_answer and any(node.required for node in asking)
    consequence = " Zorunlu olduğu için form tablette bitirilemez." if stops else ""
    return f"Tablet uygulamasında {names}: {lack.sentence}.{consequence}"
