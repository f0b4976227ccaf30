import sys
from datetime import timedelta

import pytest

from field_forms.points import Point, parse_point
from field_forms.remarks import Remark
from field_forms.submission_xml import SubmissionXml
from field_forms.validation import MAX_INSTANCES, MAX_REMARKS, validate, visit_point
from tests.unit.field_forms.filled_forms import RECEIVED_AT, a_form, a_household, definition, filled

_HOUSEHOLD_GROUP = (
    "<hane><kisi_sayisi>4</kisi_sayisi><cocuk_sayisi>2</cocuk_sayisi><ihtiyaclar>gida kira</ihtiyaclar></hane>"
)


def remarks(submission: SubmissionXml) -> list[Remark]:
    return validate(submission, definition(), received_at=RECEIVED_AT)


def codes(submission: SubmissionXml) -> list[tuple[str, str]]:
    return [(remark.code, remark.path) for remark in remarks(submission)]


def of_form(rows: str, answers: str, **columns: str) -> list[str]:
    form = a_form(rows, **columns).definition
    return [remark.code for remark in validate(filled(answers), form, received_at=RECEIVED_AT)]


def test_a_sound_visit_earns_no_remark() -> None:
    assert remarks(a_household()) == []


def test_a_required_answer_left_out_is_told_by_its_turkish_label() -> None:
    found = remarks(a_household(("<anket_kabul>hayir</anket_kabul>", "")))
    assert found == [
        Remark(
            "answer.missing", "/data/anket_kabul",
            "Zorunlu soru yanıtlanmamış: «Kısa memnuniyet anketini yanıtlar mısınız?».",
        )
    ]  # fmt: skip


def test_nothing_is_missed_in_a_part_that_was_not_relevant() -> None:
    empty = a_household(
        ("<sonuc>gorusuldu</sonuc>", "<sonuc>evde_yok</sonuc>"),
        ("<aydinlatma_yapildi>evet</aydinlatma_yapildi><acik_riza>evet</acik_riza>", ""),
        (_HOUSEHOLD_GROUP, ""),
        ("<anket_kabul>hayir</anket_kabul>", ""),
    )  # fmt: skip
    assert remarks(empty) == []


def test_a_relevant_group_that_is_absent_still_owes_its_required_answers() -> None:
    without = a_household(
        (_HOUSEHOLD_GROUP, ""),
    )  # fmt: skip
    assert codes(without) == [("answer.missing", "/data/hane/kisi_sayisi")]


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (("<kisi_sayisi>4", "<kisi_sayisi>dört"), "answer.wrong_type", "/data/hane/kisi_sayisi"),
        (("<cocuk_sayisi>2", "<cocuk_sayisi>9"), "answer.out_of_range", "/data/hane/cocuk_sayisi"),
        (("<brosur>evet", "<brosur>belki"), "answer.unknown_choice", "/data/brosur"),
        (("gida kira", "gida altin"), "answer.unknown_choice", "/data/hane/ihtiyaclar"),
        (("gida kira", "gida yok"), "answer.out_of_range", "/data/hane/ihtiyaclar"),
        (("05321234567", "12345"), "answer.out_of_range", "/data/kisi/telefon"),
        (("<brosur>", "<uydurma>1</uydurma><brosur>"), "answer.unknown_node", "/data/uydurma"),
        (("<brosur>evet</brosur>", "<brosur>evet</brosur><brosur>hayir</brosur>"), "answer.repeated", "/data/brosur"),
        (("1700000000001.jpg", "../../etc/passwd"), "answer.wrong_type", "/data/talepler[1]/foto"),
        (("yol_kaldirim", "uzay"), "answer.unknown_choice", "/data/talepler[1]/kategori"),
        (("41.0 29.2 0.0 5.0", "29.2 41.0 0.0 5.0"), "point.swapped", "/data/yer/konum"),
        (("41.0 29.2 0.0 5.0", "0 0 0 0"), "point.zero", "/data/yer/konum"),
        (("41.0 29.2 0.0 5.0", "0.0 0.0"), "point.zero", "/data/yer/konum"),
        (("41.0 29.2 0.0 5.0", "191 29.2 0 0"), "point.not_on_earth", "/data/yer/konum"),
        (("41.0 29.2 0.0 5.0", "0 6"), "point.outside_turkey", "/data/yer/konum"),
        (("41.0 29.2 0.0 5.0", "kuzey"), "answer.wrong_type", "/data/yer/konum"),
        (("41.0 29.2 0.0 5.0", "nan nan"), "answer.wrong_type", "/data/yer/konum"),
    ],
)
def test_what_is_odd_is_flagged_where_it_stands(change: tuple[str, str], code: str, path: str) -> None:
    assert codes(a_household(change)) == [(code, path)]


def test_poor_gps_is_told_in_metres() -> None:
    found = remarks(a_household(("41.0 29.2 0.0 5.0", "41.0 29.2 0.0 300.0")))
    assert [remark.code for remark in found] == ["point.inaccurate"]
    assert "GPS doğruluğu 300 m" in found[0].sentence


def test_free_text_is_not_repeated_in_a_remark_because_lists_show_it() -> None:
    found = remarks(a_household(("05321234567", "Ayşe teyzenin numarası")))
    assert [remark.code for remark in found] == ["answer.out_of_range"]
    assert "Ayşe" not in found[0].sentence


@pytest.mark.parametrize("answer", ["Ayşe Yılmaz", "05321234567", "Mehmet"])
def test_a_name_or_phone_in_the_place_of_a_choice_is_not_repeated_either(answer: str) -> None:
    (found,) = remarks(a_household(("<brosur>evet", f"<brosur>{answer}")))
    assert found.code == "answer.unknown_choice"
    assert answer not in found.sentence


def test_a_choice_code_that_is_unknown_is_repeated_so_that_it_can_be_repaired() -> None:
    (found,) = remarks(a_household(("<brosur>evet", "<brosur>belki")))
    assert found.sentence == "«Hizmet broşürü bırakıldı mı?» için listede olmayan bir yanıt geldi (belki)."


@pytest.mark.parametrize(
    ("data_type", "good", "bad"),
    [
        ("integer", ["3", "-3", "+3", "3.0", " 3 "], ["3.5", "üç", "1e3", "0x3", "3" * 40]),
        ("decimal", ["3", "3.0", ".5", "-1.25e3"], ["nan", "inf", "3,5", "1_000", "1e999"]),
        ("date", ["2026-11-21", "2026-11-21T00:00:00.000+03:00"], ["21.11.2026", "2026-13-01", "2026-02-30"]),
        (
            "dateTime",
            ["2026-11-21T09:00:00.000+03:00", "2026-11-21T06:00:00Z", "2026-11-21T06:00"],
            ["2026-11-21", "x", "0001-01-01T00:00+14:00"],
        ),
        ("time", ["09:30", "09:30:00.000+03:00", "09:30:00Z"], ["25:00", "9.30"]),
        ("geopoint", ["41 29", "41.0 29.0 0.0 0.0", "41 29 1"], ["41", "41,0 29,0", "41 29 0 0 0"]),
        ("geotrace", ["41 29 0 0;41.1 29 0 0;", "41 29; 41 29.1"], ["41;29", "x"]),
        ("image", ["a.jpg", "çeşme.jpg"], ["a/b.jpg", ".gizli", "a\\b"]),
    ],
)
def test_types_are_read_in_every_spelling_clients_use(data_type: str, good: list[str], bad: list[str]) -> None:
    wrong = ["answer.wrong_type"]
    form = a_form(f"{data_type} | a | A").definition

    def type_remarks(text: str) -> list[str]:
        found = validate(filled(f"<a>{text}</a>"), form, received_at=RECEIVED_AT)
        return [remark.code for remark in found if remark.code.startswith("answer")]

    assert [text for text in good if type_remarks(text)] == []
    assert [text for text in bad if type_remarks(text) != wrong] == []  # fmt: skip


def test_choices_from_a_file_are_checked_only_when_its_rows_are_given() -> None:
    form = a_form("select_one_from_file renkler.csv | renk | Renk").definition
    strange = filled("<renk>mor</renk>")
    assert validate(strange, form, received_at=RECEIVED_AT) == []
    known = {"renkler.csv": frozenset({"mavi"})}
    assert [remark.code for remark in validate(strange, form, received_at=RECEIVED_AT, choice_files=known)] == [
        "answer.unknown_choice"
    ]


def test_remarks_come_in_the_order_of_the_form_whatever_the_order_of_the_answers() -> None:
    rows = """
        integer | a | A | yes |
        text | b | B | yes | . != 'x'
        begin_group | g | G | |
        text | c | C | yes |
        date | d | D | |
        end_group | | | |
        integer | e | E | | . < /data/a
        text | f | F | yes |
        """
    form = a_form(rows, header="type | name | label | required | constraint").definition
    answers = "<g><d>x</d></g><yok/><e>9</e><b>x</b><a>3</a>"
    found = validate(filled(answers), form, received_at=RECEIVED_AT)
    assert [(remark.code, remark.path) for remark in found] == [
        ("answer.out_of_range", "/data/b"),
        ("answer.missing", "/data/g/c"),
        ("answer.wrong_type", "/data/g/d"),
        ("answer.out_of_range", "/data/e"),
        ("answer.missing", "/data/f"),
        ("answer.unknown_node", "/data/yok"),
    ]


def test_an_answer_of_blanks_is_no_answer() -> None:
    assert of_form("text | a | A | yes", "<a> \n </a>", header="type | name | label | required") == ["answer.missing"]
    assert of_form("integer | a | A", "<a> \n </a>") == []


def test_a_rule_the_server_cannot_evaluate_is_left_to_the_client() -> None:
    rows = "integer | a | A | . > count(/data/a)"
    assert of_form(rows, "<a>1</a>", header="type | name | label | constraint") == []


def test_the_part_of_a_rule_that_is_certainly_broken_is_told() -> None:
    rows = "integer | a | A | . > 5 and . > pow(2, 2)"
    assert of_form(rows, "<a>1</a>", header="type | name | label | constraint") == ["answer.out_of_range"]


def test_rules_inside_a_repeat_look_at_their_own_instance() -> None:
    rows = """
        begin_repeat | r | R | |
        integer | en_az | En az | |
        integer | en_cok | En çok | | . >= ${en_az}
        end_repeat | | | |
        """
    answers = "<r><en_az>1</en_az><en_cok>2</en_cok></r><r><en_az>5</en_az><en_cok>4</en_cok></r>"
    form = a_form(rows, header="type | name | label | relevant | constraint").definition
    found = validate(filled(answers), form, received_at=RECEIVED_AT)
    assert [(remark.code, remark.path) for remark in found] == [("answer.out_of_range", "/data/r[2]/en_cok")]


def test_today_is_the_day_of_answering_and_unknown_for_a_draft_over_days() -> None:
    past = ("<daire_no>3</daire_no><sonuc>gorusuldu</sonuc>",
            "<daire_no>3</daire_no><sonuc>ertelendi</sonuc><tekrar_tarihi>2026-11-20</tekrar_tarihi>")  # fmt: skip
    over_days = ("2026-11-21T09:00:00.000+03:00", "2026-11-20T09:00:00.000+03:00")
    assert ("answer.out_of_range", "/data/tekrar_tarihi") in codes(a_household(past))
    assert ("answer.out_of_range", "/data/tekrar_tarihi") not in codes(a_household(past, over_days))


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2026-11-23T09:00:00+03:00", "2026-11-23T09:10:00+03:00", "clock.ahead"),
        ("2026-11-19T09:00:00+03:00", "2026-11-19T09:10:00+03:00", "clock.late"),
        ("2026-11-21T09:10:00+03:00", "2026-11-21T09:00:00+03:00", "clock.end_before_start"),
    ],
)
def test_a_clock_two_days_off_is_flagged(start: str, end: str, code: str) -> None:
    changed = a_household(("2026-11-21T09:00:00.000+03:00", start), ("2026-11-21T09:14:00.000+03:00", end))
    assert [remark.code for remark in remarks(changed)] == [code]


def test_a_tablet_that_tells_its_time_is_judged_by_it_and_not_by_being_late() -> None:
    late = RECEIVED_AT + timedelta(days=5)
    form = definition()
    assert validate(a_household(), form, received_at=late, device_time=late - timedelta(minutes=2)) == []
    slow = validate(a_household(), form, received_at=late, device_time=late - timedelta(days=2))
    assert [(remark.code, remark.sentence) for remark in slow] == [
        ("clock.offset", "Tabletin saati 2 gün geri; saat ayarını denetleyin.")
    ]


def test_a_hopeless_submission_does_not_fill_the_page() -> None:
    nonsense = "".join(f"<x{number}/>" for number in range(500))
    assert len(remarks(a_household(("<brosur>", f"{nonsense}<brosur>")))) == MAX_REMARKS


def test_another_form_altogether_is_one_remark() -> None:
    found = validate(filled(""), definition(), received_at=RECEIVED_AT)
    assert "answer.missing" in {remark.code for remark in found}


def test_the_visit_took_place_at_the_first_point_outside_repeats() -> None:
    assert visit_point(a_household(), definition()) == Point(lon=29.2, lat=41.0, accuracy_m=5.0)
    assert visit_point(a_household(("41.0 29.2 0.0 5.0", "")), definition()) is None


def test_a_long_text_in_the_place_of_a_point_is_not_kept_in_memory() -> None:
    long_point, no_point = f"41.{'0' * 1_000} 29", "x" * 1_000
    holders = sys.getrefcount(long_point), sys.getrefcount(no_point)
    assert parse_point(long_point) == Point(lon=29.0, lat=41.0)
    assert parse_point(no_point) is None
    assert (sys.getrefcount(long_point), sys.getrefcount(no_point)) == holders


def test_a_repeat_sent_thousands_of_times_is_told_and_not_walked_through() -> None:
    many = "<talepler/>" * (MAX_INSTANCES + 1)
    found = codes(a_household(("<brosur>", f"{many}<brosur>")))
    assert found[0] == ("answer.too_many", "/data/talepler")
    assert len(found) == MAX_REMARKS
