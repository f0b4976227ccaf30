"""argparse in Turkish: headings, and a usage error in one sentence that says what to do."""

import argparse
import re
from typing import NoReturn

_SENTENCES = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (r"the following arguments are required: (.+)", "Eksik: {0}."),
        (r"one of the arguments (.+) is required", "Şunlardan birini verin: {0}."),
        (r"argument (\S+): not allowed with argument (\S+)", "{0} ile {1} birlikte verilemez."),
        (r"unrecognized arguments: (.+)", "Bilinmeyen: {0}."),
        (r"argument (\S+): invalid choice: '([^']*)'", "«{1}» diye bir seçenek yok."),
        (r"argument (\S+): expected (?:one|at least one) argument", "{0} bir değer ister."),
        (r"argument (\S+): invalid (?:int|float) value: '([^']*)'", "{0} bir sayı olmalı, «{1}» değil."),
        (r"argument (\S+): (.+)", "{0}: {1}"),
    )
)


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: object,
        groups: object,
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "kullanım: " if prefix is None else prefix)  # type: ignore[arg-type] # handed through


class TurkishParser(argparse.ArgumentParser):
    """An argument parser that speaks Turkish; `add_subparsers` hands its class on."""

    def __init__(self, *arguments: object, **options: object) -> None:
        options = {"formatter_class": _Formatter, **options, "add_help": False}
        super().__init__(*arguments, **options)  # type: ignore[arg-type] # handed through
        self._positionals.title = "değerler"
        self._optionals.title = "seçenekler"
        self.add_argument("-h", "--help", action="help", help="bu açıklamayı gösterir")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words of the command, and end with code 2."""
        self.exit(2, f"{_in_turkish(message)} Nasıl yazıldığını görmek için: {self.prog} --help\n")


def _in_turkish(message: str) -> str:
    for pattern, sentence in _SENTENCES:
        if match := pattern.match(message):
            return sentence.format(*match.groups())
    return message
