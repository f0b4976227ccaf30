"""What happens in the field: workers edit, tap, add and fill forms; their tablets talk to the server when they can."""

import hashlib
from typing import Any
from xml.sax.saxutils import quoteattr

from tests.builders import AKPINAR, FATIH, OUTSIDE, AFinding, a_photo, a_submission
from tests.fixtures.municipality import version_of
from tests.properties.sync.made import MadeEdit, MadeForm
from tests.properties.sync.world import World
from tests.tablet.saved_state import key_of
from tests.tablet.tablet import Tablet

POINTS = {"akpinar": AKPINAR, "fatih": FATIH, "outside": OUTSIDE}
# As they are stored, so that what was set can be found again.
VALUES = {
    "adres": ("Menekşe Sk. 1", "Lale Sk. 2", "Gül Sk. 3", "Nar Sk. 4"),
    "not": ("Köpek var", "Arka kapı", "Zil bozuk", "Akşam gelin"),
    "telefon": ("+905321234561", "+905321234562", "+905321234563", "+905321234564"),
    "ad": ("Yılmaz Ailesi", "Iğdır Ailesi", "İnönü Ailesi", "Çağlar Ailesi"),
}
LATER_VERSION = "2099010101"
PHOTO_SHADES = 3
_PHOTOS = [a_photo(60 * shade) for shade in range(PHOTO_SHADES)]


def chosen(values: dict[str, int]) -> dict[str, str]:
    """Turn the drawn places into values."""
    return {field: VALUES[field][place] for field, place in values.items()}


def changed_target(entity_id: str, declared: dict[str, Any], fields: dict[str, str]) -> str:
    """Write the group of the household form that changes a target, as a client with entities does."""
    answers = {"ad": "kayit_adi", "telefon": "kayit_telefonu", "adres": "kayit_adresi"}
    told = "".join(f"<{answers[field]}>{value}</{answers[field]}>" for field, value in fields.items())
    attributes = "".join(f" {name}={quoteattr(str(value))}" for name, value in declared.items() if value is not None)
    return (
        f'<hedef_kaydi>{told}<meta><entity dataset="hedefler" id="{entity_id}" update="1"{attributes}>'
        "<label>Hane</label></entity></meta></hedef_kaydi>"
    )


class FieldActs:
    """Workers and tablets, by the tablet's number; acts that have nothing to act on do nothing."""

    def __init__(self, world: World) -> None:
        self.world = world

    def edit_target(
        self, tablet: int, which: int, values: dict[str, int], *, by_a_stranger: bool = False
    ) -> str | None:  # fmt: skip
        """Change fields of a target that is shown."""
        return self._edit(tablet, "target", which, chosen(values), by_a_stranger=by_a_stranger)

    def tap_result(self, tablet: int, which: int, status: str) -> str | None:
        """Say how a visit went with one tap."""
        return self._edit(tablet, "assignment", which, {"durum": status}, by_a_stranger=False)

    def add_target(self, tablet: int, mahalle: str) -> str:
        """Make a target."""
        device = self.world.tablets[tablet]
        fields = {"tur": "hane", "ad": "Yeni Hane", "adres": "Yeni Sk. 1", "geometry": POINTS[mahalle]}
        entity_id = device.add_target(fields)
        self._remember(tablet, device, MadeEdit(entity_id, fields, {}, f"tablet {tablet}"))
        return entity_id

    def fill_form(
        self, tablet: int, which: int, *, findings: int, shade: int | None, version: str, changes_target: bool
    ) -> str:  # fmt: skip
        """Fill the household form, with a photo of the first finding, or of none."""
        world, device = self.world, self.world.tablets[tablet]
        instance_id = f"uuid:{world.new_id()}"
        ids = [world.new_id() for _ in range(findings)]
        photos = {} if shade is None or not findings else {f"{instance_id[-6:]}.jpg": _PHOTOS[shade]}
        shown = sorted(self._shown(device, "target"))
        more, touches = "", ()
        if changes_target and shown:
            entity_id = shown[which % len(shown)]
            fields, seen = {"adres": VALUES["adres"][which % 4]}, device.fields("target", entity_id)
            more = changed_target(entity_id, device.declare_edit("target", entity_id, fields), fields)
            touches = (key_of("target", entity_id),)
            world.made.edits[instance_id] = MadeEdit(entity_id, fields, seen, f"tablet {tablet}")
        filled = {"old": version_of("hane"), "new": LATER_VERSION, "unknown": world.unknown_version}[version]
        xml = a_submission(
            version=filled,
            instance_id=instance_id,
            findings=[
                AFinding(id=str(finding), photo=next(iter(photos), "") if place == 0 else "")
                for place, finding in enumerate(ids)
            ],
            more=more,
        )
        operation_id = device.fill_form(xml, photos, touches=touches)
        world.made.on_tablet[operation_id] = tablet
        world.made.forms[operation_id] = MadeForm(
            instance_id,
            xml,
            filled,
            frozenset(ids),
            {name: hashlib.sha256(content).hexdigest() for name, content in photos.items()},
        )
        return operation_id

    def push(self, tablet: int, faults: list[str], crash: str, batch_size: int) -> bool:
        """Hand over the outbox."""
        device = self.world.tablets[tablet]
        device.batch_size = batch_size
        return self.world.attempt(tablet, device.push, faults, crash)

    def push_out_of_order(self, tablet: int) -> bool:
        """Hand over the last operation, though others wait before it."""
        device = self.world.tablets[tablet]
        return self.world.attempt(tablet, lambda: device.push(only_last=1), [], "")

    def pull(self, tablet: int, faults: list[str], crash: str, *, limit: int = 200, pages: int = 10_000) -> bool:
        """Fetch what changed; what was fetched to its end is looked at."""
        device = self.world.tablets[tablet]
        device.pull_limit = limit
        ended = self.world.attempt(tablet, lambda: device.pull(pages=pages), faults, crash)
        if ended and not device.state.coming and not device.state.is_fresh:
            self.world.check_held(tablet)
        return ended

    def send_photos(self, tablet: int, faults: list[str], crash: str) -> bool:
        """Send the photos that wait, in small pieces."""
        device = self.world.tablets[tablet]
        device.piece_bytes = 300
        return self.world.attempt(tablet, device.send_photos, faults, crash)

    def repeat_push(self, tablet: int, which: int) -> None:
        """Let a push that was answered arrive once more."""
        pushes = self.world.wires[tablet].pushes
        if pushes:
            self.world.repeat(pushes[which % len(pushes)])

    def _edit(
        self, tablet: int, kind: str, which: int, fields: dict[str, str], *, by_a_stranger: bool
    ) -> str | None:  # fmt: skip
        device = self.world.tablets[tablet]
        shown = sorted(self._shown(device, kind))
        if not shown:
            return None
        entity_id = shown[which % len(shown)]
        seen = device.fields(kind, entity_id)
        stranger = str(self.world.municipality.users["mudurluk"]) if by_a_stranger else None
        device.edit(kind, entity_id, fields, worker=stranger)
        return self._remember(tablet, device, MadeEdit(entity_id, fields, seen, f"tablet {tablet}"))

    def _remember(self, tablet: int, device: Tablet, edit: MadeEdit) -> str:
        operation_id = str(device.state.outbox[-1]["id"])
        self.world.made.edits[operation_id] = edit
        self.world.made.on_tablet[operation_id] = tablet
        return operation_id

    @staticmethod
    def _shown(device: Tablet, kind: str) -> set[str]:
        made = {key.removeprefix(f"{kind} ") for key in device.state.branches if key.startswith(f"{kind} ")}
        return set(device.held(kind)) | made
