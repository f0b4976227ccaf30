"""The rules of the house that no linter knows: sizes, names, and files that must agree with each other."""

import json
import re
import subprocess
from pathlib import Path

import msgspec

from foundation.settings import PREFIX, Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]

_MOST_LINES = 300
_SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "core", "services", "managers", "base", "misc"}
_HAND_WRITTEN = {".py", ".ts", ".js", ".mjs", ".vue", ".css", ".java"}


def _files() -> list[Path]:
    """List the files git knows or would add: what a person wrote, not what tools made."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def test_no_source_file_is_longer_than_a_person_reads_in_one_go() -> None:
    sources = [path for path in _files() if path.suffix in _HAND_WRITTEN and "versions" not in path.parts]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    assert [f"{path.relative_to(ROOT)}: {lines}" for path, lines in lengths.items() if lines > _MOST_LINES] == []
    assert len(lengths) > 20


def test_every_file_is_named_after_what_it_does() -> None:
    parts = {part for path in _files() for part in (*path.relative_to(ROOT).parts[:-1], path.stem)}
    assert {part for part in parts if part.lower() in _SAYS_NOTHING} == set()


def test_every_module_says_what_it_is_for() -> None:
    modules = [path for path in _files() if path.suffix == ".py" and path.parts[len(ROOT.parts)] != "tests"]
    starts = {path.relative_to(ROOT): path.read_text(encoding="utf-8").lstrip() for path in modules}
    assert [str(path) for path, start in starts.items() if not start.startswith('"""')] == []


def test_python_locks_pin_every_package_by_hash_and_name_no_host() -> None:
    for lock in sorted(ROOT.glob("requirements*.lock")):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock.name
        assert "--index-url" not in text, lock.name
        packages = re.split(r"\n(?=\S)", text.strip())
        assert [package.splitlines()[0] for package in packages if "--hash=sha256:" not in package] == []


def test_node_locks_name_no_host() -> None:
    for lock in [path for path in _files() if path.name == "package-lock.json"]:
        packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
        resolved = {name: package.get("resolved", "") for name, package in packages.items()}
        assert {name: place for name, place in resolved.items() if "://" in place} == {}, lock


def test_the_development_lock_agrees_with_the_product_lock() -> None:
    product, development = (_pins(ROOT / name) for name in ("requirements.lock", "requirements-dev.lock"))
    assert product - development == set()


def test_the_settings_example_lists_every_setting_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    example = dict(line.removeprefix("# ").split("=", 1) for line in lines if re.match(r"# [A-Z0-9_]+=", line))
    assert set(example) == {f"{PREFIX}{field.name.upper()}" for field in msgspec.structs.fields(Settings)}
    assert read_settings({name: value for name, value in example.items() if value}) == Settings()


def _pins(lock: Path) -> set[str]:
    """Return the lines `name==version ; for which Pythons`."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {line.removesuffix("\\").strip() for line in lines if line[:1].isalnum()}
