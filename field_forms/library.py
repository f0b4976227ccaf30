"""Published forms, kept in this process: versions never change, so they are read once.

Which forms are open does change, also by another process; the listing is asked anew after a moment, and at once after
`forget_listing` in the process that published.
"""

import csv
import io
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from field_forms.definition import FormDefinition, read_definition
from field_forms.served_lists import served_lists_in
from field_forms.tables import Form, FormAttachment, FormState, FormVersion

_KEPT_VERSIONS = 200


class OfferedFile(msgspec.Struct, frozen=True):
    """A file of a version, without its bytes."""

    file_name: str
    media_type: str
    hash: str


class OfferedForm(msgspec.Struct, frozen=True):
    """The newest version of a form and the files it needs, as formList and manifest show them."""

    form_id: str
    version: str
    version_id: UUID
    title: str
    xform_hash: str
    state: FormState
    visit_type: str | None
    files: tuple[OfferedFile, ...]
    # Names of the entity lists of ours that it uses.
    entity_lists: tuple[str, ...] = ()


class KnownForm(msgspec.Struct, frozen=True):
    """What a form is, whichever its versions: open, closing or closed, and on which visits it is filled."""

    state: FormState
    visit_type: str | None


class PublishedVersion(msgspec.Struct, frozen=True, eq=False):
    """One version with all that is needed to check and to show its submissions.

    `choice_labels` holds, for each choice list kept in a file, value → label; `validate` takes it as `choice_files`.
    """

    version_id: UUID
    xform: bytes
    xform_hash: str
    definition: FormDefinition
    choice_labels: Mapping[str, Mapping[str, str]]


class FormLibrary:
    """The process's memory of published forms. Safe to share between threads.

    `recheck_after_s`: how long another process's publishing may go unnoticed.
    """

    def __init__(self, *, recheck_after_s: float = 2.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._recheck_after_s = recheck_after_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._versions: OrderedDict[tuple[str, str], PublishedVersion] = OrderedDict()
        self._listing: tuple[OfferedForm, ...] = ()
        self._listed_at: float | None = None
        # Which of our entity lists a version uses: read from its XForm once, because versions never change.
        self._entity_lists: dict[UUID, tuple[str, ...]] = {}

    def definition(self, session: Session, form_id: str, version: str) -> FormDefinition | None:
        """Return the definition of a version, None when it was never published here."""
        published = self.published(session, form_id, version)
        return None if published is None else published.definition

    def published(self, session: Session, form_id: str, version: str) -> PublishedVersion | None:
        """Return a version with its bytes and choice files, None when it was never published here."""
        key = (form_id, version)
        with self._lock:
            found = self._versions.get(key)
            if found is not None:
                self._versions.move_to_end(key)
                return found
        # Read outside the lock: two threads may both read the same version once, which is harmless.
        loaded = _load(session, form_id, version)
        if loaded is None:
            return None
        with self._lock:
            found = self._versions.setdefault(key, loaded)
            while len(self._versions) > _KEPT_VERSIONS:
                self._versions.popitem(last=False)
        return found

    def all_forms(self, session: Session) -> tuple[OfferedForm, ...]:
        """Return the newest version of every form, whatever its state.

        The same tuple object is returned while nothing has changed, so callers can hang what they render on it.
        """
        fresh = self.fresh_listing
        if fresh is not None:
            return fresh
        asked_at = self._monotonic()
        listing = self._with_entity_lists(session, _list_forms(session))
        with self._lock:
            if listing != self._listing:
                self._listing = listing
            self._listed_at = asked_at
            return self._listing

    def _with_entity_lists(self, session: Session, listing: Iterable[OfferedForm]) -> tuple[OfferedForm, ...]:
        forms = {form.version_id: form for form in listing}
        unread = [version_id for version_id in forms if version_id not in self._entity_lists]
        if unread:
            rows = session.execute(select(FormVersion.id, FormVersion.xform).where(FormVersion.id.in_(unread)))
            for version_id, xform in rows:
                attached = (file.file_name for file in forms[version_id].files)
                self._entity_lists[version_id] = served_lists_in(xform, attached)
        return tuple(
            msgspec.structs.replace(form, entity_lists=self._entity_lists.get(version_id, ()))
            for version_id, form in forms.items()
        )

    def open_forms(self, session: Session) -> tuple[OfferedForm, ...]:
        """Return the forms that formList offers."""
        return tuple(form for form in self.all_forms(session) if form.state is FormState.OPEN)

    def known_form(self, session: Session, form_id: str) -> KnownForm | None:
        """Return what a form is, None when no version was ever published; asks anew before it says so."""
        for form in self.all_forms(session):
            if form.form_id == form_id:
                return KnownForm(form.state, form.visit_type)
        row = session.execute(select(Form.state, Form.visit_type).where(Form.form_id == form_id)).one_or_none()
        return None if row is None else KnownForm(FormState(row.state), row.visit_type)

    @property
    def fresh_listing(self) -> tuple[OfferedForm, ...] | None:
        """What `all_forms` would answer without asking the database; None: it would ask."""
        with self._lock:
            listed_at = self._listed_at
            is_fresh = listed_at is not None and self._monotonic() - listed_at < self._recheck_after_s
            return self._listing if is_fresh else None

    def forget_listing(self) -> None:
        """Ask the database at the next listing; to be called after the COMMIT of a publishing or a state change."""
        with self._lock:
            self._listed_at = None


def load_file(session: Session, version_id: UUID, file_name: str) -> FormAttachment | None:
    """Return a file of a version with its bytes."""
    query = select(FormAttachment).options(undefer(FormAttachment.content))
    return session.scalar(
        query.where(FormAttachment.form_version_id == version_id, FormAttachment.file_name == file_name)
    )


def _load(session: Session, form_id: str, version: str) -> PublishedVersion | None:
    query = select(FormVersion.id, FormVersion.xform, FormVersion.xform_hash)
    row = session.execute(query.where(FormVersion.form_id == form_id, FormVersion.version == version)).one_or_none()
    if row is None:
        return None
    definition = read_definition(row.xform)
    files = select(FormAttachment.file_name, FormAttachment.content).where(FormAttachment.form_version_id == row.id)
    contents = {name: content for name, content in session.execute(files) if name.endswith(".csv")}
    return PublishedVersion(row.id, row.xform, row.xform_hash, definition, choice_labels_of(definition, contents))


def load_version(session: Session, form_id: str, version: str) -> PublishedVersion:
    """Read a version that is published, without remembering it."""
    loaded = _load(session, form_id, version)
    if loaded is None:
        raise LookupError(f"{form_id} {version}")
    return loaded


def choice_labels_of(definition: FormDefinition, contents: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
    """Read the choices that lie in files: value -> label by file name."""
    labels: dict[str, dict[str, str]] = {}
    for node in definition.nodes.values():
        choices = node.choices
        if choices is None or choices.file_name not in contents:
            continue
        # utf-8-sig: spreadsheets put a byte order mark before the first column's name.
        rows = csv.DictReader(io.StringIO(contents[choices.file_name].decode("utf-8-sig", "replace")))
        of_file = labels.setdefault(choices.file_name, {})
        of_file.update({(row.get(choices.value_column) or ""): (row.get(choices.label_column) or "") for row in rows})
    return labels


def _list_forms(session: Session) -> tuple[OfferedForm, ...]:
    newest: dict[str, tuple[Form, FormVersion]] = {}
    rows = session.execute(
        select(Form, FormVersion)
        .join(FormVersion, FormVersion.form_id == Form.form_id)
        .order_by(Form.form_id, FormVersion.published_at, FormVersion.id)
    )
    for form, version in rows:
        newest[form.form_id] = (form, version)
    files: dict[UUID, list[OfferedFile]] = {}
    wanted = [version.id for _, version in newest.values()]
    attachments = select(
        FormAttachment.form_version_id, FormAttachment.file_name, FormAttachment.media_type, FormAttachment.hash
    )
    of_newest = attachments.where(FormAttachment.form_version_id.in_(wanted)).order_by(FormAttachment.file_name)
    for version_id, name, media_type, tag in session.execute(of_newest):
        files.setdefault(version_id, []).append(OfferedFile(name, media_type, tag))
    return tuple(_offered(form, version, tuple(files.get(version.id, ()))) for form, version in newest.values())


def _offered(form: Form, version: FormVersion, files: tuple[OfferedFile, ...]) -> OfferedForm:
    return OfferedForm(
        form_id=form.form_id,
        version=version.version,
        version_id=version.id,
        title=version.title,
        xform_hash=version.xform_hash,
        state=FormState(form.state),
        visit_type=form.visit_type,
        files=files,
    )
