"""Values of the small XPath subset the server evaluates, with a third truth: unknown.

Whatever the server cannot be sure of is `UNKNOWN` and is left to the client, which asked the question.
"""

import enum
import math
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from operator import ge, gt, le, lt

import msgspec


class Unknown(enum.Enum):
    """The one value that means: only the client can tell."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN

Value = str | float | bool | Unknown
Function = Callable[[list[Value]], Value]


class Days(float):
    """A day, counted from 1970-01-01, as JavaRosa compares dates."""


_EPOCH = date(1970, 1, 1)
_SECONDS_A_DAY = 86_400
# A pattern of the form's author runs on a stranger's text; only patterns that cannot run away are tried.
_MAX_PATTERN_TEXT = 256
_MAX_PATTERN = 2_000
_RUNAWAY = re.compile(r"\)\s*[*+{]|\\[1-9]|\(\?")
_VARIABLE = re.compile(r"(?<!\\)[*+]|\{\d*,\d*\}")
_MAX_VARIABLE = 2
_MAX_OPTIONAL = 5


class Place(msgspec.Struct, frozen=True):
    """A path resolved from its context: start at ancestor `depth`, then go down by `names`."""

    depth: int
    names: tuple[str, ...]


def to_days(moment: date) -> Days:
    """Count days since 1970-01-01; a time of day becomes a fraction."""
    if isinstance(moment, datetime):
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
        return Days((moment.date() - _EPOCH).days + seconds / _SECONDS_A_DAY)
    return Days((moment - _EPOCH).days)


def to_number(value: Value) -> float:
    """Convert as XPath does; ISO dates become days, anything else NaN."""
    if isinstance(value, str):
        return _parse_number(value.strip())
    return math.nan if value is UNKNOWN else float(value)


def _parse_number(text: str) -> float:
    if "_" in text:  # Python reads 1_000, XPath does not
        return math.nan
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return to_days(datetime.fromisoformat(text) if len(text) > len("2026-11-21") else date.fromisoformat(text))
    except ValueError:
        return math.nan


def to_text(value: Value) -> str:
    """Convert to a string as XPath does (`3.0` is `3`)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value.is_integer() else str(value)
    return ""


def to_truth(value: Value) -> bool | Unknown:
    """Convert to a truth: a non-empty string, a number that is not zero."""
    if value is True or value is False or value is UNKNOWN:
        return value
    if isinstance(value, str):
        return value != ""
    return value != 0 and not math.isnan(value)


Order = Callable[[float, float], bool]
ORDERS: dict[str, Order] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def compare(operator: str, left: Value, right: Value) -> Value:
    """Apply one of `= != < <= > >=`; an order with something that is no number is unknown, not false.

    XPath says false, but then one mistyped answer would draw remarks on every answer compared with it.
    """
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if operator in {"=", "!="}:
        return _equal(left, right) == (operator == "=")
    a, b = to_number(left), to_number(right)
    if math.isnan(a) or math.isnan(b):
        return UNKNOWN
    return ORDERS[operator](a, b)


def _equal(left: str | float, right: str | float) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return to_truth(left) == to_truth(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return to_number(left) == to_number(right)


def calculate(operator: str, left: Value, right: Value) -> Value:
    """Apply one of `+ - * div mod`."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    a, b = to_number(left), to_number(right)
    match operator:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
    if not math.isfinite(a) or not math.isfinite(b) or b == 0:
        return UNKNOWN
    return a / b if operator == "div" else math.fmod(a, b)


def _selected(arguments: list[Value]) -> Value:
    chosen, wanted = arguments
    return to_text(wanted).strip() in to_text(chosen).split()


def _regex(arguments: list[Value]) -> Value:
    text, pattern = to_text(arguments[0]), to_text(arguments[1])
    if len(text) > _MAX_PATTERN_TEXT or len(pattern) > _MAX_PATTERN:
        return UNKNOWN
    tame = _tame(pattern)
    return UNKNOWN if tame is None else tame.fullmatch(text) is not None


@lru_cache(maxsize=256)
def _tame(pattern: str) -> re.Pattern[str] | None:
    """Compile a pattern that cannot run away; None for others."""
    if _RUNAWAY.search(pattern.replace(")?", "")):
        return None
    if len(_VARIABLE.findall(pattern)) > _MAX_VARIABLE or pattern.count("?") > _MAX_OPTIONAL:
        return None
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def _coalesce(arguments: list[Value]) -> Value:
    return next((value for value in arguments if to_text(value) != ""), "")


def _choose(arguments: list[Value]) -> Value:
    condition = to_truth(arguments[0])
    if isinstance(condition, Unknown):
        return UNKNOWN
    return arguments[1] if condition else arguments[2]


def _whole(arguments: list[Value]) -> Value:
    number = to_number(arguments[0])
    return float(math.trunc(number)) if math.isfinite(number) else number


def _not(arguments: list[Value]) -> Value:
    truth = to_truth(arguments[0])
    return UNKNOWN if isinstance(truth, Unknown) else not truth


# Name -> (number of arguments allowed, what it does). An unknown argument makes the result unknown, except in `if`.
FUNCTIONS: dict[str, tuple[range, Function]] = {
    "selected": (range(2, 3), _selected),
    "count-selected": (range(1, 2), lambda given: float(len(to_text(given[0]).split()))),
    "string-length": (range(1, 2), lambda given: float(len(to_text(given[0])))),
    "regex": (range(2, 3), _regex),
    "coalesce": (range(2, 3), _coalesce),
    "if": (range(3, 4), _choose),
    "not": (range(1, 2), _not),
    "true": (range(1), lambda _: True),
    "false": (range(1), lambda _: False),
    "boolean": (range(1, 2), lambda given: to_truth(given[0])),
    "number": (range(1, 2), lambda given: to_number(given[0])),
    "int": (range(1, 2), _whole),
    "string": (range(1, 2), lambda given: to_text(given[0])),
    "date": (range(1, 2), lambda given: to_number(given[0])),
    "contains": (range(2, 3), lambda given: to_text(given[1]) in to_text(given[0])),
    "starts-with": (range(2, 3), lambda given: to_text(given[0]).startswith(to_text(given[1]))),
    "normalize-space": (range(1, 2), lambda given: " ".join(to_text(given[0]).split())),
}
