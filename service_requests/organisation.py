"""A municipality's teams, directorates, categories, visit types and routing as one TOML file. Pure.

Reads such a file and lists every mistake with its place; writes the present state as one. What becomes of it in the
database is `organisation_rows.py`.
"""

import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from foundation.errors import SahaError
from service_requests.routing import NoDefaultRoute

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_LONGEST_NAME = 120
# The sections of the file in the order they are written, with the longest code of each.
_LONGEST_CODE = {"team": 40, "directorate": 40, "category": 60, "visit_type": 50}
_MORE_FIELDS = {"directorate": ("outside_body",), "team": ("mahalle",)}
_ROUTE = "route"
_ROUTE_FIELDS = ("category", "mahalle", "from", "until", "directorate")
_HEAD = """\
# Belediyenin ekipleri, müdürlükleri, talep konuları, ziyaret türleri ve yönlendirmesi.
# Düzenleyip geri verin: saha organisation DOSYA. Kayıtlar koduyla bulunur, adları yenilenir, hiçbiri silinmez;
# dosyada [[route]] varsa yönlendirme tablosunun tamamı dosyadakiyle değişir.
"""


class OrganisationRefused(SahaError):
    """The file has mistakes; nothing was stored. `facts["problems"]` lists them in Turkish, with their places."""

    code = "organisation.refused"

    def __init__(self, problems: Collection[str]) -> None:
        super().__init__("Dosyada hata var, hiçbir şey kaydedilmedi. Düzeltip yeniden verin.", problems=list(problems))
        self.problems = list(problems)


class Named(msgspec.Struct, frozen=True):
    """A team, directorate, category or visit type. `outside_body` is a directorate's: not of the municipality.

    `mahalle` are a team's, by code, sorted: whose visit targets its tablets hold. None: the file does not say.
    """

    code: str
    name: str
    outside_body: bool = False
    mahalle: tuple[str, ...] | None = None


class PlannedRoute(msgspec.Struct, frozen=True):
    """One line of the routing table by codes; None means any."""

    directorate: str
    category: str | None = None
    mahalle: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def is_default(self) -> bool:
        """Whether it holds for everything, always."""
        return (self.category, self.mahalle, self.valid_from, self.valid_until) == (None,) * 4


class Organisation(msgspec.Struct, frozen=True):
    """What such a file says."""

    team: tuple[Named, ...] = ()
    directorate: tuple[Named, ...] = ()
    category: tuple[Named, ...] = ()
    visit_type: tuple[Named, ...] = ()
    route: tuple[PlannedRoute, ...] = ()


class KnownCodes(msgspec.Struct, frozen=True):
    """The codes that are stored already, which routes may name."""

    directorate: Collection[str] = ()
    category: Collection[str] = ()
    mahalle: Collection[str] = ()


def read_organisation(content: bytes, known: KnownCodes) -> Organisation:
    """Read a file. Raises `OrganisationRefused` with every mistake in it."""
    try:
        text = content.decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise OrganisationRefused(["Dosya UTF-8 değil; düzenleyicide UTF-8 olarak kaydedin."]) from error
    except tomllib.TOMLDecodeError as error:
        raise OrganisationRefused([f"Dosya TOML olarak okunamadı: {error}"]) from error
    reader = _Reader(text, document, known)
    organisation = reader.read()
    if reader.problems:
        raise OrganisationRefused(reader.problems)
    return organisation


class _Reader:
    """Goes through a document and remembers what is wrong with it."""

    def __init__(self, text: str, document: Mapping[str, Any], known: KnownCodes) -> None:
        self.problems: list[str] = []
        self._lines = text.split("\n")
        self._document = document
        self._known = known

    def read(self) -> Organisation:
        for section in sorted(set(self._document) - {*_LONGEST_CODE, _ROUTE}):
            self.problems.append(f"[[{section}]] diye bir bölüm yok: {', '.join(_LONGEST_CODE)}, {_ROUTE}.")
        named = {section: tuple(self._named(section)) for section in _LONGEST_CODE}
        return Organisation(**named, route=tuple(self._routes(named)))

    def _entries(self, section: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give the entries of a section, each with its place in words."""
        entries = self._document.get(section, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.problems.append(f"{section}: her kayıt [[{section}]] satırıyla başlamalı.")
            return
        heading = re.compile(rf"\s*\[\[\s*{section}\s*\]\]")
        lines = [number for number, line in enumerate(self._lines, start=1) if heading.match(line)]
        for number, entry in enumerate(entries, start=1):
            # Written otherwise (inline), an entry has no line of its own.
            line = f"satır {lines[number - 1]}, " if len(lines) == len(entries) else ""
            yield f"{line}{number}. [[{section}]]", entry

    def _named(self, section: str) -> Iterator[Named]:
        seen: set[str] = set()
        fields = ("code", "name", *_MORE_FIELDS.get(section, ()))
        for place, entry in self._entries(section):
            self._refuse_unknown(place, entry, fields)
            code = self._text(place, entry, "code", _LONGEST_CODE[section], required=True)
            name = self._text(place, entry, "name", _LONGEST_NAME, required=True)
            if code and not _CODE.fullmatch(code):
                self._note(place, f"code «{code}»: yalnızca harf (a-z), rakam, _ . - olabilir.")
            if code in seen:
                self._note(place, f"code «{code}» dosyada birden çok kez geçiyor.")
            outside = entry.get("outside_body", False)
            if not isinstance(outside, bool):
                self._note(place, "outside_body true ya da false olmalı.")
            if code and name:
                seen.add(code)
                yield Named(code, name, outside is True, self._mahalle(place, entry))

    def _mahalle(self, place: str, entry: dict[str, Any]) -> tuple[str, ...] | None:
        """Read a team's list of mahalle codes; None where it has none."""
        codes = entry.get("mahalle")
        if codes is None:
            return None
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            self._note(place, 'mahalle tırnak içinde kodların listesi olmalı (ör. mahalle = ["101", "102"]).')
            return None
        for code in sorted(set(codes) - set(self._known.mahalle)):
            self._note(place, f"mahalle «{code}»: bu kodla kayıt yok.")
        return tuple(sorted(set(codes)))

    def _routes(self, named: Mapping[str, Collection[Named]]) -> Iterator[PlannedRoute]:
        codes = {
            "directorate": {one.code for one in named["directorate"]} | set(self._known.directorate),
            "category": {one.code for one in named["category"]} | set(self._known.category),
            "mahalle": set(self._known.mahalle),
        }
        has_default = _ROUTE not in self._document
        for place, entry in self._entries(_ROUTE):
            self._refuse_unknown(place, entry, _ROUTE_FIELDS)
            route = PlannedRoute(
                directorate=self._code(place, entry, "directorate", codes, required=True) or "",
                category=self._code(place, entry, "category", codes),
                mahalle=self._code(place, entry, "mahalle", codes),
                valid_from=self._day(place, entry, "from"),
                valid_until=self._day(place, entry, "until"),
            )
            if route.valid_from and route.valid_until and route.valid_until < route.valid_from:
                self._note(place, f"until ({route.valid_until}) from'dan ({route.valid_from}) önce.")
            has_default = has_default or route.is_default
            yield route
        if not has_default:
            self.problems.append(f"[[{_ROUTE}]]: {NoDefaultRoute().sentence}")

    def _code(
        self, place: str, entry: dict[str, Any], field: str, codes: Mapping[str, set[str]], *, required: bool = False
    ) -> str | None:  # fmt: skip
        code = self._text(place, entry, field, _LONGEST_NAME, required=required)
        if code and code not in codes[field]:
            self._note(place, f"{field} «{code}»: bu kodla kayıt yok.")
        return code

    def _text(
        self, place: str, entry: dict[str, Any], field: str, longest: int, *, required: bool = False
    ) -> str | None:
        value = entry.get(field)
        if value is None:
            if required:
                self._note(place, f"{field} eksik.")
            return None
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            self._note(place, f'{field} tırnak içinde bir yazı olmalı (ör. {field} = "…").')
            return None
        if len(value.strip()) > longest:
            self._note(place, f"{field} en çok {longest} karakter olabilir.")
        return value.strip()

    def _day(self, place: str, entry: dict[str, Any], field: str) -> date | None:
        value = entry.get(field)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self._note(place, f"{field} bir gün olmalı (ör. {field} = 2026-01-31), «{value}» değil.")
            return None

    def _refuse_unknown(self, place: str, entry: dict[str, Any], fields: Collection[str]) -> None:
        for field in entry:
            if field not in fields:
                self._note(place, f"«{field}» diye bir alan yok: {', '.join(fields)}.")

    def _note(self, place: str, sentence: str) -> None:
        self.problems.append(f"{place}: {sentence}")


def write_organisation(organisation: Organisation) -> str:
    """Write a file that `read_organisation` reads as the same."""
    parts = [_HEAD]
    for section in _LONGEST_CODE:
        for one in getattr(organisation, section):
            outside = "outside_body = true\n" if one.outside_body else ""
            codes = f"mahalle = [{', '.join(map(_quoted, one.mahalle))}]\n" if one.mahalle is not None else ""
            parts.append(f"[[{section}]]\ncode = {_quoted(one.code)}\nname = {_quoted(one.name)}\n{outside}{codes}")
    parts += [_written_route(route) for route in organisation.route]
    return "\n".join(parts)


def _written_route(route: PlannedRoute) -> str:
    fields = {
        "category": _quoted(route.category) if route.category else None,
        "mahalle": _quoted(route.mahalle) if route.mahalle else None,
        "from": route.valid_from,
        "until": route.valid_until,
        "directorate": _quoted(route.directorate),
    }
    return "[[route]]\n" + "".join(f"{name} = {value}\n" for name, value in fields.items() if value is not None)


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, but for DEL, which JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
