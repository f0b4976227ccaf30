"""From a spreadsheet (XLSX or Markdown) to an XForm, by pyxform; needs no Java.

What pyxform refuses is told with sheet, row and column. Uploads are distrusted: sizes are looked at before anything is
opened, macros are refused. pyxform is imported where it is used, because it is heavy. `publishing.py` stores the
result.
"""

import hashlib
import re
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import msgspec

from field_forms.compile_problems import FormDoesNotCompile, FormProblem, explain
from field_forms.definition import FormDefinition, UnreadableForm, read_definition
from field_forms.form_advice import advise, find_mistyped_expressions
from field_forms.remarks import shorten
from field_forms.served_lists import SERVED_FILES
from field_forms.tablet_support import tell_what_tablets_lack
from field_forms.upload_inspection import refuse_dangerous_upload

if TYPE_CHECKING:
    from pyxform.xls2json_backends import DefinitionData

_FORM_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,99}")
_MAX_VERSION_LENGTH = 100
_FORM_ID_COLUMNS = ("form_id", "id_string")


class CompiledForm(msgspec.Struct, frozen=True):
    """One version of a form, ready to be published.

    `xform_hash` is `md5:` + MD5 of exactly `xform`, as formList shows it. `attachment_names` are the files the form
    asks for and we cannot make; `made_files` those that pyxform made itself. Neither holds the entity lists that we
    serve (`served_lists.py`). `warnings` are our advice, what our tablets lack, and pyxform's own.
    """

    form_id: str
    version: str
    title: str
    xform: bytes
    xform_hash: str
    source: bytes
    source_name: str
    definition: FormDefinition
    attachment_names: tuple[str, ...]
    made_files: dict[str, bytes]
    warnings: tuple[str, ...] = ()


def compile_form(source: bytes, file_name: str, *, on: date) -> CompiledForm:
    """Compile an XLSForm. A form that states no version gets one from `on` and its content.

    Raises `FormDoesNotCompile` with the problems found.
    """
    suffix = refuse_dangerous_upload(source, file_name)
    workbook = _read_workbook(source, suffix)
    _complete_settings(workbook, source, file_name, on)
    xform, itemsets, warnings = _convert(workbook)
    definition = _read_back(xform)
    mistyped = find_mistyped_expressions(definition, workbook.survey or ())
    if mistyped:
        raise FormDoesNotCompile(mistyped)
    made = {"itemsets.csv": itemsets} if itemsets else {}
    return CompiledForm(
        form_id=definition.form_id,
        version=definition.version,
        title=definition.title,
        xform=xform,
        xform_hash=md5_tag(xform),
        source=source,
        source_name=PurePath(file_name).name,
        definition=definition,
        attachment_names=tuple(name for name in definition.files if name not in SERVED_FILES),
        made_files=made,
        warnings=(*advise(definition), *tell_what_tablets_lack(definition, xform), *warnings),
    )


def md5_tag(content: bytes) -> str:
    """Return the change tag OpenRosa prescribes: `md5:` and the MD5 of exactly these bytes."""
    return f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}"


def _read_workbook(source: bytes, suffix: str) -> "DefinitionData":
    # Loaded here: only the few requests that publish a form should pay for it.
    from pyxform.errors import PyXFormError  # noqa: PLC0415
    from pyxform.xls2json_backends import get_xlsform  # noqa: PLC0415

    try:
        workbook: DefinitionData = get_xlsform(source, file_type=suffix)
    except PyXFormError as error:
        raise FormDoesNotCompile([explain(str(error))]) from error
    except Exception as error:
        # openpyxl has no error of its own for a broken file: KeyError, ValueError, ParseError and more escape it.
        raise FormDoesNotCompile([FormProblem("", None, "", "Dosya okunamadı: bozuk ya da XLSX değil.")]) from error
    return workbook


def _complete_settings(workbook: "DefinitionData", source: bytes, file_name: str, on: date) -> None:
    """Fill in what the settings sheet leaves out: the id from the file's name, the version from the day."""
    settings: dict[str, Any] = dict(workbook.settings[0]) if workbook.settings else {}
    given = next((str(settings[column]) for column in _FORM_ID_COLUMNS if settings.get(column)), None)
    form_id = given or PurePath(file_name).stem
    if not _FORM_ID.fullmatch(form_id):
        sentence = "Form kimliği (form_id) yalnız İngilizce harf, rakam, '_', '-' ve '.' içerir, en çok 100."
        raise FormDoesNotCompile([FormProblem("settings", 2, "form_id", sentence)])
    if given is None:
        settings["form_id"] = form_id
    version = str(settings.get("version") or f"{on:%Y%m%d}-{hashlib.sha256(source).hexdigest()[:8]}").strip()
    if len(version) > _MAX_VERSION_LENGTH:
        raise FormDoesNotCompile([FormProblem("settings", 2, "version", "Sürüm en çok 100 karakter olabilir.")])
    settings["version"] = version
    workbook.settings = [settings]
    workbook.settings_header = [dict.fromkeys(settings)]


def _convert(workbook: "DefinitionData") -> tuple[bytes, bytes | None, list[str]]:
    from dataclasses import asdict  # noqa: PLC0415 beside the other late imports

    from pyxform.errors import PyXFormError  # noqa: PLC0415 see _read_workbook
    from pyxform.xls2xform import convert  # noqa: PLC0415

    warnings: list[str] = []
    rows = list(workbook.survey or ())
    try:
        result = convert(xlsform=asdict(workbook), warnings=warnings, validate=False)
    except PyXFormError as error:
        raise FormDoesNotCompile([explain(str(error), rows)]) from error
    except RecursionError as error:
        raise FormDoesNotCompile([FormProblem("survey", None, "", "Gruplar çok derin iç içe geçmiş.")]) from error
    except Exception as error:
        # On odd sheets pyxform falls over with whatever Python raises; the author must still get an answer.
        sentence = f"Form beklenmedik bir yapıda: {shorten(str(error))}"
        raise FormDoesNotCompile([FormProblem("", None, "", sentence)]) from error
    itemsets = result.itemsets.encode() if result.itemsets else None
    return result.xform.encode(), itemsets, warnings


def _read_back(xform: bytes) -> FormDefinition:
    """Read what we are about to serve with our own reader: what it cannot read, it could not check later either."""
    try:
        definition = read_definition(xform)
    except UnreadableForm as error:
        raise FormDoesNotCompile([FormProblem("survey", None, "", error.sentence)]) from error
    if not any(node.control for node in definition.nodes.values()):
        raise FormDoesNotCompile([FormProblem("survey", None, "type", "Formda hiç soru yok.")])
    return definition
