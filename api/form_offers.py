"""What formList, manifests and downloads answer, rendered once per change and kept.

Every refresh of every tablet asks for the list and for every manifest, so these must cost next to nothing.
"""

import hashlib
from typing import NamedTuple
from uuid import UUID

import anyio.to_thread

from api.openrosa_answers import XML, form_list, manifest
from field_forms.library import FormLibrary, OfferedForm, load_file
from field_forms.tables import FormState
from foundation.database import Database

# One rendering per key in the path; a municipality has some hundred tablets.
_MOST_RENDERED = 5_000


class Offer(NamedTuple):
    """A body with its entity tag and media type."""

    body: bytes
    etag: str
    media_type: str = XML


class FormOffers:
    """Renders offers and keeps them as long as the listing is the same object."""

    def __init__(self, database: Database, library: FormLibrary) -> None:
        self._database = database
        self._library = library
        self._of: tuple[OfferedForm, ...] = ()
        self._rendered: dict[tuple[str, UUID | None], Offer] = {}

    async def form_list(self, root: str, form_id: str | None = None) -> Offer:
        """Return the list of open forms for the door at `root`; with `form_id` only that form."""
        listing = await self._listing()
        if form_id is not None:
            return _offer(form_list([form for form in listing if _is_open(form) and form.form_id == form_id], root))
        key = (root, None)
        if key not in self._rendered:
            self._keep(key, _offer(form_list(filter(_is_open, listing), root)))
        return self._rendered[key]

    async def manifest(self, root: str, version_id: UUID) -> Offer | None:
        """Return the manifest of a form's newest version; None where there is no such version."""
        listing = await self._listing()
        key = (root, version_id)
        if key not in self._rendered:
            form = next((form for form in listing if form.version_id == version_id), None)
            if form is None:
                return None
            self._keep(key, _offer(manifest(f"{root}/versions/{version_id}", form.files)))
        return self._rendered[key]

    async def xform(self, version_id: UUID) -> Offer | None:
        """Return the XForm of a newest version, exactly the bytes its hash was taken of."""
        form = await self._newest(version_id)
        if form is None:
            return None
        published = await anyio.to_thread.run_sync(self._published, form)
        return Offer(published, f'"{form.xform_hash}"') if published is not None else None

    async def media(self, version_id: UUID, file_name: str, known_etag: str | None) -> Offer | None:
        """Return a file of a newest version; its bytes are left out where the tablet has them (`known_etag`)."""
        form = await self._newest(version_id)
        file = next((file for file in form.files if file.file_name == file_name), None) if form else None
        if file is None:
            return None
        etag = f'"{file.hash}"'
        if known_etag == etag:
            return Offer(b"", etag, file.media_type)
        content = await anyio.to_thread.run_sync(self._file, version_id, file_name)
        return Offer(content, etag, file.media_type) if content is not None else None

    async def _newest(self, version_id: UUID) -> OfferedForm | None:
        return next((form for form in await self._listing() if form.version_id == version_id), None)

    async def _listing(self) -> tuple[OfferedForm, ...]:
        listing = self._library.fresh_listing
        if listing is None:
            listing = await anyio.to_thread.run_sync(self._ask)
        if listing is not self._of:
            self._of, self._rendered = listing, {}
        return listing

    def _ask(self) -> tuple[OfferedForm, ...]:
        with self._database.reading() as session:
            return self._library.all_forms(session)

    def _published(self, form: OfferedForm) -> bytes | None:
        with self._database.reading() as session:
            published = self._library.published(session, form.form_id, form.version)
            return published.xform if published else None

    def _file(self, version_id: UUID, file_name: str) -> bytes | None:
        with self._database.reading() as session:
            file = load_file(session, version_id, file_name)
            return file.content if file else None

    def _keep(self, key: tuple[str, UUID | None], offer: Offer) -> None:
        if len(self._rendered) >= _MOST_RENDERED:
            self._rendered.clear()
        self._rendered[key] = offer


def _offer(body: bytes) -> Offer:
    return Offer(body, f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"')


def _is_open(form: OfferedForm) -> bool:
    return form.state is FormState.OPEN
