import pytest
from pyxform.xls2xform import convert

from field_forms.definition import DeclaredEntity, FormDefinition, UnreadableForm, read_definition
from field_forms.shipped_categories import shipped_categories
from tests.unit.field_forms.filled_forms import a_form, compiled, definition

SHIPPED = ("hane", "esnaf", "taziye", "asker_ugurlama", "mahalle_tespit")


def test_a_definition_tells_what_is_asked_and_how() -> None:
    form = definition("hane")
    assert (form.form_id, form.title, form.root_path) == ("hane", "Hane ziyareti", "/data")
    assert form.default_language == "Türkçe (tr)"
    point = form.nodes["/data/yer/konum"]
    assert (point.data_type, point.required, point.label("tr")) == ("geopoint", "true()", "Ziyaretin yapıldığı nokta")
    assert point.label("en") == "Where the visit takes place"
    needs = form.nodes["/data/hane/ihtiyaclar"]
    assert needs.control == "select"
    assert needs.choices is not None
    assert [choice.value for choice in needs.choices.choices][:2] == ["yok", "gida"]
    assert form.nodes["/data/talepler"].is_repeat
    assert form.nodes["/data/talepler/foto"].is_binary
    assert form.nodes["/data/yer"].is_group


def test_nodes_stand_in_the_order_of_the_form() -> None:
    paths = list(definition("hane").nodes)
    assert paths[:4] == ["/data/start", "/data/end", "/data/today", "/data/planli"]
    assert paths[paths.index("/data/yer") + 1] == "/data/yer/konum"


def test_a_list_from_a_file_is_marked_with_its_file_and_columns() -> None:
    form = definition("esnaf")
    choices = form.nodes["/data/isyeri/is_kolu"].choices
    assert choices is not None
    assert (choices.file_name, choices.value_column, choices.label_column) == ("is_kollari.csv", "name", "label")
    assert form.files == ("hedefler.csv", "is_kollari.csv", "ziyaretler.csv")


@pytest.mark.parametrize("form_id", SHIPPED)
def test_every_shipped_form_opens_requests_with_the_same_properties(form_id: str) -> None:
    form = definition(form_id)
    (declared,) = (entity for entity in form.entities if entity.dataset == "talepler")
    assert (declared.dataset, declared.container, declared.update_if) == ("talepler", "/data/talepler", None)
    assert declared.create_if
    assert saved_in(form, declared) == {"kategori", "aciklama", "geometry", "foto"}


@pytest.mark.parametrize("form_id", sorted(set(SHIPPED) - {"mahalle_tespit"}))
def test_every_visit_that_can_be_planned_is_marked_and_its_target_corrected(form_id: str) -> None:
    form = definition(form_id)
    entities = {entity.dataset: entity for entity in form.entities}
    assert saved_in(form, entities["ziyaretler"]) == {"durum", "neden", "tekrar_tarihi"}
    assert entities["ziyaretler"].create_if is None
    corrected = {"ad", "telefon", "adres"}
    created = {"hane": {"tur", "uavt", "geometry"}, "esnaf": {"tur", "yetkili", "uavt", "geometry"}}.get(form_id, set())
    assert saved_in(form, entities["hedefler"]) == corrected | created
    assert bool(entities["hedefler"].create_if) is bool(created)
    assert all(entities[name].update_if for name in ("ziyaretler", "hedefler"))


def saved_in(form: FormDefinition, declared: DeclaredEntity) -> set[str]:
    inside = (node for path, node in form.nodes.items() if path.startswith(f"{declared.container}/"))
    return {node.save_to for node in inside if node.save_to}


@pytest.mark.parametrize("form_id", SHIPPED)
def test_every_shipped_form_offers_the_shipped_categories(form_id: str) -> None:
    choices = definition(form_id).nodes["/data/talepler/kategori"].choices
    assert choices is not None
    offered = [(choice.value, *choice.labels.values()) for choice in choices.choices]
    assert offered == [(category.code, category.label_tr, category.label_en) for category in shipped_categories()]


@pytest.mark.parametrize("form_id", SHIPPED)
def test_every_question_of_a_shipped_form_speaks_turkish_and_english(form_id: str) -> None:
    form = definition(form_id)
    shown = [node for node in form.nodes.values() if node.control or node.kind != "question"]
    assert [node.path for node in shown if len([text for text in node.labels.values() if text]) < 2] == []
    ruled = [node for node in form.nodes.values() if node.constraint]
    assert [node.path for node in ruled if len(node.constraint_messages) < 2] == []


@pytest.mark.parametrize("form_id", SHIPPED)
def test_an_untouched_findings_repeat_stays_closed_behind_a_question(form_id: str) -> None:
    relevant = definition(form_id).nodes["/data/talepler"].relevant
    assert relevant is not None
    assert "/data/talep_var" in relevant
    assert compiled(form_id).warnings == ()


def test_labels_with_inserted_answers_media_and_no_language_are_read() -> None:
    form = a_form(
        """
        text | ad | Adı
        note | selam | Merhaba ${ad}, hoş geldin
        """,
        header="type | name | label",
    ).definition
    assert form.nodes["/data/selam"].label() == "Merhaba …, hoş geldin"


def test_nested_repeats_ranges_ranks_and_entities_in_groups_are_read() -> None:
    form = a_form(
        """
        begin_repeat | kat | Kat | |
        integer | no | No | |
        begin_repeat | daire | Daire | |
        text | sahip | Sahip | | sahip
        end_repeat | | | |
        end_repeat | | | |
        range | puan | Puan | start=0 end=10 step=1 |
        rank renk | sira | Sıra | |
        """,
        header="type | name | label | parameters | save_to",
        more=(
            "| choices | list_name | name | label |\n| | renk | a | A |\n| | renk | b | B |\n"
            "| entities | list_name | label |\n| | daireler | ${sahip} |"
        ),
    ).definition
    assert form.nodes["/data/kat/daire"].is_repeat
    assert form.entities == (DeclaredEntity("daireler", "/data/kat/daire", create_if=""),)
    assert form.nodes["/data/puan"].data_type == "int"
    assert form.nodes["/data/sira"].control == "rank"


@pytest.mark.parametrize("xform", [b"", b"<html/>", b"<html><head><model/></head></html>", b"no", b"<!DOCTYPE a><a/>"])
def test_what_is_no_xform_is_refused(xform: bytes) -> None:
    with pytest.raises(UnreadableForm):
        read_definition(xform)


def test_an_xform_written_prettily_reads_the_same() -> None:
    form = compiled("esnaf")
    pretty = convert(form.source, file_type=".md", pretty_print=True).xform.encode()
    assert pretty != form.xform
    assert read_definition(pretty).nodes == form.definition.nodes


def test_a_form_of_every_question_type_is_read() -> None:
    form = a_form(
        """
        start | start | | |
        audit | | | |
        deviceid | cihaz | | |
        username | kim | | |
        background-audio | ses_kaydi | | |
        text | ad | Ad | |
        select_one renk or_other | renk | Renk | |
        select_multiple renk | renkler | Renkler | minimal |
        select_one_external ilce | ilce | İlçe | | x=${ad}
        select_one_from_file yerler.geojson | yer | Yer | map |
        select_one uzak | aranan | Aranan | search('renkler') |
        csv-external | fiyatlar | | |
        geotrace | hat | Hat | |
        geoshape | alan | Alan | |
        audio | ses | Ses | |
        video | film | Film | |
        file | belge | Belge | |
        image | imza | İmza | signature |
        barcode | kod | Kod | |
        acknowledge | onay | Onay | |
        hidden | gizli | | |
        begin_group | tablo | Tablo | table-list |
        select_one renk | ilk | İlk | |
        end_group | | | |
        begin_repeat | tekrar | Tekrar | |
        begin_group | ic | İç | field-list |
        date | gun | Gün | |
        end_group | | | |
        end_repeat | | | |
        """,
        header="type | name | label | appearance | choice_filter",
        more=(
            "| choices | list_name | name | label |\n| | renk | al | Al |\n| | renk | mavi | Mavi |\n"
            "| | uzak | ad | etiket |\n| external_choices | list_name | name | label | x |\n| | ilce | a | A | b |"
        ),
    ).definition
    types = {path.removeprefix("/data/"): node.data_type for path, node in form.nodes.items()}
    assert {types[name] for name in ("ses", "film", "belge", "imza")} == {"binary"}
    assert (types["hat"], types["alan"], types["tekrar/ic/gun"]) == ("geotrace", "geoshape", "date")
    listed = {node.name: node.choices for node in form.nodes.values() if node.choices}
    assert {name for name, choices in listed.items() if choices.is_open} == {"ilce", "aranan"}
    assert listed["yer"].file_name == "yerler.geojson"
    assert [choice.value for choice in listed["renkler"].choices] == ["al", "mavi", "other"]
    assert set(form.files) == {"yerler.geojson", "fiyatlar.csv"}
