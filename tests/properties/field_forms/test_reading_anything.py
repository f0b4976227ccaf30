"""Whatever arrives, the reader refuses in its own words and the checks never fall over."""

from hypothesis import example, given
from hypothesis import strategies as st

from field_forms.answers import label_answers
from field_forms.entities import read_entities
from field_forms.submission_xml import SubmissionXml, UnreadableSubmission, read_submission
from field_forms.validation import MAX_REMARKS, validate, visit_point
from field_forms.xml_tree import XmlElement
from field_forms.xpath_subset import Scope, compile_expression
from field_forms.xpath_values import Unknown
from tests.unit.field_forms.filled_forms import RECEIVED_AT, definition, household_xml

_SOUND = household_xml()
_FORM = definition("hane")
_NAMES = sorted({node.name for node in _FORM.nodes.values()} | {"meta", "entity", "label", "instanceID", "x", "data"})
_ANSWERS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["evet", "gorusuldu", "41 29 0 300", "29 41", "0 0", "nan nan", "2026-11-21", "2026-02-30T25:00:00Z", "1e999",
         "-", "9" * 400, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "२", "1_0", "\0", "gida gida yok"]
    ),
)  # fmt: skip
_PATCHES = st.binary(max_size=12) | _ANSWERS.map(str.encode)
_ATTRIBUTES = st.dictionaries(
    st.sampled_from(["id", "dataset", "create", "update", "baseVersion", "trunkVersion", "branchId", "version"]),
    st.one_of(st.sampled_from(["talepler", "1", "hane"]), st.text(max_size=20)),
    max_size=4,
)
_TREES = st.recursive(
    st.builds(XmlElement, st.sampled_from(_NAMES), _ATTRIBUTES, st.just([]), _ANSWERS),
    lambda children: st.builds(XmlElement, st.sampled_from(_NAMES), _ATTRIBUTES, st.lists(children, max_size=6)),
    max_leaves=40,
)


def _check_everything(submission: SubmissionXml) -> None:
    remarks = validate(submission, _FORM, received_at=RECEIVED_AT)
    assert len(remarks) <= MAX_REMARKS + 3
    assert all(remark.code and remark.sentence for remark in remarks)
    ids = [entity.entity_id for entity in read_entities(submission, _FORM)]
    assert len(ids) == len(set(ids))
    label_answers(submission, _FORM)
    point = visit_point(submission, _FORM)
    assert point is None or point.is_on_earth


def _read_and_check(xml: bytes) -> None:
    try:
        submission = read_submission(xml)
    except UnreadableSubmission:
        return
    _check_everything(submission)


@given(st.binary(max_size=400))
@example(b"\xef\xbb\xbf")
@example(b"<a xmlns:='x'/>")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    _read_and_check(data)


@given(
    st.lists(
        st.tuples(st.integers(0, len(_SOUND) - 1), st.integers(0, 40), _PATCHES),
        min_size=1,
        max_size=4,
    )
)
def test_a_damaged_submission_is_read_or_refused(damages: list[tuple[int, int, bytes]]) -> None:
    data = _SOUND
    for position, length, replacement in damages:
        data = data[:position] + replacement + data[position + length :]
    _read_and_check(data)


@given(st.lists(_TREES, max_size=8), st.sampled_from(["data", "x"]))
def test_no_tree_makes_the_checks_fall_over(children: list[XmlElement], root: str) -> None:
    tree = XmlElement(root, {"id": "hane"}, children)
    _check_everything(SubmissionXml("hane", "1", "uuid:a", None, tree))


_PIECES = st.sampled_from(
    [
        ".",
        "..",
        "../a",
        "/data/a",
        "/data/r/b",
        "current()/../a",
        "1",
        "2.5",
        "'x'",
        '"2026-11-21"',
        "(",
        ")",
        ",",
        "and",
        "or",
        "not(",
        "selected(.,'a')",
        "today()",
        "=",
        "!=",
        "<",
        "<=",
        "+",
        "-",
        "*",
        "div",
        "mod",
        "regex(.,'^(a+)+$')",
        "if(",
        "coalesce(",
        "int(",
        "instance('x')",
        "[1]",
        "@id",
        "number(.)",
        "''",
        "true()",
        "string-length(.)",
    ]
)


@given(st.lists(_PIECES, max_size=12).map(" ".join) | st.text(max_size=40), _ANSWERS)
@example("(" * 5000, "a")
@example("not(" * 5000, "a")
@example("- " * 5000 + "1", "a")
@example("1 div 0", "a")
@example("regex(., '(a|a)*$')", "a" * 200 + "b")
def test_any_expression_answers_or_says_unknown(written: str, answer: str) -> None:
    root = XmlElement("data", {}, [XmlElement("a", {}, [], "3"), XmlElement("r", {}, [XmlElement("b", {}, [], "4")])])
    value = compile_expression(written, "/data/r/b")(Scope([root, root.children[1]], answer, RECEIVED_AT.date()))
    assert isinstance(value, str | float | bool | int | Unknown)
