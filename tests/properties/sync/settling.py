"""The end of a walk: everything is delivered, then all must be of one mind, and a further round transfers nothing."""

from sqlalchemy import func, select

from sync.tables import HeldChange
from tests.properties.sync import checks
from tests.properties.sync.collect_acts import CollectActs
from tests.properties.sync.world import World

# Held changes are applied after five days at the latest.
_UNTIL_NOTHING_IS_HELD_H = 24 * 5 + 1


def settle(world: World, collect: CollectActs) -> None:
    """Deliver everything, wait until nothing is held, and look."""
    for team in range(len(world.teams)):
        while collect.outbox[team]:
            collect.send(team, last_first=False, answer_is_lost=False)
    _sync_everybody(world)
    world.let_time_pass(_UNTIL_NOTHING_IS_HELD_H)
    _sync_everybody(world)
    world.check_always()
    with world.wiring.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(HeldChange)) == 0, "held for ever"
    for tablet in _living(world):
        assert world.tablets[tablet].state.outbox == []
        world.check_held(tablet)
        _check_photos_arrived(world, tablet)
    _check_quiet(world)


def _living(world: World) -> list[int]:
    return [tablet for tablet in range(len(world.tablets)) if tablet not in world.revoked]


def _sync_everybody(world: World) -> None:
    for tablet, device in enumerate(world.tablets):
        world.deliver_late(tablet)
        device.batch_size = 200
        if tablet in world.revoked:
            # Its day of grace may be over; what it holds it still holds.
            world.attempt(tablet, device.push, [], "")
            continue
        assert world.attempt(tablet, device.push, [], "")
        assert world.attempt(tablet, device.send_photos, [], "")
    for tablet in _living(world):
        assert world.attempt(tablet, world.tablets[tablet].pull, [], "")


def _check_photos_arrived(world: World, tablet: int) -> None:
    """A photo stays on the tablet only where its form is in quarantine."""
    state = world.tablets[tablet].state
    taken = {
        form.instance_id
        for operation_id, form in world.made.forms.items()
        if state.results.get(operation_id, {}).get("status", "rejected") != "rejected"
    }
    for photo in state.photos.values():
        waiting = [place for place in photo.wanted_at if place.split()[0] in taken]
        assert not waiting, f"never verified: {waiting}"


def _check_quiet(world: World) -> None:
    with world.wiring.database.reading() as session:
        before = checks.contents(session)
    for tablet in _living(world):
        device = world.tablets[tablet]
        world.wires[tablet].carried.clear()
        assert device.push() == []
        device.send_photos()
        assert device.pull() == 0, "a second round brings what is there already"
        # The days of a profile move on with the clock, and what the server remembers of it may be two seconds old.
        asked = [one.path for one, _ in world.wires[tablet].carried if one.path != "/v1/sync/profile"]
        assert len(asked) == 1, f"a second round asks more than once: {asked}"
    with world.wiring.database.reading() as session:
        assert checks.contents(session) == before
