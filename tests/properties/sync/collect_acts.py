"""ODK Collect on somebody's telephone: downloads the list, changes a target in a form, sends forms in any order.

Keeps branches as Collect does: the first change after a download begins a new one, further ones count on.
"""

import csv
import io
from typing import NamedTuple
from xml.etree import ElementTree as ET

import httpx

from tests.builders import a_submission
from tests.fixtures.municipality import PASSWORD
from tests.properties.sync.field_acts import LATER_VERSION, changed_target, chosen
from tests.properties.sync.made import MadeEdit
from tests.properties.sync.world import World
from tests.tablet.saved_state import Branch

_FIELDS = ("ad", "telefon", "adres", "not")
_WORKERS = ("saha", "saha2")
# What the form asks; `not` is not among it.
_ASKED = {"ad", "telefon", "adres"}


class _Listed(NamedTuple):
    version: int
    fields: dict[str, str]


class CollectActs:
    """One telephone in each team."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.listed: tuple[dict[str, _Listed], dict[str, _Listed]] = ({}, {})
        self.branches: tuple[dict[str, Branch], dict[str, Branch]] = ({}, {})
        self.outbox: tuple[list[bytes], list[bytes]] = ([], [])

    def download(self, team: int) -> None:
        """Fetch the list anew. Targets with unsent changes keep theirs, as on a telephone."""
        form_list = self._get(team, "/openrosa/formList?formID=hane")
        manifest = self._get(team, _path(_text(form_list, "manifestUrl")))
        media = next(file for file in ET.fromstring(manifest) if _text_of(file, "filename") == "hedefler.csv")
        rows = csv.DictReader(io.StringIO(self._get(team, _path(_text_of(media, "downloadUrl")))))
        listed = {
            row["name"]: _Listed(int(row["__version"]), {name: row.get(name, "") for name in _FIELDS}) for row in rows
        }
        self.listed[team].clear()
        self.listed[team].update(listed)
        unsent = b"".join(self.outbox[team]).decode()
        for entity_id in [one for one in self.branches[team] if one not in unsent]:
            del self.branches[team][entity_id]

    def fill(self, team: int, which: int, values: dict[str, int]) -> None:
        """Fill a form that changes a listed target."""
        listed, branches = self.listed[team], self.branches[team]
        fields = {field: value for field, value in chosen(values).items() if field in _ASKED}
        if not listed or not fields:
            return
        entity_id = sorted(listed)[which % len(listed)]
        known = listed[entity_id]
        branch = branches.setdefault(
            entity_id, Branch(str(self.world.new_id()), known.version, known.version, dict(known.fields))
        )
        instance_id = f"uuid:{self.world.new_id()}"
        declared = {"baseVersion": branch.version, "trunkVersion": branch.trunk, "branchId": branch.branch_id}
        self.world.made.edits[instance_id] = MadeEdit(entity_id, fields, dict(branch.fields), f"collect {team}")
        branch.version += 1
        branch.fields.update(fields)
        more = changed_target(entity_id, declared, fields)
        self.outbox[team].append(a_submission(version=LATER_VERSION, instance_id=instance_id, more=more))

    def send(self, team: int, *, last_first: bool, answer_is_lost: bool) -> None:
        """Send one finished form: the oldest, or the newest before the others."""
        outbox = self.outbox[team]
        if not outbox:
            return
        xml = outbox[-1 if last_first else 0]
        answer = self.world.office.send(xml, by=_WORKERS[team])
        assert answer.status_code == 201, answer.text
        self.world.made.taken_from_collect.add(xml.decode().partition("<instanceID>")[2].partition("<")[0])
        if not answer_is_lost:
            outbox.remove(xml)

    def _get(self, team: int, path: str) -> str:
        answer = self.world.office.client.get(
            path, auth=httpx.BasicAuth(_WORKERS[team], PASSWORD), headers={"X-OpenRosa-Version": "1.0"}
        )
        assert answer.status_code == 200, answer.text
        return str(answer.text)


def _path(url: str) -> str:
    return url.removeprefix("http://testserver.local")


def _text(document: str, name: str) -> str:
    return next(element.text or "" for element in ET.fromstring(document).iter() if element.tag.endswith(f"}}{name}"))


def _text_of(parent: ET.Element, name: str) -> str:
    return next(element.text or "" for element in parent if element.tag.endswith(f"}}{name}"))
