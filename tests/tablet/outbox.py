"""What a tablet does while it is offline becomes operations; what the server answered leaves the outbox."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.tablet.base_data import settle_branches
from tests.tablet.saved_state import Branch, Key, OwnPhoto, TabletState, key_of


class Author:
    """Who did it and when, by the tablet's own clock; `id` is the operation's."""

    def __init__(self, operation_id: UUID, worker_id: str, at: datetime) -> None:
        self.operation_id = operation_id
        self.worker_id = worker_id
        self.at = at


def shown_fields(state: TabletState, key: Key) -> dict[str, str]:
    """Return the entity as the worker sees it: with the tablet's own edits where the server lacks them."""
    branch = state.branches.get(key)
    return dict(branch.fields if branch else state.base[key]["fields"])


def create_target(state: TabletState, by: Author, entity_id: str, branch_id: str, fields: Mapping[str, str]) -> None:
    """Make a target."""
    state.branches[key_of("target", entity_id)] = Branch(branch_id, None, 1, dict(fields))
    payload = {"kind": "target", "entity_id": entity_id, "branch_id": branch_id, "fields": dict(fields)}
    _queue(state, by, "create", payload)


def edit(state: TabletState, by: Author, key: Key, new_branch_id: str, fields: Mapping[str, str]) -> None:
    """Change fields of an entity that is shown; on the branch that is under way, or on a new one."""
    kind, _, entity_id = key.partition(" ")
    branch = _branch(state, key, new_branch_id)
    payload = {
        "kind": kind,
        "entity_id": entity_id,
        "base_version": branch.version,
        "trunk_version": branch.trunk,
        "branch_id": branch.branch_id,
        "fields": dict(fields),
    }
    branch.version += 1
    branch.fields.update(fields)
    _queue(state, by, "update", payload)


def declare_edit(state: TabletState, key: Key, new_branch_id: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """Change an entity within a form; returns the attributes of ODK's declaration."""
    branch = _branch(state, key, new_branch_id)
    declared = {"baseVersion": branch.version, "trunkVersion": branch.trunk, "branchId": branch.branch_id}
    branch.version += 1
    branch.fields.update(fields)
    return declared


def add_submission(
    state: TabletState, by: Author, xml: bytes, photos: Mapping[str, bytes], *, touches: Sequence[Key] = ()
) -> None:
    """Finish a filled form, with the photos it names. `touches`: the entities it changes."""
    instance_id = xml.decode().partition("<instanceID>")[2].partition("</instanceID>")[0]
    named = []
    for name, content in photos.items():
        sha256 = hashlib.sha256(content).hexdigest()
        named.append({"name": name, "sha256": sha256, "byte_size": len(content), "media_type": "image/jpeg"})
        own = state.photos.setdefault(sha256, OwnPhoto(sha256, content, "image/jpeg", []))
        own.wanted_at.append(f"{instance_id} {name}")
    _queue(state, by, "submission", {"xml": xml.decode(), "photos": named})
    state.outbox[-1]["touches"] = touches[0] if touches else ""


def as_sent(operation: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is the tablet's own note."""
    return {name: value for name, value in operation.items() if name != "touches"}


def settle(state: TabletState, sent: Sequence[dict[str, Any]], results: Sequence[dict[str, Any]]) -> None:
    """Drop what the server answered, whatever it said: it has it now, in its records or in quarantine."""
    assert [result["id"] for result in results] == [operation["id"] for operation in sent]
    answered = {result["id"]: result for result in results}
    for operation in sent:
        result = answered[operation["id"]]
        state.results[operation["id"]] = result
        key = _entity_key(operation)
        branch = state.branches.get(key) if key else None
        if branch is not None:
            branch.became = max(branch.became, result.get("version") or 0)
            if operation["kind"] == "create" and result["status"] == "rejected":
                del state.branches[key]
    state.acknowledged += [one for one in state.outbox if one["id"] in answered]
    state.outbox = [one for one in state.outbox if one["id"] not in answered]
    settle_branches(state, is_complete=False)


def _entity_key(operation: Mapping[str, Any]) -> Key:
    if operation["kind"] == "submission":
        return str(operation.get("touches", ""))
    return key_of(operation["payload"]["kind"], operation["payload"]["entity_id"])


def _branch(state: TabletState, key: Key, new_branch_id: str) -> Branch:
    if key not in state.branches:
        base = state.base[key]
        state.branches[key] = Branch(new_branch_id, base["version"], base["version"], dict(base["fields"]))
    return state.branches[key]


def _queue(state: TabletState, by: Author, kind: str, payload: dict[str, Any]) -> None:
    state.last_seq += 1
    state.outbox.append(
        {
            "id": str(by.operation_id),
            "device_seq": state.last_seq,
            "kind": kind,
            "worker_id": by.worker_id,
            "at": by.at.isoformat(),
            "payload": payload,
        }
    )
