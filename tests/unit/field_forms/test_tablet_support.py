import pytest

from field_forms.shipped_forms import shipped_forms
from tests.unit.field_forms.filled_forms import a_form, compiled

_LIST = "| choices | list_name | name | label |\n| | l | a | A |"
_HEADER = "type | name | label | appearance | calculation | required"


def told(row: str) -> str:
    warnings = a_form(row, header=_HEADER, more=_LIST).warnings
    return "\n".join(sentence for sentence in warnings if "ablet" in sentence)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("geotrace | yol | Yol | | |", "«yol»: çizgi ya da alan çizilemez"),
        ("geoshape | alan | Alan | | |", "«alan»: çizgi ya da alan çizilemez"),
        ("barcode | kod | Kod | | |", "«kod»: barkod okunmaz, elle yazılır"),
        ("audio | ses | Ses | | |", "«ses»: ses ya da video tabletin kendi"),
        ("video | film | Film | | |", "«film»: ses ya da video tabletin kendi"),
        ("image | kroki | Kroki | annotate | |", "«kroki»: fotoğrafın üzerine çizilmez"),
        ("text | dis | Dış | ex:org.example.app | |", "«dis»: başka uygulama açılmaz"),
        ("select_one l | yer | Yer | map | |", "«yer»: seçenekler haritada"),
        ("select_one l | uzak | Uzak | search('liste') | |", "«uzak»: search() ile süzülen liste açılamaz"),
        ("date | gun | Gün | islamic | |", "«gun»: yalnız miladi takvim"),
        ("decimal | yon | Yön | bearing | |", "«yon»: pusula okunmaz"),
        ("text | a | A | | |\ncalculate | c | | | extract-signed(${a}, 'k') |", "«c»: ifadedeki işlev"),
        ("text | a | A | | |\naudit | audit | | | |", "Doldurma günlüğü (audit)"),
        ("text | a | A | | |\nbackground-audio | b | | | |", "Arka planda ses kaydı"),
        ("text | a | A | | ${last-saved#a} |", "Son kaydın yanıtları"),
    ],
)
def test_what_the_tablet_cannot_do_is_told_with_the_name_of_the_question(row: str, words: str) -> None:
    assert words in told(row)


def test_a_required_question_that_cannot_be_answered_says_that_the_form_cannot_be_finished() -> None:
    assert "bitirilemez" in told("geotrace | yol | Yol | | | yes")
    assert "bitirilemez" not in told("geotrace | yol | Yol | | |")


@pytest.mark.parametrize(
    "row",
    [
        "text | a | A | multiline | |",
        "select_one l | a | A | likert | |",
        "select_multiple l | a | A | minimal autocomplete | |",
        "rank l | a | A | | |",
        "geopoint | a | A | placement-map | |",
        "image | a | A | signature | |",
        "file | a | A | | |",
        "acknowledge | a | A | | |",
        "date | a | A | month-year | |",
    ],
)
def test_what_the_tablet_can_do_is_not_told(row: str) -> None:
    assert told(row) == ""


@pytest.mark.parametrize("form_id", [form.visit_type for form in shipped_forms()])
def test_every_shipped_form_works_on_the_tablet(form_id: str) -> None:
    assert [sentence for sentence in compiled(form_id).warnings if "ablet" in sentence] == []
