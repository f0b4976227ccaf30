import pytest

from field_forms.xml_tree import XmlElement
from field_forms.xpath_subset import Scope, compile_expression, compile_rule
from field_forms.xpath_values import UNKNOWN, Value, to_truth
from tests.unit.field_forms.filled_forms import RECEIVED_AT


def _leaf(name: str, text: str) -> XmlElement:
    return XmlElement(name, {}, [], text)


_SECOND = XmlElement("r", {}, [_leaf("b", "7")])
_ROOT = XmlElement(
    "data", {}, [_leaf("a", "3"), _leaf("gun", "2026-11-20"), XmlElement("r", {}, [_leaf("b", "4")]), _SECOND]
)


def evaluate(written: str, answer: str = "") -> Value:
    return compile_expression(written, "/data/r/b")(Scope([_ROOT, _SECOND], answer, RECEIVED_AT.date()))


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        (". >= 1 and . <= 30", "30"),
        (". <= /data/a", "3"),
        (". <=  /data/a ", "2.5"),
        ("../b = 7", ""),
        ("/data/r/b = 7", ""),
        ("current()/../b = '7'", ""),
        (". <= today()", "2026-11-21"),
        (". >= /data/gun", "2026-11-20"),
        (". < today() + 1", "2026-11-21T23:00:00"),
        (". = 'evet' or . = 'hayir'", "hayir"),
        ("not(selected(., 'yok') and count-selected(.) > 1)", "gida kira"),
        ("regex(., '^(\\+90|0)?[2-5][0-9]{9}$')", "+905321234567"),
        ("string-length(.) > 3 and string-length(.) < 5", "ığüş"),
        ("if(. > 2, 'a', 'b') = 'a'", "3"),
        ("-1 < . * 2 - 1", "0.5"),
        ("7 mod 4 = 3 and 6 div 4 = 1.5", ""),
        ("coalesce(/data/yok, .) = 'x'", "x"),
        ("/data/yok = ''", ""),
        ("int(3.7) = 3 and int(-3.7) = -3", ""),
        (". != 'a'", "b"),
        ("true() and not(false())", ""),
        (". >= date('2020-01-01')", "2026-11-21"),
    ],
)
def test_the_plain_subset_is_evaluated_as_clients_do(written: str, answer: str) -> None:
    assert evaluate(written, answer) is True


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        (". >= 1 and . <= 30", "31"),
        (". <= today()", "2026-11-22"),
        ("regex(., '^[0-9]{1,10}$')", "12345678901"),
        ("selected(., 'gi')", "gida"),
        (". = ''", "a"),
        ("false() and pulldata('x')", ""),
    ],
)
def test_what_is_certainly_broken_is_false(written: str, answer: str) -> None:
    assert to_truth(evaluate(written, answer)) is False


@pytest.mark.parametrize(
    "written",
    [
        "instance('x')/root/item[name=1]/label = 'a'",
        "count(/data/r) > 1",
        "pulldata('a', 'b', 'c', .)",
        ". > 3 and position(..) = 1",
        "/data/a[1] = 3",
        "@id = 1",
        "regex(., '(a+)+$')",
        ". + 1 > 2",
        "1 div 0 > 1",
        "/other/a = 1",
        "../../../../a = 1",
        "",
        ". >",
        "'open",
        "selected(.)",
        "(" * 50 + "1" + ")" * 50,
    ],
)
def test_what_only_a_client_can_tell_is_unknown(written: str) -> None:
    assert to_truth(evaluate(written, "aaaa" if ". > 3" not in written else "5")) is UNKNOWN


def test_a_path_to_several_instances_is_unknown() -> None:
    outside = compile_expression("/data/r/b = 7", "/data/a")
    assert outside(Scope([_ROOT], "", None)) is UNKNOWN


def test_today_is_unknown_when_the_day_is() -> None:
    assert compile_expression(". <= today()", "/data/a")(Scope([_ROOT], "2026-01-01", None)) is UNKNOWN


@pytest.mark.parametrize(
    ("written", "kept", "broken"),
    [
        (". >= 1 and . <= 30", ["1", "30", "3.0", "x", ""], ["0", "31"]),
        ("string-length(.) <= 3", ["ığü", ""], ["ığüş"]),
        ("regex(., '^[0-9]{1,10}$')", ["1234567890"], ["12345678901", "x", ""]),
        ("not(selected(., 'yok') and count-selected(.) > 1)", ["gida kira", "yok"], ["gida yok"]),
        (". = 'evet' or pulldata('x')", ["evet", "hayir"], []),
        (". != 'x' and pulldata('x')", ["y"], ["x"]),
        ("pulldata('a', 'b', 'c', .)", ["a", ""], []),
    ],
)
def test_a_rule_that_needs_the_answer_alone_is_a_test_of_it(written: str, kept: list[str], broken: list[str]) -> None:
    rule = compile_rule(written, "/data/r/b")
    assert rule is not None
    assert [text for text in kept if not rule(text)] == []
    assert [text for text in broken if rule(text)] == []


@pytest.mark.parametrize("written", [". <= /data/a", "../b = .", ". = 1 or . = current()/../a", ". >= today()"])
def test_a_rule_that_looks_elsewhere_is_no_test_of_the_answer(written: str) -> None:
    assert compile_rule(written, "/data/r/b") is None


@pytest.mark.parametrize(
    ("written", "truth"),
    [
        ("pulldata('x') and false()", False),
        ("pulldata('x') and true()", UNKNOWN),
        ("true() and pulldata('x')", UNKNOWN),
        ("pulldata('x') or true()", True),
        ("pulldata('x') or false()", UNKNOWN),
        ("false() or pulldata('x')", UNKNOWN),
        ("'' or 0", False),
        ("'a' and 2", True),
    ],
)
def test_what_one_side_decides_is_known_though_the_other_is_not(written: str, truth: Value) -> None:
    assert to_truth(evaluate(written)) is truth
