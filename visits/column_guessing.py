"""Guessing what the columns of a list mean: by the words of its header, else by what stands in them. Pure.

A guess is a proposal: the coordinator sees it above the column and corrects it before anything is imported.
"""

import re
from collections.abc import Callable, Sequence

import msgspec

from geo.turkish import search_key
from visits.field_values import tidy_phone
from visits.list_columns import COUNTING_WORDS, IDENTITY_WORDS, LIST_KINDS, SYNONYMS
from visits.written_values import MahalleNames, read_day, read_degrees, read_point

LOOKED_AT = 50
_HEADER_WITHIN = 20
# By this share of the filled cells a column is taken for what they look like.
_MOSTLY = 0.7
_TCKN = re.compile(r"[1-9]\d{10}", re.ASCII)
_TEN_DIGITS = re.compile(r"\d{6,10}", re.ASCII)
_ADDRESS = re.compile(
    r"\b(sk|sok|sokak|sokagi|cd|cad|cadde|caddesi|blv|bulvar|bulvari|mah|mahallesi|no|apt|site|sitesi)\b"
)
_LETTERS_ONLY = re.compile(r"[^\W\d_]+(?:[ .'\-]+[^\W\d_]+)+\.?")


class GuessedColumn(msgspec.Struct, frozen=True):
    """A column: what its header says, the field it is taken for, and by what: header, content, memory, person, none.

    `is_dropped`: it holds identity numbers, which are not kept.
    """

    header: str
    field: str | None = None
    by: str = "none"
    is_dropped: bool = False


class GuessedSheet(msgspec.Struct, frozen=True):
    """The number of the header's row (0: there is none), and the columns."""

    header_row: int
    columns: tuple[GuessedColumn, ...]


def guess_sheet(rows: Sequence[tuple[int, list[str]]], mahalle: MahalleNames) -> GuessedSheet:
    """Find the header among the first rows (number, cells), and say what each column seems to be."""
    header_row = find_header(rows)
    return guess_columns(rows, header_row, mahalle)


def guess_columns(rows: Sequence[tuple[int, list[str]]], header_row: int, mahalle: MahalleNames) -> GuessedSheet:
    """Say what each column seems to be, with the header in this row (0: none)."""
    header = next((cells for number, cells in rows if number == header_row), [])
    data = [cells for number, cells in rows if number > header_row][:LOOKED_AT]
    width = max([len(header), *(len(cells) for cells in data)], default=0)
    columns = [_column_of(_at(header, place) or _letter(place), [_at(cells, place) for cells in data], mahalle)
               for place in range(width)]  # fmt: skip
    return GuessedSheet(header_row, tuple(_without_twins(columns)))


def find_header(rows: Sequence[tuple[int, list[str]]]) -> int:
    """Find the row with the most words that name columns; without any, the first row unless it looks like data."""
    early = rows[:_HEADER_WITHIN]
    scored = [(sum(field_of_header(cell) is not None for cell in cells), -place, number)
              for place, (number, cells) in enumerate(early)]  # fmt: skip
    best, _, number = max(scored, default=(0, 0, 0))
    if best:
        return number
    looks_like_data = any(_looks_like_data(cell) for _, cells in early[:1] for cell in cells)
    return 0 if looks_like_data or not early else early[0][0]


def field_of_header(header: str) -> str | None:
    """Name the field that a header's words mean; None where they mean none."""
    key = search_key(re.sub(r"\([^)]*\)", " ", header)) or search_key(header)
    if key in COUNTING_WORDS or key in IDENTITY_WORDS:
        return None
    found = SYNONYMS.get(key)
    if found is None and len(key.split()) > 1:
        # The longest ending that is known: "vefat edenin cep telefonu".
        words = key.split()
        found = next(
            (SYNONYMS[end] for cut in range(1, len(words)) if (end := " ".join(words[cut:])) in _ENDINGS), None
        )
    return found


# Single words that say little at the end of a longer header ("vergi no", "doğum tarihi") are not believed there.
_ENDINGS = frozenset(SYNONYMS) - set(
    "no tarih tur not sira ad adi gun isim long kapi irtibat mah mahalle mahallesi cadde sokak daire".split()  # noqa: SIM905 - a line
)


def guess_kind(file_name: str, headers: Sequence[str]) -> str:
    """Say what kind of list this seems to be, by the words of its name and header."""
    told = search_key(" ".join([file_name.replace("_", " "), *headers]))
    for code, kind in LIST_KINDS.items():
        if any(re.search(rf"\b{word}", told) for word in kind.words):
            return code
    return "hane"


def is_identity_number(text: str) -> bool:
    """Say whether this is a T.C. kimlik no, by its two check digits."""
    if not _TCKN.fullmatch(text):
        return False
    digits = [int(one) for one in text]
    tenth = (7 * sum(digits[0:9:2]) - sum(digits[1:8:2])) % 10
    return digits[9] == tenth and digits[10] == sum(digits[:10]) % 10


def _column_of(header: str, cells: Sequence[str], mahalle: MahalleNames) -> GuessedColumn:
    filled = [cell for cell in cells if cell]
    if search_key(header) in IDENTITY_WORDS or _are_mostly(is_identity_number, filled):
        return GuessedColumn(header, is_dropped=True)
    by_words = field_of_header(header)
    if by_words:
        return GuessedColumn(header, by_words, "header")
    if search_key(header) in COUNTING_WORDS:
        return GuessedColumn(header)
    by_content = _field_of_content(filled, mahalle)
    return GuessedColumn(header, by_content, "content" if by_content else "none")


def _field_of_content(cells: Sequence[str], mahalle: MahalleNames) -> str | None:
    tests: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("konum", _is_point), ("enlem", _is_latitude), ("boylam", _is_longitude),
        ("telefon", _is_phone), ("olay_tarihi", _is_day),
        ("uavt", lambda cell: bool(_TEN_DIGITS.fullmatch(cell))),
        ("mahalle", lambda cell: mahalle.find(cell) is not None),
        ("adres", lambda cell: len(_ADDRESS.findall(search_key(cell))) > 0 and any(map(str.isdigit, cell))),
        ("ad", lambda cell: bool(_LETTERS_ONLY.fullmatch(cell))),
    )  # fmt: skip
    return next((field for field, test in tests if _are_mostly(test, cells)), None)


def _are_mostly(test: Callable[[str], bool], cells: Sequence[str]) -> bool:
    return bool(cells) and sum(map(test, cells)) >= _MOSTLY * len(cells)


def _is_phone(cell: str) -> bool:
    digits = re.sub(r"\D", "", cell)
    return len(digits) >= 10 and digits.lstrip("0").startswith(("5", "90", "2", "3", "4")) and bool(tidy_phone(cell))  # noqa: PLR2004 - a number with its area has ten digits


def _is_day(cell: str) -> bool:
    return not cell.isdigit() and read_day(cell) is not None


def _is_point(cell: str) -> bool:
    point = read_point(cell)
    return point is not None and _in_turkey(*point)


def _is_latitude(cell: str) -> bool:
    degrees = read_degrees(cell)
    return degrees is not None and 35.5 < degrees < 42.5 and not cell.isdigit()  # noqa: PLR2004 - the country


def _is_longitude(cell: str) -> bool:
    degrees = read_degrees(cell)
    return degrees is not None and 25.5 < degrees < 45 and not cell.isdigit()  # noqa: PLR2004 - the country


def _in_turkey(lat: float, lon: float) -> bool:
    return 35.5 < lat < 42.5 and 25.5 < lon < 45  # noqa: PLR2004 - the country


def _looks_like_data(cell: str) -> bool:
    return any(character.isdigit() for character in cell) and (
        _is_phone(cell) or _is_day(cell) or _is_point(cell) or bool(_TEN_DIGITS.fullmatch(cell))
    )


def _without_twins(columns: Sequence[GuessedColumn]) -> list[GuessedColumn]:
    """Let each field stand once: what its header names goes first; a second phone is the second phone."""
    taken: dict[str, int] = {}
    for place in sorted(range(len(columns)), key=lambda one: (columns[one].by != "header", one)):
        field = columns[place].field
        if field == "telefon" and field in taken:
            field = "telefon_2"
        if field is not None:
            taken.setdefault(field, place)
    places = {place: field for field, place in taken.items()}
    return [
        msgspec.structs.replace(column, field=places.get(place), by=column.by if place in places else "none")
        for place, column in enumerate(columns)
    ]


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _letter(place: int) -> str:
    letters = ""
    number = place + 1
    while number:
        number, left = divmod(number - 1, 26)
        letters = chr(65 + left) + letters
    return f"{letters} sütunu"
