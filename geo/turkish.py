"""Turkish letters: casing, search keys and sort keys that need no database collation.

i/İ and ı/I are two letters each, so `str.upper` and `str.lower` are wrong for Turkish. Searching and sorting is done on
keys written into columns, because SQLite and a C.UTF-8 PostgreSQL would each order the words in their own way.
"""

import re
import unicodedata
from functools import lru_cache

_UPPER = str.maketrans({"i": "İ"})
_LOWER = str.maketrans({"İ": "i", "I": "ı"})
_FOLD = str.maketrans({"ı": "i", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "œ": "oe"})
# "~" is above every letter and digit in byte order: ç stands after everything that begins with c and before d.
# In the alphabet ı comes before i, so the plain "i" is the key of ı.
_SORT = str.maketrans({"ç": "c~", "ğ": "g~", "ı": "i", "i": "i~", "ö": "o~", "ş": "s~", "ü": "u~"})
_SORTED_LETTERS = frozenset("çğıöşü")
_SUFFIX = re.compile(r"(?<=\S)[\s.]+(?:mahalles[iİıI]|mah|mh)\s*\.?\s*$", re.IGNORECASE)
# Unicode normalisation takes time with the square of a run of combining marks: one answer of 5 MB made of nothing else
# kept a server busy for longer than four minutes, with everybody waiting.
LONGEST_SEARCHED = 2_000
_ABBREVIATIONS = frozenset({"OSB", "TOKİ"})


def lower_tr(text: str) -> str:
    """Return `text` in small letters the Turkish way: I becomes ı, İ becomes i."""
    return unicodedata.normalize("NFC", text).translate(_LOWER).lower()


def upper_tr(text: str) -> str:
    """Return `text` in capitals the Turkish way: i becomes İ, ı becomes I."""
    return unicodedata.normalize("NFC", text).translate(_UPPER).upper()


def title_tr(text: str) -> str:
    """Return `text` with each word's first letter capital, the rest small, and one blank between words."""
    return " ".join(_capitalised(word) for word in text.split())


def search_key(text: str) -> str:
    """Fold `text` to what people type when they search: small ASCII letters and digits, words parted by one blank.

    "igdir", "IĞDIR" and "Iğdır" have the same key. Letters of other scripts stay as they are. What stands beyond
    the first `LONGEST_SEARCHED` characters is not searched.
    """
    text = text[:LONGEST_SEARCHED]
    if _PLAIN.fullmatch(text):
        return " ".join(text.translate(_PLAIN_FOLD).split())
    return _fold(text)


def _fold(text: str) -> str:
    small = _stable_lower(text).translate(_FOLD)
    return _words(_without_marks(small).translate(_FOLD))


def sort_key(text: str) -> str:
    """Return a key whose plain byte order is the order of the Turkish alphabet (ç after c, ı before i, ğ after g, ...).

    Letters that Turkish lacks stand where English has them (q after p); â, î and û count as a, i and u. Case and
    punctuation do not count; digits stand before letters.
    """
    if _PLAIN.fullmatch(text):
        return " ".join(text.translate(_PLAIN_SORT).split())
    return _sortable(text)


def _sortable(text: str) -> str:
    letters = (letter if letter in _SORTED_LETTERS else _without_marks(letter) for letter in _stable_lower(text))
    return _words("".join(letters)).translate(_SORT)


@lru_cache(maxsize=4_096)
def mahalle_name(raw: str) -> str:
    """Return a mahalle's name without its suffix (Mah., Mh., Mahallesi) and in tidy case.

    Names all in capitals or all in small letters are recased; mixed ones are left as their owner wrote them.
    A name that would be nothing but the suffix stays.
    """
    name = " ".join(unicodedata.normalize("NFC", raw).split())
    name = _SUFFIX.sub("", name).strip()
    if name in {upper_tr(name), lower_tr(name)}:
        return title_tr(name)
    return name


def _capitalised(word: str) -> str:
    if upper_tr(word) in _ABBREVIATIONS:
        return upper_tr(word)
    pieces = re.split(r"(-)", word)
    return "".join(upper_tr(piece[:1]) + lower_tr(piece[1:]) for piece in pieces)


def _stable_lower(text: str) -> str:
    # Compatibility forms (ligatures, full-width letters) first: some of them unfold to capitals.
    return unicodedata.normalize("NFC", lower_tr(unicodedata.normalize("NFKC", text)).casefold())


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


def _words(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text).split())


# What people write here consists of these letters, none of which changes with its neighbours: folded letter by letter
# in a tenth of the time.
_PLAIN = re.compile("[ -~çğıöşüâîûÇĞİÖŞÜÂÎÛ]*")
_PLAIN_FOLD = {ord(letter): _fold(letter) or " " for letter in map(chr, range(0x180)) if _PLAIN.fullmatch(letter)}
_PLAIN_SORT = {ord(letter): _sortable(letter) or " " for letter in map(chr, range(0x180)) if _PLAIN.fullmatch(letter)}
