"""What changed between two versions of a form, and which changes break with the answers that are there."""

from datetime import date

import pytest

from field_forms.compile import compile_form
from field_forms.form_changes import FormChange, Version, compare_versions
from field_forms.shipped_forms import shipped_forms
from tests.unit.field_forms.filled_forms import a_form

CHOICES = "\n| choices | list_name | name | label |\n" + "".join(
    f"| | renk | {value} | {label} |\n" for value, label in (("al", "Al"), ("mavi", "Mavi"))
)
FEWER = "\n| choices | list_name | name | label |\n| | renk | mavi | Gök mavisi |\n| | renk | mor | Mor |\n"


def changes(before: str, after: str, *, old: str = "", new: str = "", **given: str) -> list[FormChange]:
    return compare_versions(
        Version(a_form(before, more=old, **given).definition), Version(a_form(after, more=new, **given).definition)
    )


def told(found: list[FormChange]) -> list[tuple[str, str, str, str, bool]]:
    return [(one.kind, one.question, one.before, one.after, one.breaks) for one in found]


def test_questions_that_came_and_went_are_told_and_one_that_went_breaks() -> None:
    found = changes("text | ad | Adı\n text | yas | Yaşı", "text | ad | Adı\n date | gun | Günü")
    assert told(found) == [
        ("question_removed", "yas", "metin", "", True),
        ("question_added", "gun", "", "tarih", False),
    ]
    assert [one.label for one in found] == ["Yaşı", "Günü"]


@pytest.mark.parametrize(
    ("before", "after", "breaks"),
    [
        ("integer", "decimal", False),
        ("decimal", "integer", True),
        ("integer", "text", False),
        ("text", "integer", True),
        ("date", "text", False),
        ("select_one renk", "select_multiple renk", False),
        ("select_multiple renk", "select_one renk", True),
        ("text", "select_one renk", True),
        ("image", "text", True),
    ],
)
def test_a_type_that_became_narrower_breaks_a_wider_one_does_not(before: str, after: str, *, breaks: bool) -> None:
    found = changes(f"{before} | x | X", f"{after} | x | X", old=CHOICES, new=CHOICES)
    assert [(one.kind, one.breaks) for one in found] == [("type_changed", breaks)]


def test_a_choice_that_is_gone_breaks_one_that_is_called_otherwise_does_not() -> None:
    found = changes("select_one renk | r | Rengi", "select_one renk | r | Rengi", old=CHOICES, new=FEWER)
    assert told(found) == [
        ("choice_removed", "r", "Al", "", True),
        ("choice_added", "r", "", "Mor", False),
        ("choice_label_changed", "r", "Mavi", "Gök mavisi", False),
    ]


def test_labels_rules_and_duties_are_told_and_break_nothing() -> None:
    header = "type | name | label | required | relevant"
    found = changes("text | a | A | |\n text | b | B | |", "text | a | Â | yes |\n text | b | B | | ${a} = 'x'",
                    header=header)  # fmt: skip
    assert [(one.kind, one.question, one.breaks) for one in found] == [
        ("required_changed", "a", False),
        ("label_changed", "a", False),
        ("rule_changed", "b", False),
    ]


def test_a_question_moved_into_another_group_is_the_same_and_into_a_repeat_breaks() -> None:
    alone = "text | a | A\n text | b | B"
    grouped = "begin_group | g | G\n text | a | A\n end_group | | \n text | b | B"
    repeated = "begin_repeat | g | G\n text | a | A\n end_repeat | | \n text | b | B"
    assert changes(alone, grouped) == []
    assert told(changes(alone, repeated)) == [("repeat_changed", "a", "bir kez", "g", True)]


def test_choices_that_lie_in_a_file_are_compared_too() -> None:
    form = a_form("select_one_from_file renk.csv | r | Rengi").definition
    older, newer = Version(form, {"renk.csv": {"al": "Al"}}), Version(form, {"renk.csv": {"mor": "Mor"}})
    assert [(one.kind, one.breaks) for one in compare_versions(older, newer)] == [
        ("choice_removed", True),
        ("choice_added", False),
    ]


def test_a_form_does_not_differ_from_itself() -> None:
    form = next(one for one in shipped_forms() if one.visit_type == "halk_gunu")
    once, again = (compile_form(form.source, form.file_name, on=date(2026, 11, 21)).definition for _ in range(2))
    assert compare_versions(Version(once), Version(again)) == []
