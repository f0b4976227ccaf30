"""Files as they come from other offices: each is read as its owner sees it, or refused with what to do about it."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.unit.visits.list_files import a_workbook, cells_of, rows_of, saved, with_part
from visits.list_file import open_list
from visits.list_file_errors import MAX_ROWS, ListTooLarge, UnreadableList
from visits.xlsx_cells import FORMULA_WITHOUT_VALUE

TURKISH = [["Ad", "Adres"], ["Şükrü Iğdır", "Çiğdem Sk. İnönü, No: 5"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1254", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_is_read_in_every_way_that_spreadsheets_write_it(encoding: str, delimiter: str) -> None:
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in TURKISH)
    assert cells_of(text.encode(encoding)) == TURKISH


def test_quotes_inside_cells_lines_inside_cells_and_excels_own_separator_line_are_understood() -> None:
    content = 'sep=;\nAd;Not\n"Ali ""Usta"" Kaya";"iki\nsatır"\n'.encode()
    assert rows_of(content) == [(2, ["Ad", "Not"]), (3, ['Ali "Usta" Kaya', "iki satır"])]


def test_numbers_written_as_text_keep_their_leading_zeros() -> None:
    workbook, _ = a_workbook(["UAVT"], ["0012345678"])
    assert cells_of(saved(workbook))[1] == cells_of(b"UAVT\n0012345678")[1] == ["0012345678"]


def test_a_workbook_is_read_as_its_owner_sees_it() -> None:
    day = datetime(2026, 11, 20)  # noqa: DTZ001 a cell has no time zone
    workbook, page = a_workbook(["Ad", "Telefon", "UAVT", "Gün", "Enlem", "Var", "Not"])
    page.append(["Ayşe", 5321234567, 1234567890.0, day, 41.005, True, None])
    assert cells_of(saved(workbook))[1] == ["Ayşe", "5321234567", "1234567890", "2026-11-20", "41.005", "evet"]


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
def test_days_are_right_whichever_year_the_workbook_counts_from(epoch: datetime | None) -> None:
    workbook, page = a_workbook(["Gün"])
    if epoch is not None:
        workbook.epoch = epoch
    page.append([date(2026, 11, 20)])
    content = saved(workbook)
    assert cells_of(content)[1] == ["2026-11-20"]
    assert open_list(content).date_base == (1904 if epoch else 1900)


def test_of_a_formula_its_stored_value_is_read_and_a_missing_one_is_told() -> None:
    workbook, _ = a_workbook(["Ad", "Telefon"], ["Ali", "=1+1"])
    content = saved(workbook)
    assert cells_of(content)[1] == ["Ali", FORMULA_WITHOUT_VALUE]
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = archive.read(name)
    calculated = part.replace(b"<f>1+1</f><v/>", b"<f>1+1</f><v>2</v>").replace(
        b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>"
    )
    assert calculated != part
    assert cells_of(with_part(content, name, calculated))[1] == ["Ali", "2"]


def test_a_cell_joined_over_rows_says_its_value_in_each_of_them() -> None:
    workbook, page = a_workbook(["Mahalle", "Ad"], ["Akpınar", "Ali"], [None, "Ayşe"], ["Fatih", "Can"])
    page.merge_cells("A2:A3")
    assert cells_of(saved(workbook))[1:] == [["Akpınar", "Ali"], ["Akpınar", "Ayşe"], ["Fatih", "Can"]]


def test_the_first_sheet_that_holds_anything_is_taken_and_hidden_ones_are_not_offered() -> None:
    workbook, _ = a_workbook()
    hidden = workbook.create_sheet("Gizli")
    hidden.append(["Parola"])
    hidden.sheet_state = "hidden"
    workbook.create_sheet("Liste").append(["Ad"])
    content = saved(workbook)
    assert open_list(content).sheets == ("Sheet", "Liste")
    assert cells_of(content) == [["Ad"]]


def test_a_million_empty_rows_are_passed_over() -> None:
    workbook, _ = a_workbook(["Ad"], ["Ali"])
    content = saved(workbook)
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = archive.read(name)
    empty = b"".join(b'<row r="%d" spans="1:3"/>' % number for number in range(3, 1_000_003))
    assert cells_of(with_part(content, name, part.replace(b"</sheetData>", empty + b"</sheetData>"))) == [
        ["Ad"],
        ["Ali"],
    ]


def test_two_hundred_columns_are_read() -> None:
    workbook, _ = a_workbook([f"Sütun {number}" for number in range(200)], range(200))
    assert len(cells_of(saved(workbook))[1]) == 200


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for number in range(9):
            archive.writestr(f"xl/{number}.xml", b"\0" * (50 * 1024 * 1024))
    return packed.getvalue()


def a_zip(**parts: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("_DOT_", "."), text)
    return packed.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "refusal", "told"),
    [
        (b"", UnreadableList, "hiç kayıt yok"),
        (b" \n\n", UnreadableList, "hiç kayıt yok"),
        (b"PK\x03\x04broken", UnreadableList, "bozuk"),
        (OLE + b"\0" * 600, UnreadableList, "eski Excel"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), UnreadableList, "parola"),
        (a_zip(content_DOT_xml="<a/>", mimetype="x"), UnreadableList, "LibreOffice"),
        (a_zip(readme_DOT_txt="merhaba"), UnreadableList, "Excel listesi değil"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", UnreadableList, "CSV ya da XLSX değil"),
        (b"ad\n" + b"x" * 5_000, ListTooLarge, "4.000 karakter"),
        (b"ad\n" + b"x\n" * (MAX_ROWS + 100), ListTooLarge, "100.000 satır"),
        (b";".join([b"x"] * 300), ListTooLarge, "256"),
        (b"x" * (21 * 1024 * 1024), ListTooLarge, "20 MB"),
        (bomb(), ListTooLarge, "çok büyüyor"),
    ],
    ids=["empty", "blank", "zip", "xls", "encrypted", "ods", "other zip", "picture", "cell", "rows", "columns", "size",
         "bomb"],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_with_what_to_do(content: bytes, refusal: type[Exception], told: str) -> None:
    with pytest.raises(refusal, match=told):
        rows_of(content)


def test_a_document_type_in_a_sheet_is_refused() -> None:
    workbook, _ = a_workbook(["Ad"])
    part = b'<!DOCTYPE a [<!ENTITY x "y">]><worksheet xmlns="x"><sheetData/></worksheet>'
    with pytest.raises(UnreadableList, match="bozuk"):
        rows_of(with_part(saved(workbook), "xl/worksheets/sheet1.xml", part))
