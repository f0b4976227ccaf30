"""What a foreign client reports, how it is told what to do, and what goes wrong with it.

Both clients take the same options and print the same JSON line for each submission; how each is built and started is
told in `javarosa_client.py` and `xforms_engine_client.py`.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

PLAUSIBLE_ANSWERS = Path(__file__).parent / "plausible_answers.json"
TIMEOUT_S = 600


class PostedPhoto(TypedDict):
    """A file that travelled with a submission, by the name the XML calls it."""

    name: str
    sha256: str


class FilledForm(TypedDict):
    """One submission: what was filled, and what the server said to it."""

    form_id: str
    version: str
    instance_id: str
    status: int
    photos: list[PostedPhoto]
    findings: int
    message: str


class ForeignClientMissing(Exception):
    """A program that the client needs is not on this machine."""


class ForeignClientFailed(Exception):
    """At least one form could not be filled or was not accepted; `filled` holds those that the server answered."""

    def __init__(self, reasons: str, filled: list[FilledForm]) -> None:
        super().__init__(reasons)
        self.filled = filled


@dataclass(frozen=True, kw_only=True)
class FillOptions:
    """How the forms are to be filled; the defaults make one submission of each form with one finding."""

    findings: int = 1
    language: str | None = None
    form: str | None = None
    repeat: int = 1
    files_per_post: int = 0
    hints: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    save_dir: Path | None = None


def fill_with(
    run: Callable[[list[str]], "subprocess.CompletedProcess[str]"],
    *,
    server: str,
    user: str | None,
    password: str | None,
    photos: Sequence[Path],
    options: FillOptions,
) -> list[FilledForm]:
    """Run a client with these options and read its report; `run` starts it with the arguments it is given.

    Raises `ForeignClientFailed` with the client's reasons when it exits with an error.
    """
    arguments = ["--server", server, "--findings", str(options.findings), "--repeat", str(options.repeat)]
    arguments += ["--files-per-post", str(options.files_per_post)]
    named = {"--user": user, "--password": password, "--language": options.language, "--form": options.form}
    named["--save-dir"] = str(options.save_dir) if options.save_dir else None
    for photo in photos:
        arguments += ["--photo", str(photo)]
    for name, value in named.items():
        if value is not None:
            arguments += [name, value]
    with tempfile.TemporaryDirectory() as folder:
        hints = Path(folder) / "hints.json"
        hints.write_text(json.dumps(dict(options.hints)), encoding="utf-8")
        done = run([*arguments, "--hints", str(hints)])
    filled: list[FilledForm] = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0:
        raise ForeignClientFailed(done.stderr.strip() or f"the client ended with code {done.returncode}", filled)
    return filled
