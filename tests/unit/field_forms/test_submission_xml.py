import pytest

from field_forms import submission_xml
from field_forms.submission_xml import TooManyElements, UnreadableSubmission, read_submission
from field_forms.xml_tree import BadXml, read_xml
from tests.unit.field_forms.filled_forms import INSTANCE_ID, a_household, household_xml

_META = "<meta><instanceID>uuid:a</instanceID></meta>"


def test_a_submission_says_which_form_version_and_instance_it_is() -> None:
    read = a_household()
    assert (read.form_id, read.version, read.instance_id, read.deprecated_id) == (
        "hane",
        "2026112101",
        INSTANCE_ID,
        None,
    )


def test_an_edit_names_what_it_replaces() -> None:
    xml = '<data id="f"><meta><instanceID>uuid:b</instanceID><deprecatedID> uuid:a </deprecatedID></meta></data>'
    assert read_submission(xml.encode()).deprecated_id == "uuid:a"


def test_prefixes_and_namespaces_chosen_by_the_client_do_not_matter() -> None:
    xml = f'<x:data xmlns:x="urn:x" xmlns:o="urn:o" id="f" o:version="7">{_META}</x:data>'
    read = read_submission(xml.encode())
    assert (read.root.name, read.form_id, read.version) == ("data", "f", "7")


def test_turkish_letters_entities_and_line_breaks_arrive_whole() -> None:
    read = read_submission(f'<data id="f"><a>İğdır &amp; Şişli&#10;ı</a>{_META}</data>'.encode())
    assert read.text_at("/data/a") == "İğdır & Şişli\nı"


@pytest.mark.parametrize(
    ("xml", "refusal"),
    [
        (b"", submission_xml.EmptySubmission),
        (b" \n ", submission_xml.EmptySubmission),
        (b"merhaba", submission_xml.NotXml),
        (household_xml()[:-20], submission_xml.NotXml),
        (b"\x89PNG\r\n\x1a\n\x00\x00", submission_xml.NotUtf8),
        ('<?xml version="1.0" encoding="windows-1254"?><data id="f">ş</data>'.encode("cp1254"), submission_xml.NotUtf8),
        (f'<data id="f">{_META}</data>'.encode("utf-16"), submission_xml.NotUtf8),
        (f'<!DOCTYPE data><data id="f">{_META}</data>'.encode(), submission_xml.HasDoctype),
        (
            b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><data id="f">&b;</data>',
            submission_xml.HasDoctype,
        ),
        (b'<!DOCTYPE d SYSTEM "http://169.254.169.254/x"><data id="f"/>', submission_xml.HasDoctype),
        (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="f">&x;</data>', submission_xml.HasDoctype),
        (b'<data id="f">&unknown;</data>', submission_xml.NotXml),
        (b"<a>" * 100 + b"</a>" * 100, submission_xml.TooDeep),
        (b"<a>" + b"<b/>" * 20_001 + b"</a>", submission_xml.TooManyElements),
        (b"<a>" + b"x" * (20 * 1024 * 1024) + b"</a>", submission_xml.SubmissionTooLarge),
        (f"<data>{_META}</data>".encode(), submission_xml.NoFormId),
        (f'<data id=" ">{_META}</data>'.encode(), submission_xml.NoFormId),
        (f'<data id="{"f" * 300}">{_META}</data>'.encode(), submission_xml.NoFormId),
        (b'<data id="f"/>', submission_xml.NoInstanceId),
        (b'<data id="f"><meta><instanceID> </instanceID></meta></data>', submission_xml.NoInstanceId),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_attributed_is_refused_with_its_own_code(
    xml: bytes, refusal: type[UnreadableSubmission]
) -> None:
    with pytest.raises(UnreadableSubmission) as refused:
        read_submission(xml)
    assert type(refused.value) is refusal
    assert "koordinatör" in refused.value.sentence


def test_every_refusal_has_a_code_of_its_own() -> None:
    kinds = UnreadableSubmission.__subclasses__()
    assert len({kind.code for kind in kinds} | {UnreadableSubmission.code}) == len(kinds) + 1


def test_a_declared_encoding_that_is_not_true_is_ignored() -> None:
    xml = f'<?xml version="1.0" encoding="iso-8859-9"?><data id="f"><a>ş</a>{_META}</data>'
    assert read_submission(xml.encode("utf-8")).text_at("/data/a") == "ş"


def test_an_element_with_more_attributes_than_any_form_has_is_refused() -> None:
    attributes = " ".join(f'a{number}=""' for number in range(100_001))
    with pytest.raises(TooManyElements):
        read_submission(f"<data {attributes}/>".encode())
    in_a_text = f'<data id="hane"><not>{"=" * 50_000}</not><meta><instanceID>uuid:1</instanceID></meta></data>'
    assert read_submission(in_a_text.encode()).form_id == "hane"


@pytest.mark.parametrize(
    ("xml", "reason", "line"),
    [
        (b"<a>\n" * 65 + b"<b", "too_deep", 65),
        (b"<a>\n" * 64 + b"<b", "not_xml", 65),
        (b"<a>\n" + b"<b/>\n" * 20_000 + b"</b>", "too_many_elements", 20_001),
        (b"<a>\n" + b"<b/>\n" * 19_999 + b"</b>", "not_xml", 20_001),
        (b"<a>\n" + b"<b>" * 64 + b"</b>" * 64 + b"\n<b></c></a>", "too_deep", 2),
        (b"<?xml version='1.0'?>\n<!DOCTYPE a>\n<a></b>", "has_doctype", 2),
        (b"<a>\n\n</b>", "not_xml", 3),
    ],
)
def test_the_first_thing_that_is_wrong_is_told_with_its_line(xml: bytes, reason: str, line: int) -> None:
    with pytest.raises(BadXml) as refused:
        read_xml(xml)
    assert (refused.value.reason, refused.value.line) == (reason, line)


def test_as_deep_and_as_many_elements_as_are_allowed_are_read() -> None:
    deepest, levels = read_xml(b"<a>" * 64 + b"x" + b"</a>" * 64), 1
    while deepest.children:
        deepest, levels = deepest.children[0], levels + 1
    assert (levels, deepest.text) == (64, "x")
    assert len(read_xml(b"<a>" + b"<b></b>" * 19_999 + b"</a>").children) == 19_999


def test_angle_brackets_in_comments_and_texts_are_no_elements() -> None:
    many = "<" * 30_000
    read = read_submission(f'<data id="f"><!-- {many} --><a><![CDATA[{many}]]></a>{_META}</data>'.encode())
    assert read.text_at("/data/a") == many


def test_only_a_leaf_has_text_unless_what_stands_between_is_asked_for() -> None:
    xml = b"<l>one <o:a xmlns:o='x' o:v='1'/> two<!-- - --> three<b>leaf</b>\n</l>"
    plain = read_xml(xml)
    assert [(child.name, child.attributes, child.text) for child in plain.children] == [
        ("a", {"v": "1"}, ""),
        ("b", {}, "leaf"),
    ]
    mixed = read_xml(xml, keep_mixed_text=True)
    assert [(child.name, child.text) for child in mixed.children] == [
        ("#text", "one "),
        ("a", ""),
        ("#text", " two three"),
        ("b", "leaf"),
        ("#text", "\n"),
    ]
    assert (plain.text, mixed.text) == ("", "")
