"""ODK Validate is JavaRosa, the engine inside ODK Collect: what it accepts, tablets open."""

import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from field_forms.compile import compile_form
from field_forms.shipped_forms import shipped_forms
from tests.unit.field_forms.filled_forms import RECEIVED_AT

pytestmark = pytest.mark.foreign_client


def odk_validate(*forms: Path) -> subprocess.CompletedProcess[str]:
    """Validate XForms, each with its files beside it, in one process: starting Java is what takes the time."""
    jar = files("pyxform.validators.odk_validate") / "bin" / "ODK_Validate.jar"
    command = ["java", "-Djava.awt.headless=true", "-jar", str(jar), *map(str, forms)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def test_every_shipped_form_opens_on_a_tablet(tmp_path: Path) -> None:
    written = []
    for form in shipped_forms():
        made = compile_form(form.source, form.file_name, on=RECEIVED_AT.date())
        written.append(tmp_path / f"{made.form_id}.xml")
        written[-1].write_bytes(made.xform)
        for name, content in form.attachments.items():
            (tmp_path / name).write_bytes(content)
    result = odk_validate(*written)
    assert result.returncode == 0, result.stderr
    assert (result.stdout + result.stderr).count("Xform is valid") == len(shipped_forms())


def test_a_form_that_would_not_open_is_found_out(tmp_path: Path) -> None:
    source = "| survey | type | name | label | relevant |\n| | text | a | A | uydurma-islev(.) |\n"
    made = compile_form(source.encode(), "bozuk.md", on=RECEIVED_AT.date())
    (tmp_path / "bozuk.xml").write_bytes(made.xform)
    assert odk_validate(tmp_path / "bozuk.xml").returncode != 0
