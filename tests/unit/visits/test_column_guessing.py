"""What a column is taken for: by the words of its header, however written, else by what stands in it."""

from uuid import uuid4

import pytest

from visits.column_guessing import GuessedSheet, field_of_header, guess_kind, guess_sheet, is_identity_number
from visits.written_values import MahalleNames

MAHALLE = MahalleNames.of([("Akpınar", uuid4()), ("Yukarı Dudullu", uuid4()), ("Aşağı Dudullu", uuid4())])


def guessed(*rows: str) -> GuessedSheet:
    return guess_sheet([(number, row.split(";")) for number, row in enumerate(rows, start=1)], MAHALLE)


def fields(*rows: str) -> list[str | None]:
    return [column.field for column in guessed(*rows).columns]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("VEFAT EDENİN ADI SOYADI", "ad"), ("İşyeri Unvanı", "ad"), ("Soyadı", "soyad"), ("Cep Tel.", "telefon"),
        ("Yakınının Cep Telefonu", "telefon"), ("AÇIK ADRES", "adres"), ("İç Kapı No", "daire"), ("Mah.", "mahalle"),
        ("Ölüm Tarihi", "olay_tarihi"), ("Celp tarihi", "olay_tarihi"), ("Adres Kodu (UAVT)", "uavt"),
        ("Sıra No", None), ("Vergi No", None), ("Doğum Tarihi", None), ("T.C. Kimlik No", None), ("Elma", None),
    ],
)  # fmt: skip
def test_a_header_is_known_by_its_words(header: str, field: str | None) -> None:
    assert field_of_header(header) == field


def test_a_list_without_a_header_is_known_by_what_stands_in_it() -> None:
    sheet = guessed(
        "Ali Kaya;0532 123 45 67;1234567890;20.11.2026;41,0053;29,2134;Akpınar Mah.;Gül Sk. No: 5",
        "Ayşe Öz;0216 555 44 33;1234567891;21.11.2026;41,0051;29,2131;Y. Dudullu;Lale Cd. 12/3",
    )
    assert sheet.header_row == 0
    assert [column.field for column in sheet.columns] == [
        "ad", "telefon", "uavt", "olay_tarihi", "enlem", "boylam", "mahalle", "adres",
    ]  # fmt: skip
    assert sheet.columns[0].header == "A sütunu"


def test_the_header_is_found_below_titles_and_twins_are_told_apart() -> None:
    sheet = guessed(
        "ÜMRANİYE BELEDİYESİ", "Vefat listesi;;", "Ad Soyad;Telefon;Telefon;Ad Soyad", "Ali;05321234567;;Can"
    )
    assert sheet.header_row == 3
    assert [column.field for column in sheet.columns] == ["ad", "telefon", "telefon_2", None]


def test_identity_numbers_are_dropped_whatever_their_header_says() -> None:
    assert is_identity_number("10000000146")
    assert not is_identity_number("10000000147")
    assert [column.is_dropped for column in guessed("Ad;Belge", "Ali;10000000146").columns] == [False, True]
    assert [column.is_dropped for column in guessed("Ad;TC Kimlik No", "Ali;").columns] == [False, True]


@pytest.mark.parametrize(
    ("name", "headers", "kind"),
    [
        ("kasim_vefat_listesi.xlsx", [], "vefat"), ("liste.csv", ["Ad", "Sevk Tarihi"], "asker"),
        ("ruhsat.xlsx", ["Ünvan"], "yeni_isyeri"), ("liste.csv", ["Ad", "Taşınma tarihi"], "tasinan"),
        ("a.csv", [], "hane"),
    ],
)  # fmt: skip
def test_the_kind_of_list_is_guessed_from_its_words(name: str, headers: list[str], kind: str) -> None:
    assert guess_kind(name, headers) == kind


def test_a_mahalle_is_found_however_it_is_written_where_that_is_only_one() -> None:
    for written in ("AKPINAR MAH.", "akpinar mh", "Akpınar Mahallesi", "Akp."):
        assert MAHALLE.find(written) == MAHALLE.by_key["akpinar"]
    assert MAHALLE.find("Y. Dudullu") == MAHALLE.by_key["yukari dudullu"]
    assert MAHALLE.find("Dudullu") is None
    assert MAHALLE.in_address("Akpınar Mah. Gül Sk. No: 5") == MAHALLE.by_key["akpinar"]
    assert MAHALLE.suggest("Akpnar") == ["Akpınar"]
    twins = MahalleNames.of([("Fatih", uuid4()), ("FATİH", uuid4())])
    assert twins.find("Fatih") is None
