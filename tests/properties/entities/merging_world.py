"""A server of one entity and tablets that edit it offline, made of the pure rule alone; every written value is unique.

Tablets take the entity from the server when it is newer than what they took last, edit on, and hand in their edits in
any order. What a tablet has had before its eyes is written down with every edit.
"""

from typing import NamedTuple

from sync.merging import Edit, PastChange, Placed, merge_edit, place_edit

FIELDS = ("ad", "adres", "uavt")
SENSITIVE = frozenset({"ad"})


class Written(NamedTuple):
    """An edit on its way: the field and value it writes, and the values its tablet had seen in that field."""

    edit: Edit
    field: str
    value: str
    seen: frozenset[str]


class Server:
    """The entity and all its versions."""

    def __init__(self) -> None:
        first = {field: f"first {field}" for field in FIELDS}
        self.fields = dict(first)
        self.past = [PastChange(1, first, dict.fromkeys(first, ""), branch_id="list", branch_base=0)]
        self.conflicts: set[tuple[str, str]] = set()
        self.arrived: list[Written] = []
        self.waiting: list[Written] = []

    @property
    def version(self) -> int:
        return self.past[-1].version

    def receive(self, written: Written) -> None:
        """Apply an edit, and whatever waited for it."""
        self.waiting.append(written)
        while ready := next((one for one in self.waiting if self._place(one) != "early"), None):
            self.waiting.remove(ready)
            self._apply(ready)

    def _place(self, written: Written) -> object:
        return place_edit(written.edit, self.version, self.past)

    def _apply(self, written: Written) -> None:
        edit, placed = written.edit, place_edit(written.edit, self.version, self.past)
        assert isinstance(placed, Placed)
        merged = merge_edit(self.fields, self.past, edit, placed, SENSITIVE)
        assert not merged.taken.keys() & merged.in_conflict.keys()
        before = {field: self.fields[field] for field in merged.taken}
        self.fields |= merged.taken
        self.conflicts |= set(merged.in_conflict.items())
        base = placed.base if edit.branch_id else None
        self.past.append(
            PastChange(
                self.version + 1, merged.taken, before, merged.in_conflict, placed.trunk, edit.branch_id, base,
                edit.device_id,
            )
        )  # fmt: skip
        self.arrived.append(written)


class Tablet:
    """One device: its copy of the entity, and what it has not handed in."""

    def __init__(self, name: str, server: Server) -> None:
        self.name, self.server = name, server
        self.trunk = self.local = 0
        self.seen: dict[str, set[str]] = {field: set() for field in FIELDS}
        self.outbox: list[Written] = []
        self.take()

    def take(self) -> None:
        """Take the entity where the server has a newer one: a new branch begins."""
        if self.server.version <= self.trunk:
            return
        self.trunk = self.local = self.server.version
        for field, value in self.server.fields.items():
            self.seen[field].add(value)

    def write(self, field: str, value: str) -> None:
        """Edit a field."""
        edit = Edit(
            {field: value}, base=self.local, trunk=self.trunk, branch_id=f"{self.name} {self.trunk}",
            device_id=self.name,
        )  # fmt: skip
        self.outbox.append(Written(edit, field, value, frozenset(self.seen[field])))
        self.seen[field].add(value)
        self.local += 1

    def hand_in(self, which: int) -> None:
        """Hand in one edit, in whatever order."""
        if self.outbox:
            self.server.receive(self.outbox.pop(which % len(self.outbox)))
