from uuid import UUID

import pytest

from field_forms.entities import EntityDeclaration, read_entities
from field_forms.points import Point
from tests.unit.field_forms.filled_forms import FINDING_ID, a_form, a_household, definition, filled


def findings(*changes: tuple[str, str]) -> list[EntityDeclaration]:
    return read_entities(a_household(*changes), definition())


def test_a_finding_is_a_create_with_its_answers_point_and_photos() -> None:
    (finding,) = findings()
    assert (finding.dataset, finding.entity_id, finding.creates, finding.updates) == (
        "talepler",
        FINDING_ID,
        True,
        False,
    )
    assert finding.label == "Kaldırım"
    assert finding.properties == {
        "kategori": "yol_kaldirim",
        "aciklama": "Kaldırım taşları sökülmüş.",
        "geometry": "41.001 29.201 0.0 7.5",
        "foto": "1700000000001.jpg",
    }
    assert finding.point == Point(lon=29.201, lat=41.001, accuracy_m=7.5)
    assert finding.photo_names == ("1700000000001.jpg", "1700000000002.jpg")
    assert (finding.container, finding.remarks) == ("/data/talepler[1]", ())


def test_only_one_and_true_mean_true() -> None:
    spellings = ("1", "true", "0", "", "yes", "TRUE")
    created = [written for written in spellings if findings(('create="1"', f'create="{written}"'))[0].creates]
    assert created == ["1", "true"]


@pytest.mark.parametrize("written", ["abc", "uuid:", "' or 1=1", "0" * 40])
def test_a_malformed_id_is_replaced_by_one_that_a_resend_gets_again(written: str) -> None:
    first, again = findings((FINDING_ID, written)), findings((FINDING_ID, written))
    assert first == again
    assert UUID(first[0].entity_id)
    assert [remark.code for remark in first[0].remarks] == ["entity.malformed_id"]


@pytest.mark.parametrize("written", [FINDING_ID, FINDING_ID.upper(), f"uuid:{FINDING_ID}", f"{{{FINDING_ID}}}"])
def test_an_id_is_the_same_however_it_is_written(written: str) -> None:
    (finding,) = findings((FINDING_ID, written))
    assert (finding.entity_id, finding.remarks) == (FINDING_ID, ())


def test_a_missing_id_is_derived_without_a_word_because_a_known_client_leaves_it_out() -> None:
    first, again = findings((FINDING_ID, "")), findings((FINDING_ID, ""))
    assert first == again
    assert UUID(first[0].entity_id)
    assert first[0].remarks == ()


def test_two_findings_with_one_id_stay_two_findings() -> None:
    xml = '<talepler><kategori>diger</kategori><meta><entity dataset="talepler" create="1" id="{}"/></meta></talepler>'
    both = findings(("<talepler>", xml.format(FINDING_ID) + "<talepler>"))
    assert [finding.container for finding in both] == ["/data/talepler[1]", "/data/talepler[2]"]
    assert len({finding.entity_id for finding in both}) == 2
    assert [remark.code for remark in both[1].remarks] == ["entity.repeated_id"]
    assert both[0].photo_names == ()


def test_an_update_carries_the_versions_it_was_based_on() -> None:
    (entity,) = findings(
        ('create="1"', 'update="1" baseVersion="4" trunkVersion="3" branchId="b1"'),
    )
    assert (entity.updates, entity.creates) == (True, False)
    assert (entity.base_version, entity.trunk_version, entity.branch_id) == (4, 3, "b1")


@pytest.mark.parametrize("written", ["", "-1", "1.5", "x", "٣", "9" * 30])
def test_a_version_that_is_no_number_is_none(written: str) -> None:
    (entity,) = findings(('create="1"', f'update="1" baseVersion="{written}"'))
    assert entity.base_version is None


def test_a_declaration_of_another_list_is_not_taken_for_ours() -> None:
    assert findings(('dataset="talepler"', 'dataset="haneler"')) == []


def test_entities_of_group_and_repeat_keep_to_their_own_answers() -> None:
    form = a_form(
        """
        begin_group | ev | Ev | |
        geopoint | yer | Yer | | haneler#geometry
        text | ad | Ad | | haneler#ad
        begin_repeat | r | R | |
        image | resim | Resim | | talepler#foto
        text | ne | Ne | | talepler#aciklama
        end_repeat | | | |
        end_group | | | |
        """,
        header="type | name | label | hint | save_to",
        more="| entities | list_name | label |\n| | haneler | ${ad} |\n| | talepler | ${ne} |",
    ).definition
    house, first, second = (str(UUID(int=number)) for number in (1, 2, 3))

    def meta(dataset: str, entity_id: str) -> str:
        return f'<meta><entity dataset="{dataset}" create="1" id="{entity_id}"><label>L</label></entity></meta>'

    repeats = (
        f"<r><resim>a.jpg</resim><ne>x</ne>{meta('talepler', first)}</r>"
        f"<r><resim>b.jpg</resim><ne>y</ne>{meta('talepler', second)}</r>"
    )
    answers = f"<ev><yer>41 29</yer><ad>Ev</ad>{repeats}{meta('haneler', house)}</ev>"
    found = read_entities(filled(answers), form)
    assert sorted((one.dataset, one.container, one.photo_names) for one in found) == [
        ("haneler", "/data/ev", ()),
        ("talepler", "/data/ev/r[1]", ("a.jpg",)),
        ("talepler", "/data/ev/r[2]", ("b.jpg",)),
    ]
    by_id = {one.entity_id: one for one in found}
    assert by_id[house].properties == {"geometry": "41 29", "ad": "Ev"}
    assert by_id[second].properties == {"foto": "b.jpg", "aciklama": "y"}
    assert by_id[second].point is None
