"""What the server gave a tablet: pages of the feed, stored with their cursor, shown when the last one is there."""

from typing import Any

from tests.tablet.saved_state import TabletState, key_of


def store_page(state: TabletState, page: dict[str, Any]) -> None:
    """Take a page and its cursor; the caller saves both together. The last page shows all that came."""
    state.coming.extend(page["items"])
    state.cursor = page["cursor"]
    if page["more"]:
        return
    if state.is_fresh:
        state.base = {}
    for item in state.coming:
        _show(state, item)
    state.coming, state.is_fresh = [], False
    settle_branches(state, is_complete=True)


def begin_anew(state: TabletState, reason: str) -> None:
    """Pull from zero beside what is shown; outbox, branches and photos stay."""
    state.cursor, state.coming, state.is_fresh = "", [], True
    state.sends_again = state.sends_again or reason in {"epoch", "ahead"}


def settle_branches(state: TabletState, *, is_complete: bool) -> None:
    """Take an entity from the server again where it knows all of our edits; the next edit begins a new branch."""
    unsent = {key for operation in state.outbox if (key := _entity_of(operation))}
    for key, branch in list(state.branches.items()):
        known = state.base.get(key)
        if key in unsent:
            continue
        if (known is not None and known["version"] >= branch.became) or (known is None and is_complete):
            del state.branches[key]


def send_again(state: TabletState) -> None:
    """Put back into the outbox what a restored backup does not show, refusals too; ask anew for photos."""
    state.sends_again = False
    shown = {item["instance_id"] for item in state.base.values() if item["kind"] == "submission"}
    lost = [
        operation
        for operation in state.acknowledged
        if operation["kind"] != "submission" or instance_id_in(operation) not in shown
    ]
    state.acknowledged = [operation for operation in state.acknowledged if operation not in lost]
    state.outbox = sorted([*lost, *state.outbox], key=lambda operation: operation["device_seq"])
    for photo in state.photos.values():
        photo.is_uploaded = False


def instance_id_in(operation: dict[str, Any]) -> str:
    """Read the instance id of a submission's operation."""
    xml = operation["payload"]["xml"]
    return str(xml.partition("<instanceID>")[2].partition("</instanceID>")[0])


def _entity_of(operation: dict[str, Any]) -> str:
    payload = operation["payload"]
    if operation["kind"] == "submission":
        return str(operation.get("touches", ""))
    return key_of(payload["kind"], payload["entity_id"])


def _show(state: TabletState, item: dict[str, Any]) -> None:
    key = key_of(item["kind"], item["id"])
    if item["op"] == "rm":
        state.base.pop(key, None)
        return
    state.base[key] = item
    if item["kind"] == "submission":
        _drop_photos(state, item)


def _drop_photos(state: TabletState, item: dict[str, Any]) -> None:
    for name, became in item["photos"].items():
        place = f"{item['instance_id']} {name}"
        if became == "awaited":
            continue
        for sha256, photo in list(state.photos.items()):
            photo.wanted_at = [one for one in photo.wanted_at if one != place]
            if not photo.wanted_at:
                del state.photos[sha256]
