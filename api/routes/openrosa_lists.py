"""The entity lists at Collect's door: their CSV, and which entities a tablet shall forget (ODK Entities 2024.1).

Named in the manifests of the forms that use them (`api/form_offers.py`); what is in them is `visits/entity_lists.py`.
"""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.form_offers import Offer, give
from api.openrosa_answers import XML, integrity, openrosa_headers
from api.problems import NotFound
from api.wiring import Wiring
from field_forms.served_lists import SERVED_LISTS

_CSV = "text/csv"


@get(["/lists/{file_name:str}", "/key/{token:str}/lists/{file_name:str}"])
async def download_list(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], team: NamedDependency[UUID],
    file_name: FromPath[str],
) -> Response[bytes]:  # fmt: skip
    """Give an entity list as the team's tablets hold it; its change tag is the ETag."""
    name = _known(file_name.removesuffix(".csv"))
    known = request.headers.get("if-none-match", "").strip('"')
    written = await wiring.entity_lists.download(team, name, known)
    return give(request, Offer(written.content, f'"{written.tag}"', _CSV))


@get(["/lists/{name:str}/integrity", "/key/{token:str}/lists/{name:str}/integrity"])
async def show_integrity(
    request: Request[Any, Any, Any], wiring: NamedDependency[Wiring], team: NamedDependency[UUID],
    name: FromPath[str],
) -> Response[bytes]:  # fmt: skip
    """Say which of the entities `?id=…,…` a tablet shall hold no longer."""
    # As long as the head of a request may be, which is some thousand ids.
    written = [text for text in request.query_params.get("id", "").split(",") if text]
    asked = {text: entity_id for text in written if (entity_id := _read_id(text)) is not None}
    gone = await wiring.entity_lists.find_gone(team, _known(name), set(asked.values()))
    told = integrity(written, {text for text, entity_id in asked.items() if entity_id in gone})
    return Response(told, headers=openrosa_headers(), media_type=XML)


def _known(name: str) -> str:
    if name not in SERVED_LISTS:
        raise NotFound
    return name


def _read_id(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
