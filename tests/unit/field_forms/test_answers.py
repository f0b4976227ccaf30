from uuid import UUID

from field_forms.answers import AnswerView, label_answers
from field_forms.named_files import named_files
from field_forms.visit_summary import summarise
from tests.unit.field_forms.filled_forms import a_form, a_household, definition, filled


def flat(views: list[AnswerView] | tuple[AnswerView, ...]) -> dict[str, AnswerView]:
    found = {view.path: view for view in views}
    for view in views:
        found |= flat(view.children)
    return found


def test_a_visit_is_shown_in_the_words_of_its_form() -> None:
    shown = flat(label_answers(a_household(), definition()))
    assert (shown["/data/sonuc"].label, shown["/data/sonuc"].text) == ("Ziyaretin sonucu", "Görüşüldü")
    assert shown["/data/hane/ihtiyaclar"].text == "Gıda, Kira ve barınma"
    assert shown["/data/yer/konum"].text == "41.000000, 29.200000 (±5 m)"
    assert (shown["/data/talepler[1]/foto"].kind, shown["/data/talepler[1]/foto"].raw) == ("file", "1700000000001.jpg")
    assert (shown["/data/talepler[1]"].kind, shown["/data/talepler[1]"].number) == ("repeat", 1)


def test_the_same_visit_reads_in_english() -> None:
    shown = flat(label_answers(a_household(), definition(), "en"))
    assert (shown["/data/sonuc"].label, shown["/data/sonuc"].text) == ("Result of the visit", "Met")


def test_bookkeeping_notes_and_empty_answers_are_left_out() -> None:
    shown = flat(label_answers(a_household(), definition()))
    hidden = {"/data/start", "/data/today", "/data/gorusme/aydinlatma", "/data/meta", "/data/hane/konut"}
    assert hidden & set(shown) == set()


def test_dates_times_numbers_and_file_choices_are_readable() -> None:
    form = a_form(
        """
        date | gun | Gün
        dateTime | an | An
        time | saat | Saat
        decimal | sayi | Sayı
        acknowledge | onay | Onay
        select_one_from_file renkler.csv | renk | Renk
        """
    ).definition
    answers = (
        "<gun>2026-11-21</gun><an>2026-11-21T06:05:00Z</an><saat>09:30:00.000+03:00</saat><sayi>3.5</sayi>"
        "<onay>OK</onay><renk>mavi</renk>"
    )
    shown = label_answers(filled(answers), form, choice_labels={"renkler.csv": {"mavi": "Mavi"}})
    assert [view.text for view in shown] == ["21.11.2026", "21.11.2026 09:05", "09:30", "3,5", "Onaylandı", "Mavi"]


def test_what_the_form_does_not_know_is_shown_raw() -> None:
    shown = label_answers(a_household(("<brosur>", "<yeni><soru>7</soru></yeni><brosur>")), definition())
    (stranger,) = [view for view in shown if view.kind == "unknown"]
    assert (stranger.label, stranger.children[0].raw) == ("yeni", "7")


def test_a_version_not_known_here_is_shown_raw() -> None:
    shown = flat(label_answers(a_household(), None))
    assert shown["/data/sonuc"].text == "gorusuldu"
    assert "/data/meta" not in shown


def test_broken_answers_are_shown_as_they_came() -> None:
    shown = flat(label_answers(a_household(("41.0 29.2 0.0 5.0", "kuzey"), ("yol_kaldirim", "uzay")), definition()))
    assert shown["/data/yer/konum"].text == "kuzey"
    assert shown["/data/talepler[1]/kategori"].text == "uzay"


def test_every_named_file_is_listed_once_the_audit_log_too_and_those_that_must_be_pictures() -> None:
    again = ("1700000000002.jpg", "1700000000001.jpg")
    audit = ("<orx:instanceID>", "<orx:audit>audit.csv</orx:audit><orx:instanceID>")
    named = named_files(a_household(), definition())
    assert list(named.items()) == [("1700000000001.jpg", True), ("1700000000002.jpg", True)]
    named_again = named_files(a_household(again, audit), definition())
    assert list(named_again.items()) == [("1700000000001.jpg", True), ("audit.csv", False)]


def test_a_visit_chosen_from_the_list_shows_no_id_and_whom_it_went_to() -> None:
    form = a_form(
        """
        select_one_from_file ziyaretler.csv | secilen_ziyaret | Ziyaret
        text | hedef_adi | Hedef
        text | hedef_adresi | Adres
        text | sokak | Sokak
        """
    ).definition
    chosen = f"<secilen_ziyaret>{UUID(int=7)}</secilen_ziyaret><hedef_adi>Ayşe Yılmaz</hedef_adi>"
    sent = filled(f"{chosen}<hedef_adresi>Gül Sk. 12</hedef_adresi><sokak></sokak>")
    assert label_answers(sent, form)[0].text == "Listeden seçildi"
    summary = summarise(sent, form)
    assert (summary.person_name, summary.address) == ("Ayşe Yılmaz", "Gül Sk. 12")
    typed = filled(f"{chosen}<hedef_adresi>Gül Sk. 12</hedef_adresi><sokak>Lale Sk.</sokak>")
    assert summarise(typed, form).address == "Lale Sk."
