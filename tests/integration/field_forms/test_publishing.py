from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete

from field_forms.compile import CompiledForm, compile_form
from field_forms.library import FormLibrary, KnownForm, load_file
from field_forms.publishing import (
    AttachmentMissing,
    UnknownForm,
    VersionAlreadyPublished,
    load_forms,
    load_versions,
    publish_form,
    set_form_state,
)  # fmt: skip
from field_forms.shipped_forms import shipped_forms
from field_forms.tables import FormState, FormVersion
from field_forms.validation import validate
from foundation.database import Database
from tests.unit.field_forms.filled_forms import RECEIVED_AT, a_form, compiled, filled

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BY = UUID(int=7)


def publish(database: Database, form: CompiledForm, *, at: datetime = AT, **files: bytes) -> UUID:
    with database.writing() as session:
        return publish_form(session, form, {f"{name}.csv": content for name, content in files.items()}, at=at, by=BY).id


def version_of(form: CompiledForm, version: str, title: str = "Deneme") -> CompiledForm:
    source = form.source.replace(b"| form_id | version |", b"| form_id | version | form_title |")
    source = source.replace(b"| deneme | 1 |", f"| deneme | {version} | {title} |".encode())
    return compile_form(source, "deneme.md", on=date(2026, 11, 21))


def test_every_shipped_form_is_published_and_offered_with_its_files(database: Database) -> None:
    with database.writing() as session:
        for form in shipped_forms():
            made = compile_form(form.source, form.file_name, on=AT.date())
            publish_form(session, made, form.attachments, at=AT, by=None, visit_type=form.visit_type)
    with database.reading() as session:
        offered = FormLibrary().open_forms(session)
    assert [form.form_id for form in offered] == sorted(form.visit_type for form in shipped_forms())
    assert [file.file_name for form in offered for file in form.files] == ["is_kollari.csv"] * 3
    assert {form.visit_type for form in offered} == {form.form_id for form in offered}


def test_publishing_the_same_again_changes_nothing(database: Database) -> None:
    first = publish(database, compiled("hane"))
    assert publish(database, compiled("hane"), at=AT + timedelta(days=1)) == first
    with database.reading() as session:
        (version,) = load_versions(session, "hane")
        assert (version.published_at, version.published_by) == (AT, BY)


def test_the_same_version_with_other_content_is_refused(database: Database) -> None:
    publish(database, a_form("text | ad | Adı"))
    with pytest.raises(VersionAlreadyPublished, match="version değerini artırıp"):
        publish(database, a_form("text | soyad | Soyadı"))


def test_the_same_version_with_another_file_is_refused(database: Database) -> None:
    form = a_form("select_one_from_file renkler.csv | renk | Renk")
    publish(database, form, renkler=b"name,label\nmavi,Mavi\n")
    with pytest.raises(VersionAlreadyPublished):
        publish(database, form, renkler=b"name,label\nal,Al\n")


def test_a_form_whose_file_is_missing_is_not_published(database: Database) -> None:
    with pytest.raises(AttachmentMissing, match=r"renkler\.csv"):
        publish(database, a_form("select_one_from_file renkler.csv | renk | Renk"))
    with database.reading() as session:
        assert load_forms(session) == []


def test_the_newest_version_is_offered_and_the_older_stays_readable(database: Database) -> None:
    form = a_form("text | ad | Adı")
    publish(database, version_of(form, "1"))
    publish(database, version_of(form, "2", "Deneme, yenisi"), at=AT + timedelta(hours=1))
    library = FormLibrary()
    with database.reading() as session:
        (offered,) = library.open_forms(session)
        assert (offered.version, offered.title) == ("2", "Deneme, yenisi")
        old, new = (library.definition(session, "deneme", version) for version in ("1", "2"))
        assert old is not None
        assert new is not None
        assert (old.version, new.version) == ("1", "2")
        assert library.definition(session, "deneme", "3") is None
        assert library.definition(session, "yok", "1") is None


def test_what_is_served_is_byte_for_byte_what_was_hashed(database: Database) -> None:
    publish(database, compiled("hane"))
    with database.reading() as session:
        published = FormLibrary().published(session, "hane", "2026112802")
    assert published is not None
    assert published.xform == compiled("hane").xform
    assert published.xform_hash == compiled("hane").xform_hash


def test_a_version_read_once_is_not_read_again(database: Database) -> None:
    publish(database, compiled("hane"))
    library = FormLibrary()
    with database.reading() as session:
        first = library.definition(session, "hane", "2026112802")
    with database.writing() as session:
        session.execute(delete(FormVersion))
    with database.reading() as session:
        assert library.definition(session, "hane", "2026112802") is first


def test_choices_kept_in_a_file_are_known_to_the_checks(database: Database) -> None:
    with_mark = "name,label\nal,Al\n".encode("utf-8-sig")
    publish(database, a_form("select_one_from_file renkler.csv | renk | Renk"), renkler=with_mark)
    with database.reading() as session:
        published = FormLibrary().published(session, "deneme", "1")
        assert published is not None
        file = load_file(session, published.version_id, "renkler.csv")
        assert load_file(session, published.version_id, "yok.csv") is None
    assert file is not None
    assert (file.media_type, file.content) == ("text/csv", with_mark)
    assert published.choice_labels == {"renkler.csv": {"al": "Al"}}

    def codes(answer: str) -> list[str]:
        files = {name: frozenset(labels) for name, labels in published.choice_labels.items()}
        found = validate(
            filled(f"<renk>{answer}</renk>"), published.definition, received_at=RECEIVED_AT, choice_files=files
        )
        return [remark.code for remark in found]

    assert codes("al") == []
    assert codes("mor") == ["answer.unknown_choice"]


def test_closing_hides_a_form_and_closed_is_told_apart(database: Database) -> None:
    publish(database, compiled("hane"))
    library = FormLibrary()
    for state in (FormState.CLOSING, FormState.CLOSED, FormState.OPEN):
        with database.writing() as session:
            set_form_state(session, "hane", state)
        library.forget_listing()
        with database.reading() as session:
            assert library.known_form(session, "hane") == KnownForm(state, None)
            assert len(library.open_forms(session)) == (1 if state is FormState.OPEN else 0)
            assert library.definition(session, "hane", "2026112802") is not None


def test_the_state_of_a_form_nobody_published_cannot_be_set(database: Database) -> None:
    with database.writing() as session, pytest.raises(UnknownForm):
        set_form_state(session, "yok", FormState.CLOSED)
    with database.reading() as session:
        assert FormLibrary().known_form(session, "yok") is None


def test_another_process_publishing_is_noticed_after_a_moment_and_nothing_new_keeps_the_listing(
    database: Database,
) -> None:
    now = [0.0]
    library = FormLibrary(recheck_after_s=2.0, monotonic=lambda: now[0])
    publish(database, compiled("hane"))
    with database.reading() as session:
        first = library.all_forms(session)
    publish(database, compiled("taziye"))
    with database.reading() as session:
        now[0] = 1.9
        assert library.fresh_listing is not None
        assert library.all_forms(session) is first
        assert library.known_form(session, "taziye") == KnownForm(FormState.OPEN, None)
    with database.reading() as session:
        now[0] = 2.1
        assert library.fresh_listing is None
        second = library.all_forms(session)
        assert [form.form_id for form in second] == ["hane", "taziye"]
        now[0] = 5.0
        assert library.all_forms(session) is second


def test_the_itemsets_that_pyxform_makes_travel_with_the_form(database: Database) -> None:
    external = "| external_choices | list_name | name | label | il |\n| | ilce | umraniye | Ümraniye | istanbul |"
    form = a_form(
        "text | il | İl |\nselect_one_external ilce | ilce | İlçe | il=${il}",
        header="type | name | label | choice_filter", more=f"| choices | list_name | name | label |\n{external}",
    )  # fmt: skip
    publish(database, form)
    with database.reading() as session:
        (offered,) = FormLibrary().open_forms(session)
    assert [(file.file_name, file.media_type) for file in offered.files] == [("itemsets.csv", "text/csv")]
