"""ODK Validate is JavaRosa, the engine inside ODK Collect: what it accepts, tablets open."""

import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from field_forms.compile import compile_form
from field_forms.shipped_forms import ShippedForm, shipped_forms
from tests.unit.field_forms.filled_forms import RECEIVED_AT

pytestmark = pytest.mark.foreign_client


def odk_validate(xform: bytes, folder: Path, attachments: dict[str, bytes]) -> subprocess.CompletedProcess[str]:
    jar = files("pyxform.validators.odk_validate") / "bin" / "ODK_Validate.jar"
    for name, content in attachments.items():
        (folder / name).write_bytes(content)
    (folder / "form.xml").write_bytes(xform)
    command = ["java", "-Djava.awt.headless=true", "-jar", str(jar), str(folder / "form.xml")]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("form", shipped_forms(), ids=lambda form: form.file_name)
def test_every_shipped_form_opens_on_a_tablet(form: ShippedForm, tmp_path: Path) -> None:
    made = compile_form(form.source, form.file_name, on=RECEIVED_AT.date())
    result = odk_validate(made.xform, tmp_path, form.attachments)
    assert result.returncode == 0, result.stderr
    assert "Xform is valid" in result.stdout + result.stderr


def test_a_form_that_would_not_open_is_found_out(tmp_path: Path) -> None:
    source = "| survey | type | name | label | relevant |\n| | text | a | A | uydurma-islev(.) |\n"
    made = compile_form(source.encode(), "bozuk.md", on=RECEIVED_AT.date())
    assert odk_validate(made.xform, tmp_path, {}).returncode != 0
