"""The plain subset of XPath that binds state: comparisons of `.`, paths, numbers, texts and `today()`.

An expression is compiled once per form version into closures. What lies outside the subset (predicates, instances,
other functions) compiles to "unknown": the client that asked has checked it. Written after the ODK XForms
specification, section "XPath functions".
"""

import re
from collections.abc import Callable

from field_forms import xpath_values
from field_forms.xpath_closures import Constant, Evaluate, Scope, call, combine, negative, text_at
from field_forms.xpath_values import UNKNOWN, Place, to_truth

__all__ = ["Evaluate", "Scope", "compile_expression", "compile_rule"]

_MAX_TOKENS = 400
_MAX_NESTING = 20

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<path>(?:current\(\)/)?(?:/[\w.\-]+|\.\.|\.(?!\w)|[A-Za-z_][\w.\-]*)(?:/(?:\.\.|\.|[\w\-][\w.\-]*))*)
    | (?P<symbol><=|>=|!=|[=<>+\-*(),])
    )""",
    re.VERBOSE,
)
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)


class _OutsideSubset(Exception):
    """The expression uses something only a client evaluates."""


def compile_expression(written: str, context_path: str) -> Evaluate:
    """Compile an XPath expression stated for the node at `context_path`.

    The result never raises; it answers `UNKNOWN` for what is outside the subset.
    """
    try:
        return _Parser(_tokens(written), tuple(context_path.strip("/").split("/"))).parse()
    except _OutsideSubset:
        return lambda _: UNKNOWN


def compile_rule(written: str, context_path: str) -> Callable[[str], bool] | None:
    """Compile a constraint to a test: False where an answer certainly breaks it; None when it looks elsewhere."""
    try:
        parser = _Parser(_tokens(written), tuple(context_path.strip("/").split("/")))
        rule = parser.parse()
    except _OutsideSubset:
        return lambda _: True
    if parser.looks_elsewhere:
        return None
    return lambda text: to_truth(rule(Scope([], text, None))) is not False


def _tokens(written: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position, end = 0, len(written.rstrip())
    while position < end:
        match = _TOKEN.match(written, position)
        if match is None or len(tokens) > _MAX_TOKENS:
            raise _OutsideSubset
        tokens.append((match.lastgroup or "", match[0].strip()))
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent; each level of operators is one call."""

    def __init__(self, tokens: list[tuple[str, str]], context: tuple[str, ...]) -> None:
        self._tokens = tokens
        self._context = context
        self._next = 0
        self._nesting = 0
        # At other answers or the calendar.
        self.looks_elsewhere = False

    def parse(self) -> Evaluate:
        result = self._binary(0)
        if self._next != len(self._tokens):
            raise _OutsideSubset
        return result

    def _peek(self) -> str:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else ""

    def _take(self, expected: str | None = None) -> tuple[str, str]:
        if self._next >= len(self._tokens) or (expected is not None and self._peek() != expected):
            raise _OutsideSubset
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _binary(self, level: int) -> Evaluate:
        if level == len(_LEVELS):
            return self._primary()
        left = self._binary(level + 1)
        while self._peek() in _LEVELS[level] and self._tokens[self._next][0] != "text":
            operator = self._take()[1]
            left = combine(operator, left, self._binary(level + 1))
        return left

    def _primary(self) -> Evaluate:
        kind, written = self._take()
        if kind == "number":
            return Constant(float(written))
        if kind == "text":
            return Constant(written[1:-1])
        if kind == "path":
            return self._call(written) if self._peek() == "(" else self._path(written)
        if written in {"(", "-"}:
            return self._nested(written)
        raise _OutsideSubset

    def _nested(self, opening: str) -> Evaluate:
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise _OutsideSubset
        if opening == "-":
            operand = self._primary()
            result: Evaluate = lambda scope: negative(operand(scope))  # noqa: E731 one of two forms of a closure
        else:
            result = self._binary(0)
            self._take(")")
        self._nesting -= 1
        return result

    def _call(self, name: str) -> Evaluate:
        self._take("(")
        arguments: list[Evaluate] = []
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise _OutsideSubset
        while self._peek() != ")":
            arguments.append(self._binary(0))
            if self._peek() != ")":
                self._take(",")
        self._take(")")
        self._nesting -= 1
        if name == "today" and not arguments:
            self.looks_elsewhere = True
            return lambda scope: UNKNOWN if scope.today is None else xpath_values.to_days(scope.today)
        return call(name, arguments)

    def _path(self, written: str) -> Evaluate:
        if written == ".":
            return lambda scope: scope.value
        place = _place(written, self._context)
        self.looks_elsewhere = True
        return lambda scope: text_at(place, scope)


def _place(written: str, context: tuple[str, ...]) -> Place:
    """Resolve a path to names from the root, then to the nearest ancestor shared with the context."""
    names = [] if written.startswith("/") else list(context)
    for step in written.removeprefix("current()/").strip("/").split("/"):
        if step == "..":
            if not names:
                raise _OutsideSubset
            names.pop()
        elif step != ".":
            names.append(step)
    shared = 0
    for ours, theirs in zip(names[:-1], context[:-1], strict=False):
        if ours != theirs:
            break
        shared += 1
    if shared == 0:
        raise _OutsideSubset
    return Place(depth=shared - 1, names=tuple(names[shared:]))
