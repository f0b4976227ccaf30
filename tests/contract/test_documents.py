"""Documents that are true: links that lead somewhere, and lists that agree with the code they describe."""

import ast
import importlib
import pkgutil
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from api import problems
from api.routes import openrosa
from foundation.errors import SahaError
from migrations.every_table import every_table
from service_requests.review_flags import FLAG_NAMES

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PACKAGES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "root_packages"
]

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE_BLOCK = re.compile(r"^(```.*?^```| {4}.*?$)", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `([a-z0-9_.]+)` \|", re.MULTILINE)
# A code in a table row that flags: `a.b`, or several separated by commas.
_FLAG_ROW = re.compile(r"^\| ((?:`[a-z0-9_.]+`(?:, )?)+) \|", re.MULTILINE)


def _documents() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    catalogue = ROOT / "field_forms" / "catalogue"
    return [path for name in listed.splitlines() if (path := ROOT / name).is_file() and catalogue not in path.parents]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _links(path: Path) -> Iterator[str]:
    for link in _LINK.findall(_CODE_BLOCK.sub("", _text(path))):
        if not re.match(r"[a-z]+:", link):
            yield unquote(link)


def _anchors(path: Path) -> set[str]:
    """Return the anchors GitHub makes of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", _text(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _problem_codes() -> set[str]:
    """Import every module of the packages and return the codes of all errors that have one of their own."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    classes = [SahaError]
    for one in classes:
        classes += one.__subclasses__()
    # Tests may derive errors of their own.
    ours = [one for one in classes if one.__module__.split(".")[0] in PACKAGES]
    return {one.code for one in ours}


def _constants() -> Iterator[ast.Constant]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(_text(path))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node


def test_every_relative_link_leads_to_something() -> None:
    broken = []
    count = 0
    for path in _documents():
        for link in _links(path):
            count += 1
            name, _, anchor = link.partition("#")
            target = (path.parent / name) if name else path
            if not target.exists() or (anchor and anchor not in _anchors(target)):
                broken.append(f"{path.relative_to(ROOT)}: {link}")
    assert broken == []
    assert count > 20


def test_the_readme_is_read_in_one_go() -> None:
    assert len(_text(ROOT / "README.md").splitlines()) <= 120


def test_every_problem_code_is_documented_and_every_documented_one_exists() -> None:
    documented = _ROW.findall(_text(DOCS / "problems.md"))
    assert len(documented) == len(set(documented))
    assert set(documented) == _problem_codes()


def test_every_problem_says_where_it_is_raised() -> None:
    lines = [line for line in _text(DOCS / "problems.md").splitlines() if _ROW.match(line)]
    lost = []
    for line in lines:
        code, places = (cell.strip() for cell in line.split("|")[1:3])
        for place in re.findall(r"`([^`]+)`", places):
            path = ROOT / place
            files = [path] if path.is_file() else sorted(path.rglob("*.py"))
            if not any(f'"{code.strip("`")}"' in _text(file) for file in files):
                lost.append(line)
    assert lost == []


def test_every_documented_status_is_the_one_answered() -> None:
    """Two statuses are the office's and Collect's; one is of the door that can answer the code."""
    wrong = []
    rows = [line.split("|") for line in _text(DOCS / "problems.md").splitlines() if _ROW.match(line)]
    for code, stated in ((row[1].strip(" `"), row[3].strip()) for row in rows):
        office = str(problems.STATUS_BY_CODE.get(code, 422))
        collect = str(openrosa.STATUS_BY_CODE.get(code, 400))
        at_the_door = collect if code.startswith(("submission.", "openrosa.")) else office
        if stated not in {"", at_the_door, f"{office} / {collect}"}:
            wrong.append(f"{code}: {stated}, not {office} / {collect}")
    assert wrong == []


def test_every_flag_is_documented_and_every_documented_one_is_raised() -> None:
    flags = {code for row in _FLAG_ROW.findall(_text(DOCS / "forms.md")) for code in re.findall(r"`([^`]+)`", row)}
    flags = {flag for flag in flags if "." in flag}
    codes = {constant.value for constant in _constants() if re.fullmatch(r"[a-z]+\.[a-z_]+", str(constant.value))}
    areas = {flag.split(".")[0] for flag in flags} - {"form"}
    raised = {code for code in codes if str(code).split(".")[0] in areas}
    # A refused change of an entity is a problem to a push, and shares its word with the flags of a form.
    assert raised - flags - _problem_codes() == set()
    assert flags - codes == set()
    assert FLAG_NAMES.keys() - flags == set()


def test_every_table_is_explained() -> None:
    text = _text(DOCS / "data-model.md")
    tables = set(every_table().tables)
    assert {table for table in tables if f"**`{table}`**" not in text} == set()
    assert set(re.findall(r"\*\*`(\w+)`\*\*", text)) == tables


def test_every_command_in_the_readme_exists() -> None:
    words = set(re.findall(r"^\| `saha ([a-z-]+)", _text(ROOT / "README.md"), re.MULTILINE))
    known = set(re.findall(r'add_parser\(\s*"([a-z-]+)"', _text(ROOT / "api" / "commands" / "command_line.py")))
    assert words <= known
    assert words


def test_documents_name_nobodys_machine_and_no_ticket() -> None:
    # /v1/… and /openrosa/… are addresses; these are folders of somebody's machine.
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in _documents()
        for match in re.finditer(
            r"(?<![\w.])/(?:home|root|work|tmp|Users)/\S+|(?i:\bissue\s+#?\d+)|\B#\d+\b", _text(path)
        )
    ]
    assert found == []


def test_decisions_have_the_four_parts() -> None:
    records = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [int(path.name[:4]) for path in records]
    assert numbers == list(range(1, len(records) + 1))
    parts = ("**Context.**", "**Decision.**", "**Consequences.**", "**Alternatives.**")
    for path in records:
        text = _text(path)
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name
        assert [part for part in parts if part not in text] == [], path.name
