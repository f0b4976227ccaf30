"""What an expression of the XPath subset is compiled to (`xpath_subset.py`): closures over where it is evaluated."""

import math
from collections.abc import Callable
from datetime import date

import msgspec

from field_forms import xpath_values
from field_forms.xml_tree import XmlElement
from field_forms.xpath_values import (
    FUNCTIONS,
    ORDERS,
    UNKNOWN,
    Function,
    Order,
    Place,
    Unknown,
    Value,
    to_number,
    to_truth,
)


class Scope(msgspec.Struct):
    """Where an expression is evaluated: the elements from the root down to the container, and the answer itself."""

    ancestors: list[XmlElement]
    value: str
    today: date | None


Evaluate = Callable[[Scope], Value]


class Constant(msgspec.Struct, frozen=True):
    """A number or text as it is written."""

    value: str | float

    def __call__(self, _: Scope) -> Value:
        """Return it, wherever it is evaluated."""
        return self.value


def text_at(place: Place, scope: Scope) -> Value:
    """Return the answer at a place: empty where there is none, unknown where there are several."""
    element = scope.ancestors[place.depth]
    for name in place.names:
        found = element.by_name().get(name)
        if found is None:
            return ""
        if len(found) > 1:
            return UNKNOWN
        element = found[0]
    return element.text.strip()


def combine(operator: str, left: Evaluate, right: Evaluate) -> Evaluate:
    """Apply an operator to two expressions."""
    if operator in {"and", "or"}:
        return _joined(left, right, decides=operator == "or")
    if operator in {"+", "-", "*", "div", "mod"}:
        return lambda scope: xpath_values.calculate(operator, left(scope), right(scope))
    if operator in {"=", "!="} and isinstance(right, Constant) and isinstance(right.value, str):
        return _compared_with_text(operator, left, right.value)
    if operator in ORDERS and isinstance(right, Constant) and isinstance(right.value, float):
        return _compared_with_number(ORDERS[operator], left, right.value)
    return lambda scope: xpath_values.compare(operator, left(scope), right(scope))


def _compared_with_text(operator: str, left: Evaluate, text: str) -> Evaluate:
    """Compare an answer with a choice: what most conditions of a form do."""
    wanted = operator == "="

    def evaluate(scope: Scope) -> Value:
        value = left(scope)
        return (value == text) is wanted if isinstance(value, str) else xpath_values.compare(operator, value, text)

    return evaluate


def _compared_with_number(keeps: Order, left: Evaluate, number: float) -> Evaluate:
    """Compare an answer with a number: what most constraints do."""

    def evaluate(scope: Scope) -> Value:
        value = to_number(left(scope))
        return UNKNOWN if math.isnan(value) else keeps(value, number)

    return evaluate


def _joined(left: Evaluate, right: Evaluate, *, decides: bool) -> Evaluate:
    """Join two conditions: the truth that `decides` makes the whole so, whatever the other side is."""

    def evaluate(scope: Scope) -> Value:
        first = to_truth(left(scope))
        if first is decides:
            return decides
        second = to_truth(right(scope))
        if second is decides:
            return decides
        return UNKNOWN if first is UNKNOWN else second

    return evaluate


def negative(value: Value) -> Value:
    """Change the sign."""
    return UNKNOWN if isinstance(value, Unknown) else -to_number(value)


def call(name: str, arguments: list[Evaluate]) -> Evaluate:
    """Call a function."""
    known = FUNCTIONS.get(name)
    if known is None or len(arguments) not in known[0]:
        # Only this call is unknown: `. > 5 and pow(…)` is still certainly false for 3.
        return lambda _: UNKNOWN
    apply = known[1]
    if len(arguments) == 1:
        return _call_with_one(apply, arguments[0])

    def evaluate(scope: Scope) -> Value:
        values = [argument(scope) for argument in arguments]
        if UNKNOWN in values and name != "if":
            return UNKNOWN
        return apply(values)

    return evaluate


def _call_with_one(apply: Function, argument: Evaluate) -> Evaluate:
    def evaluate(scope: Scope) -> Value:
        value = argument(scope)
        return UNKNOWN if value is UNKNOWN else apply([value])

    return evaluate
