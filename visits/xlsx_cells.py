"""What a cell of an XLSX says: texts, numbers without a stray point, days as days. Pure; `xlsx_reading.py` feeds it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from visits.list_file_errors import MAX_CELL_LENGTH, MAX_COLUMNS, ListTooLarge

FORMULA_WITHOUT_VALUE = "\0formula"
# ECMA-376 part 1, 18.8.30: the number formats that need no definition and are days or times.
_DAY_FORMATS = frozenset({14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58})
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DAY_LETTERS = re.compile(r"[dy]|g{1,4}", re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
_DATE = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
_LAST_SERIAL = 2_958_465
# Excel believes that 1900 was a leap year: until the day that never was, its count is one less.
_PHANTOM_DAY = 60


def read_reference(reference: str) -> tuple[int, int]:
    """Read `B7` as row 7, column 2, both from 1. Raises `ValueError`."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(reference)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def day_of_serial(serial: float, base: int) -> date | None:
    """Return the day that Excel means by a number of days since its `base` year (1900 or 1904)."""
    whole = int(serial)
    if not 0 < whole <= _LAST_SERIAL or (base == 1900 and whole == _PHANTOM_DAY):  # noqa: PLR2004 - Excel's own year
        return None
    if base == 1900 and whole < _PHANTOM_DAY:  # noqa: PLR2004 - as above
        whole += 1
    return _DATE[base] + timedelta(days=whole)


class Styles:
    """Which styles of a workbook show a number as a day; fed by the parser."""

    def __init__(self) -> None:
        self._formats: dict[int, str] = {}
        self._in_cell_styles = False
        self.is_day: list[bool] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an element's beginning."""
        if name == "numFmt":
            self._formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cell_styles = True
        elif name == "xf" and self._in_cell_styles:
            self.is_day.append(self._shows_day(int(attributes.get("numFmtId", "0"))))

    def end(self, name: str) -> None:
        """Take an element's end."""
        if name == "cellXfs":
            self._in_cell_styles = False

    def _shows_day(self, number: int) -> bool:
        if number in self._formats:
            return bool(_DAY_LETTERS.search(_LITERAL.sub("", self._formats[number].partition(";")[0])))
        return number in _DAY_FORMATS


class SharedStrings:
    """The texts that cells share, in their order; fed by the parser."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._reads = False
        # How somebody's name is pronounced (rPh) is no text of the cell.
        self._phonetic = False

    def start(self, name: str, _: dict[str, str]) -> None:
        """Take an element's beginning."""
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._phonetic = True
        self._reads = name == "t" and not self._phonetic

    def text(self, told: str) -> None:
        """Take characters."""
        if self._reads:
            self._pieces.append(told)

    def end(self, name: str) -> None:
        """Take an element's end."""
        self._reads = False
        if name == "rPh":
            self._phonetic = False
        elif name == "si":
            self.found.append("".join(self._pieces))


class Cells:
    """Gathers cells into rows; fed by the parser, emptied by `take`."""

    def __init__(self, shared: list[str], styles: Styles, date_base: int) -> None:
        self._shared, self._is_day, self._base = shared, styles.is_day, date_base
        self._done: list[tuple[int, list[str]]] = []
        self._row: list[str] = []
        self._number = self._column = 0
        self._type = self._style = ""
        self._has_formula = False
        self._reads = False
        self._pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an element's beginning."""
        if name == "c":
            self._begin_cell(attributes)
        elif name in {"v", "t"}:
            self._reads = True
        elif name == "row":
            self._number = int(attributes["r"]) if "r" in attributes else self._number + 1
            self._row, self._column = [], 0
        elif name == "f":
            self._has_formula = True

    def text(self, told: str) -> None:
        """Take characters."""
        if self._reads:
            self._pieces.append(told)

    def end(self, name: str) -> None:
        """Take an element's end."""
        if name in {"v", "t"}:
            self._reads = False
        elif name == "c":
            self._end_cell()
        elif name == "row" and self._row:
            self._done.append((self._number, self._row))

    def take(self) -> Iterator[tuple[int, list[str]]]:
        """Give out the rows that are whole, those without any text left out."""
        done, self._done = self._done, []
        return iter(done)

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._column = read_reference(reference)[1] if reference else self._column + 1
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._has_formula = False
        self._pieces.clear()

    def _end_cell(self) -> None:
        told = "".join(self._pieces)
        text = self._value(told) if told else FORMULA_WITHOUT_VALUE if self._has_formula else ""
        if not text:
            return
        if len(text) > MAX_CELL_LENGTH:
            raise ListTooLarge("Bir hücrede 4.000 karakterden uzun metin var. Kısaltıp yeniden yükleyin.")
        if self._column > MAX_COLUMNS:
            raise ListTooLarge("Listede 256'dan çok sütun var. Gerekmeyen sütunları silip yeniden yükleyin.")
        if len(self._row) < self._column:
            self._row.extend([""] * (self._column - len(self._row)))
        self._row[self._column - 1] = text

    def _value(self, told: str) -> str:
        match self._type:
            case "s":
                return _one_line(self._shared[int(told)])
            case "n":
                return self._number_text(told)
            case "b":
                return "evet" if told == "1" else "hayır"
            case "e":
                return told  # "#YOK", "#DEĞER!": it is said of the cell that it is no value
            case "d":
                return told[:10]
        return _one_line(told)

    def _number_text(self, told: str) -> str:
        """Write a number as its reader sees it: days as days, whole numbers without a point or an exponent."""
        style = int(self._style) if self._style else -1
        if 0 <= style < len(self._is_day) and self._is_day[style]:
            day = day_of_serial(float(told), self._base)
            if day is not None:
                return day.isoformat()
        if told.isascii() and told.isdigit():
            return told
        number = float(told)
        if number.is_integer() and abs(number) < 1e15:  # noqa: PLR2004 - beyond it a float holds no longer every number
            return str(int(number))
        return repr(number)


def _one_line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())
