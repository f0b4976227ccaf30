"""What must hold for every text, whatever a file or a keyboard gives."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from geo.turkish import LONGEST_SEARCHED, lower_tr, mahalle_name, search_key, sort_key, title_tr, upper_tr

ALPHABET = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"
turkish = st.text(
    alphabet=ALPHABET + ALPHABET.translate({ord("i"): "İ", ord("ı"): "I"}).upper() + " 0123456789", max_size=20
)
words = st.text(alphabet=ALPHABET, min_size=1, max_size=12)


@given(st.text(max_size=40))
@example("ℌİ\u0307")
@example("ﬁẞǅ")
def test_a_key_of_a_key_is_the_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(turkish)
def test_case_never_changes_a_key(text: str) -> None:
    assert search_key(upper_tr(text)) == search_key(text) == search_key(lower_tr(text))
    assert sort_key(upper_tr(text)) == sort_key(text) == sort_key(lower_tr(text))


@given(turkish)
def test_search_keys_of_turkish_text_are_plain_ascii(text: str) -> None:
    key = search_key(text)
    assert key.isascii()
    assert key == " ".join(key.lower().split())


@given(words, words)
def test_sort_keys_order_as_the_alphabet_does(one: str, other: str) -> None:
    by_alphabet = [ALPHABET.index(letter) for letter in one] < [ALPHABET.index(letter) for letter in other]
    assert (sort_key(one).encode() < sort_key(other).encode()) == by_alphabet


@given(turkish)
def test_upper_and_lower_undo_each_other(text: str) -> None:
    assert lower_tr(upper_tr(lower_tr(text))) == lower_tr(text)


@given(st.text(max_size=40))
def test_composed_and_decomposed_letters_have_the_same_keys(text: str) -> None:
    assert search_key(unicodedata.normalize("NFD", text)) == search_key(unicodedata.normalize("NFC", text))
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))


@given(words.map(title_tr), st.sampled_from([" Mah.", " Mh.", " Mahallesi", " MAHALLESİ", "  mah", ""]))
def test_every_suffix_gives_the_same_name(name: str, suffix: str) -> None:
    assert mahalle_name(name + suffix) == mahalle_name(name)


@given(st.text(alphabet=[chr(code) for code in range(0x180)], max_size=40))
@example("İı Iğ-â\n")
@example("a" * LONGEST_SEARCHED + "b")
def test_a_key_is_the_same_whatever_stands_behind_the_text(text: str) -> None:
    # A letter that only the thorough way knows makes the whole text go that way.
    assert (
        search_key(text[: LONGEST_SEARCHED - 2])
        == search_key(text[: LONGEST_SEARCHED - 2] + " \u0283").removesuffix("\u0283").strip()
    )
