"""A form that declares both lists, and submissions of it as Collect writes them, with ODK's own words for versions."""

from uuid import UUID, uuid4

import httpx
from litestar import Litestar
from litestar.testing import TestClient

from api.wiring import Wiring
from field_forms.compile import compile_form
from field_forms.publishing import publish_form
from tests.fixtures.municipality import NOON, PASSWORD

VERSION = "2026112801"
_FORM = f"""
| survey |
| | type | name | label | save_to |
| | begin_group | hedef | Hedef | |
| | text | tur | Tür | hedefler#tur |
| | text | ad | Ad | hedefler#ad |
| | text | telefon | Telefon | hedefler#telefon |
| | text | adres | Adres | hedefler#adres |
| | text | uavt | UAVT | hedefler#uavt |
| | geopoint | yer | Yer | hedefler#geometry |
| | end_group | | | |
| | begin_group | ziyaret | Ziyaret | |
| | text | durum | Durum | ziyaretler#durum |
| | text | neden | Neden | ziyaretler#neden |
| | end_group | | | |
| settings |
| | form_id | form_title | version |
| | kayit | Kayıt | {VERSION} |
| entities |
| | list_name | label | entity_id | create_if | update_if |
| | hedefler | ${{ad}} | uuid() | true() | false() |
| | ziyaretler | ${{durum}} | uuid() | false() | true() |
"""
_FIELDS = {"geometry": "yer"}


def publish(wiring: Wiring, version: str = VERSION) -> None:
    """Publish the form."""
    compiled = compile_form(_FORM.replace(VERSION, version).encode(), "kayit.md", on=NOON.date())
    with wiring.database.writing() as session:
        publish_form(session, compiled, {}, at=NOON, by=None, visit_type="hane")
    wiring.forms.forget_listing()


def declared(dataset: str, entity_id: UUID | str, values: dict[str, str], **attributes: object) -> str:
    """Write one declaration: a group with its answers and its entity."""
    group = "hedef" if dataset == "hedefler" else "ziyaret"
    named = " ".join(f'{name}="{"" if value is None else value}"' for name, value in attributes.items())
    answers = "".join(f"<{_FIELDS.get(name, name)}>{text}</{_FIELDS.get(name, name)}>" for name, text in values.items())
    return (
        f'<{group}>{answers}<meta><entity dataset="{dataset}" id="{entity_id}" {named}>'
        f"<label>{values.get('ad', '')}</label></entity></meta></{group}>"
    )


def update(entity_id: UUID | str, values: dict[str, str], base: int | None, trunk: int | None, branch: str | None) -> str:  # fmt: skip
    """Write an update of a target, with ODK's words for what the tablet had."""
    return declared(
        "hedefler", entity_id, values, update=1, baseVersion=base, trunkVersion=trunk, branchId=branch
    )  # fmt: skip


def create(entity_id: UUID | str, values: dict[str, str]) -> str:
    """Write a creation: Collect names no version and no branch."""
    return declared("hedefler", entity_id, values, create=1, baseVersion=None, trunkVersion=None, branchId=None)


def filled(*declarations: str, instance_id: str = "", corrects: str = "", version: str = VERSION) -> bytes:
    """Fill the form in."""
    deprecated = f"<deprecatedID>{corrects}</deprecatedID>" if corrects else ""
    return (
        f'<data id="kayit" version="{version}">{"".join(declarations)}'
        f"<meta><instanceID>{instance_id or f'uuid:{uuid4()}'}</instanceID>{deprecated}</meta></data>"
    ).encode()


def send(
    client: TestClient[Litestar], xml: bytes, *, by: str = "saha", device: str = "collect:1"
) -> httpx.Response:  # fmt: skip
    """Send a filled form as Collect does."""
    return client.post(
        f"/openrosa/submission?deviceID={device}",
        files=[("xml_submission_file", ("form.xml", xml, "text/xml"))],
        auth=httpx.BasicAuth(by, PASSWORD),
    )
