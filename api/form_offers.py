"""What formList, manifests and downloads answer, rendered once per change and kept.

Every refresh of every tablet asks for the list and for every manifest, so these must cost next to nothing.
"""

import hashlib
from typing import Any, NamedTuple
from uuid import UUID

import anyio.to_thread
from litestar import Request, Response

from api.entity_list_offers import EntityListOffers
from api.openrosa_answers import XML, ListedList, form_list, manifest, openrosa_headers
from api.problems import NotFound
from field_forms.library import FormLibrary, OfferedForm, load_file
from field_forms.tables import FormState
from foundation.database import Database

# One rendering per key in the path (and per state of a team's lists); a municipality has some hundred tablets.
_MOST_RENDERED = 5_000


class Offer(NamedTuple):
    """A body with its entity tag and media type."""

    body: bytes
    etag: str
    media_type: str = XML


NOT_MODIFIED = 304
# A file of a form may be anything, a page with its script too; opened in a browser it must not act as one of ours.
NOT_A_PAGE = {"Content-Security-Policy": "default-src 'none'; sandbox"}

# The door's address, the version (None: the list of forms), and the state of the entity lists.
_Key = tuple[str, UUID | None, tuple[ListedList, ...]]


class FormOffers:
    """Renders offers and keeps them as long as the listing is the same object."""

    def __init__(self, database: Database, library: FormLibrary, lists: EntityListOffers) -> None:
        self._database = database
        self._library = library
        self._lists = lists
        self._of: tuple[OfferedForm, ...] = ()
        self._rendered: dict[_Key, Offer] = {}

    async def form_list(self, root: str, form_id: str | None = None) -> Offer:
        """Return the list of open forms for the door at `root`; with `form_id` only that form."""
        listing = await self._listing()
        if form_id is not None:
            return _offer(form_list([form for form in listing if _is_open(form) and form.form_id == form_id], root))
        key: _Key = (root, None, ())
        if key not in self._rendered:
            self._keep(key, _offer(form_list(filter(_is_open, listing), root)))
        return self._rendered[key]

    async def manifest(self, root: str, version_id: UUID, team_id: UUID) -> Offer | None:
        """Return the manifest of a form's newest version, as a team's tablets get it; None: no such version."""
        form = await self._newest(version_id)
        if form is None:
            return None
        tags = await self._lists.tags(team_id) if form.entity_lists else {}
        lists = tuple(ListedList(name, tags[name]) for name in form.entity_lists)
        key = (root, version_id, lists)
        if key not in self._rendered:
            self._keep(key, _offer(manifest(root, form, lists)))
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

    def _keep(self, key: _Key, offer: Offer) -> None:
        if len(self._rendered) >= _MOST_RENDERED:
            self._rendered.clear()
        self._rendered[key] = offer


def give(request: Request[Any, Any, Any], offer: Offer | None) -> Response[bytes]:
    """Answer with an offer, or 304 where the tablet has it. Raises `NotFound`."""
    if offer is None:
        raise NotFound
    headers = {**openrosa_headers(), "ETag": offer.etag, "Cache-Control": "private, no-cache", **NOT_A_PAGE}
    if request.headers.get("if-none-match") == offer.etag:
        return Response(b"", status_code=NOT_MODIFIED, headers=headers, media_type=offer.media_type)
    return Response(offer.body, headers=headers, media_type=offer.media_type)


def _offer(body: bytes) -> Offer:
    return Offer(body, f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"')


def _is_open(form: OfferedForm) -> bool:
    return form.state is FormState.OPEN
