"""The root of every error the domain raises on purpose.

A domain error states a fact (`OutsideServiceArea`) and knows no HTTP; `api/problems.py` maps each class to its
problem (RFC 9457). `code` is stable: clients and documents refer to it.
"""

from typing import ClassVar


class SahaError(Exception):
    """A fact that stops what was asked, with a stable code and a Turkish sentence for whoever reads it."""

    code: ClassVar[str] = "saha.error"

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts
