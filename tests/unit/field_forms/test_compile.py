import hashlib
import zipfile
from datetime import date
from io import BytesIO

import pytest

from field_forms.compile import compile_form
from field_forms.compile_problems import FormDoesNotCompile, FormProblem
from field_forms.spreadsheet import markdown_to_xlsx
from tests.unit.field_forms.filled_forms import a_form, compiled

_ON = date(2026, 11, 21)
_CHOSEN_TWICE = "| choices | list_name | name | label |\n| | l | x | a |\n| | l | x | b |"


def problem(source: bytes | str, file_name: str = "deneme.md") -> FormProblem:
    with pytest.raises(FormDoesNotCompile) as refused:
        compile_form(source.encode() if isinstance(source, str) else source, file_name, on=_ON)
    (found,) = refused.value.problems
    return found


def survey(*rows: str, more: str = "") -> str:
    return "\n".join(["| survey | type | name | label |", *(f"| | {row} |" for row in rows), more])


def test_a_compiled_form_carries_the_hash_of_exactly_its_bytes() -> None:
    form = compiled("hane")
    assert form.xform_hash == "md5:" + hashlib.md5(form.xform, usedforsecurity=False).hexdigest()
    assert (form.form_id, form.version, form.title) == ("hane", "2026112802", "Hane ziyareti")


def test_a_form_asks_for_the_files_it_names() -> None:
    assert compiled("esnaf").attachment_names == ("is_kollari.csv",)


def test_a_form_without_version_or_id_gets_them_from_day_content_and_file_name() -> None:
    source = survey("text | a | A")
    first, again = (compile_form(source.encode(), "yeni_form.md", on=_ON) for _ in range(2))
    other = compile_form(source.replace("A |", "B |").encode(), "yeni_form.md", on=_ON)
    assert (first.form_id, first.title) == ("yeni_form", "yeni_form")
    assert first.version.startswith("20261121-")
    assert first.version == again.version != other.version


@pytest.mark.parametrize(
    ("source", "sheet", "row", "column", "words"),
    [
        (survey("foo | a | A"), "survey", 2, "type", "«foo» diye bir soru türü yok"),
        (survey("text | a | A", "note | b | ${zz}"), "survey", 3, "label", "${zz} diye anılan soru"),
        (survey("text | a | A", "text | a | A"), "survey", 3, "name", "iki kez"),
        (survey("text | a b | A"), "survey", 2, "name", "Ad harf"),
        (survey("text |  | A"), "survey", 2, "name", "boş"),
        (survey("text | a | A", "text | b | "), "survey", 3, "label", "«b» sorusunun metni"),
        (survey("begin_group | a | G", "text | b | B"), "survey", 2, "type", "end_group satırı eksik"),
        (survey("end_group | | "), "survey", 2, "type", "begin_group"),
        (survey("select_one yok | a | A"), "choices", None, "", "choices"),
        (
            survey("select_one l | a | A", more=_CHOSEN_TWICE),
            "choices", 3, "name", "iki kez",
        ),
        (survey("text | a | A").replace("label", "save_to"), "survey", 2, "save_to", "entities"),
        (survey(), "survey", None, "type", "hiç soru yok"),
        ("merhaba", "", None, "", "XLSForm değil"),
        (survey("text | a | A", more="| settings | form_id |\n| | çok güzel |"), "settings", 2, "form_id", "form_id"),
    ],
)  # fmt: skip
def test_what_pyxform_refuses_is_told_with_its_place_in_turkish(
    source: str, sheet: str, row: int | None, column: str, words: str
) -> None:
    found = problem(source)
    assert (found.sheet, found.row, found.column) == (sheet, row, column)
    assert words in found.sentence


def test_an_unrecognised_complaint_keeps_pyxforms_own_words() -> None:
    header = "| survey | type | name | label | parameters |"
    found = problem(f"{header}\n| | range | a | A | start=x |")
    assert (found.sheet, found.row, found.column) == ("survey", 2, "parameters")
    assert "must be a number" in found.sentence


def test_the_place_is_the_same_in_a_spreadsheet() -> None:
    xlsx = markdown_to_xlsx(survey("text | a | A", "note | b | ${zz}").encode())
    found = problem(xlsx, "deneme.xlsx")
    assert (found.sheet, found.row, found.column) == ("survey", 3, "label")


def test_files_of_other_kinds_macros_and_broken_ones_are_refused() -> None:
    good = markdown_to_xlsx(survey("text | a | A").encode())
    assert ".xlsx" in problem(b"x", "form.pdf").sentence
    assert "Makrolu" in problem(good, "form.xlsm").sentence
    assert "bozuk" in problem(good[: len(good) // 2], "form.xlsx").sentence
    assert "UTF-8" in problem("| survey | ş |".encode("cp1254"), "form.md").sentence
    with_macro = BytesIO(good)
    with zipfile.ZipFile(with_macro, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert "makro" in problem(with_macro.getvalue(), "form.xlsx").sentence
    no_workbook = BytesIO()
    with zipfile.ZipFile(no_workbook, "w") as archive:
        archive.writestr("a.txt", b"x")
    assert (
        "bozuk" in problem(no_workbook.getvalue(), "form.xlsx").sentence
        or "XLSForm" in problem(no_workbook.getvalue(), "form.xlsx").sentence
    )


def test_a_zip_bomb_is_stopped_while_it_unpacks() -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"xl/{number}.xml", b"\0" * (25 * 1024 * 1024))
    assert len(bomb.getvalue()) < 200_000
    assert "izin verilenden büyük" in problem(bomb.getvalue(), "form.xlsx").sentence


def test_an_oversized_upload_is_not_opened() -> None:
    assert "5 MB" in problem(b"x" * (6 * 1024 * 1024), "form.xlsx").sentence


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("((. > 1)", "Parantez"),
        (". > 1)", "Parantez"),
        (". = 'a", "Tırnak"),
        (". > ", "eksik"),
        (". > 1 and", "eksik"),
        ("and . > 1", "eksik"),
        ("not(. = )", "eksik"),
    ],
)
def test_an_expression_no_tablet_can_read_is_refused_with_its_row(expression: str, words: str) -> None:
    header = "| survey | type | name | label | constraint |"
    found = problem(f"{header}\n| | text | b | B |  |\n| | integer | a | A | {expression} |")
    assert (found.sheet, found.row, found.column) == ("survey", 3, "constraint")
    assert words in found.sentence


def test_findings_that_would_open_empty_requests_are_advised_against() -> None:
    form = a_form(
        """
        begin_repeat | talepler | Talep |
        text | aciklama | Açıklama | aciklama
        end_repeat | | |
        """,
        header="type | name | label | save_to",
        more="| entities | list_name | label |\n| | talepler | ${aciklama} |",
    )
    assert "create_if yok" in form.warnings[0]
    assert "kategori, geometry, foto" in form.warnings[1]


def test_an_update_without_a_condition_is_advised_against() -> None:
    form = a_form(
        "select_one_from_file haneler.csv | hane | Hane |\ntext | ad | Ad | ad",
        header="type | name | label | save_to",
        more="| entities | list_name | label | entity_id |\n| | haneler | ${ad} | ${hane} |",
    )
    assert "update_if yok" in form.warnings[0]
    assert form.attachment_names == ("haneler.csv",)


def test_a_form_need_not_bring_the_lists_that_the_server_gives_out() -> None:
    form = a_form("select_one_from_file ziyaretler.csv | z | Z\ncsv-external | hedefler |")
    assert (form.attachment_names, form.definition.files) == ((), ("hedefler.csv", "ziyaretler.csv"))


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_xlsx_packed_as_no_spreadsheet_program_packs_is_refused(packing: int) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
        archive.writestr("xl/workbook.xml", "x" * 1000)
    assert "sıkıştırılmış" in problem(packed.getvalue(), "form.xlsx").sentence


def test_an_xlsx_damaged_inside_is_refused() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "x" * 1000)
    damaged = packed.getvalue().replace(packed.getvalue()[45:55], b"\xff" * 10, 1)
    assert "bozuk" in problem(damaged, "form.xlsx").sentence
