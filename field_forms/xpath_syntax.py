"""A quick look whether an XPath can be an expression at all, since publishing has no JavaRosa to ask.

Finds what authors really mistype (a bracket or quote left open, an operator at the end); what passes here may still be
refused by ODK Validate.
"""

import re

_STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")
_DANGLING_END = re.compile(r"(?:[=<>+,|]|(?<=\s)(?:and|or|div|mod))\s*$")
_DANGLING_START = re.compile(r"^\s*(?:[=<>+,|)\]]|(?:and|or|div|mod)\s)")
_EMPTY_SIDE = re.compile(r"\(\s*(?:,|and\s|or\s|[=<>])|,\s*\)|(?:and|or)\s*\)|[=<>]\s*\)")
_CLOSES = {")": "(", "]": "["}


def find_mistake(expression: str) -> str | None:
    """Return a Turkish sentence about what is mistyped, None when nothing is found."""
    bare = _STRINGS.sub("0", expression)
    if "'" in bare or '"' in bare:
        return "Tırnak açılmış ama kapatılmamış."
    if not _is_balanced(bare):
        return "Parantezler birbirini tutmuyor."
    if _DANGLING_END.search(bare) or _DANGLING_START.search(bare) or _EMPTY_SIDE.search(bare):
        return "İfade eksik: bir işlecin bir yanı boş."
    return None


def _is_balanced(expression: str) -> bool:
    opened: list[str] = []
    for character in expression:
        if character in "([":
            opened.append(character)
        elif character in _CLOSES and (not opened or opened.pop() != _CLOSES[character]):
            return False
    return not opened
