from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from field_forms.compile import compile_form
from field_forms.shipped_forms import ShippedForm, shipped_forms
from field_forms.spreadsheet import markdown_to_xlsx, read_markdown_sheets


@pytest.mark.parametrize("form", shipped_forms(), ids=lambda form: form.file_name)
def test_the_spreadsheet_of_a_form_compiles_to_the_very_same_form(form: ShippedForm) -> None:
    on = date(2026, 11, 21)
    from_spreadsheet = compile_form(markdown_to_xlsx(form.source), form.file_name.replace(".md", ".xlsx"), on=on)
    assert from_spreadsheet.xform == compile_form(form.source, form.file_name, on=on).xform


def test_nothing_in_a_cell_acts_as_a_formula() -> None:
    source = '| survey | type | name | label |\n| | text | a | =HYPERLINK("http://x") |\n| | +1 | -1 | @a |'
    sheet = load_workbook(BytesIO(markdown_to_xlsx(source.encode())))["survey"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.coordinate for cell in cells if cell.quotePrefix] == ["C2", "A3", "B3", "C3"]


def test_escaped_bars_stay_in_their_cell_and_headings_open_no_sheet() -> None:
    source = "# Başlık | burada\n\n| survey | type | name |\n|---|---|---|\n| | a \\| b | c |\n"
    assert read_markdown_sheets(source.encode()) == {"survey": [["type", "name"], ["a | b", "c"]]}


def test_control_characters_and_an_empty_file_do_not_break_the_workbook() -> None:
    assert load_workbook(BytesIO(markdown_to_xlsx(b""))).sheetnames == ["survey"]
    source = "| survey | type |\n| | a\x0bb\x01c |\n"
    assert load_workbook(BytesIO(markdown_to_xlsx(source.encode())))["survey"]["A2"].value == "abc"
