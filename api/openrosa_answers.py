"""The answers of the OpenRosa door: headers that every one carries, and the XML that ODK Collect reads.

Facts from the OpenRosa 1.0 specifications (Request, FormList, Manifest, FormSubmission) and from Collect's behaviour:
a body without the version header reads as "not OpenRosa"; only 201 and 202 are success; the first `message` of an
error is shown to the worker; a bad key in the path answers 403, because 401 would pop up a password prompt.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from litestar import Response

from api.openrosa_post import ACCEPTED_BYTES
from field_forms.library import OfferedForm

XML = "text/xml"  # Litestar adds the charset
_RESPONSE_NAMESPACE = "http://openrosa.org/http/response"
_LIST_NAMESPACE = "http://openrosa.org/xforms/xformsList"
_MANIFEST_NAMESPACE = "http://openrosa.org/xforms/xformsManifest"


class ListedList(NamedTuple):
    """An entity list as a manifest names it; the tag is opaque to tablets."""

    name: str
    tag: str


def openrosa_headers() -> dict[str, str]:
    """Return the headers of every response at this door; the HTTP server adds the `Date` that OpenRosa asks for."""
    return {
        "X-OpenRosa-Version": "1.0",
        "X-OpenRosa-Accept-Content-Length": str(ACCEPTED_BYTES),
        "Content-Language": "tr",
    }


def answer(status: int, sentence: str, *, code: str = "", extra: dict[str, str] | None = None) -> Response[bytes]:
    """Build an `OpenRosaResponse`; `code` is our stable code, for whoever reads logs of a tablet."""
    nature = "submit_success" if status < 300 else "error"  # noqa: PLR2004 - HTTP's success range ends there
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><OpenRosaResponse xmlns="{_RESPONSE_NAMESPACE}">'
        f'<message nature="{nature}">{escape(sentence)}</message></OpenRosaResponse>'
    )
    headers = {**openrosa_headers(), **({"X-Saha-Code": code} if code else {}), **(extra or {})}
    return Response(body.encode(), status_code=status, media_type=XML, headers=headers)


def form_list(forms: Iterable[OfferedForm], root: str) -> bytes:
    """Write the form list; `root` is the absolute address of this door, key included where there is one."""
    entries = "".join(
        f"<xform><formID>{escape(form.form_id)}</formID><name>{escape(form.title or form.form_id)}</name>"
        f"<version>{escape(form.version)}</version><hash>{form.xform_hash}</hash>"
        f"<downloadUrl>{root}/versions/{form.version_id}/form.xml</downloadUrl>"
        f"<manifestUrl>{root}/versions/{form.version_id}/manifest</manifestUrl></xform>"
        for form in forms
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><xforms xmlns="{_LIST_NAMESPACE}">{entries}</xforms>'.encode()


def manifest(root: str, form: OfferedForm, lists: Iterable[ListedList] = ()) -> bytes:
    """Write the manifest of one version: its files, and the entity lists (ODK Entities 2024.1) with their tags."""
    media = f"{root}/versions/{form.version_id}/media"
    files = "".join(
        f"<mediaFile><filename>{escape(file.file_name)}</filename><hash>{file.hash}</hash>"
        f"<downloadUrl>{media}/{escape(quote(file.file_name, safe=''))}</downloadUrl></mediaFile>"
        for file in form.files
    )
    entity_lists = "".join(
        f'<mediaFile type="entityList"><filename>{one.name}.csv</filename><hash>{one.tag}</hash>'
        f"<downloadUrl>{root}/lists/{one.name}.csv</downloadUrl>"
        f"<integrityUrl>{root}/lists/{one.name}/integrity</integrityUrl></mediaFile>"
        for one in lists
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest xmlns="{_MANIFEST_NAMESPACE}">'
        f"{files}{entity_lists}</manifest>"
    ).encode()


def integrity(asked: Iterable[str], gone: Collection[str]) -> bytes:
    """Write which of the entities that a tablet asks about are gone (integrityUrl), by the ids as it wrote them."""
    entities = "".join(
        f"<entity id={quoteattr(entity_id)}><deleted>{'true' if entity_id in gone else 'false'}</deleted></entity>"
        for entity_id in asked
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><data><entities>{entities}</entities></data>'.encode()
