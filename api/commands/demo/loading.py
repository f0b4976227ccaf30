"""Loading the demo: the municipality in one transaction, then its year of visits, then the photos' pictures.

An interrupted loading goes on where it stopped: the plan is the same for the same seed and moment, which are kept in
the data folder until all is done, and the intake takes nothing twice.
"""

import random
import sys
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.commands.demo.given_answers import give_sample_answers
from api.commands.demo.mishaps import plan_mishaps
from api.commands.demo.municipality import found_municipality
from api.commands.demo.places import make_neighbourhoods
from api.commands.demo.planning import plan_ahead
from api.commands.demo.sample_photos import PhotoAlbum
from api.commands.demo.sending import Door, send, submissions_of
from api.commands.demo.visit_lists import record_sample_lists
from api.commands.demo.visit_plan import Cast, Size, first_day, plan_visits
from api.intake_line import KnowledgeCache
from field_forms.library import FormLibrary
from foundation.clock import ISTANBUL, utc_now
from foundation.database import Database
from foundation.settings import Settings
from geo.boundaries import load_index
from geo.mahalle_index import MahalleIndex
from photos.processing import process_waiting
from photos.storage import PhotoStorage, open_storage
from teams.permissions import Role
from teams.sign_in import actor_of
from teams.tables import User
from teams.team_areas import replace_team_areas

_SEED = 34_887
_CHUNK = 1_000


class Loading(msgspec.Struct, frozen=True):
    """A loading under way: together with the seed this decides everything in the demo."""

    now: datetime
    size: Size


def unfinished_loading(settings: Settings) -> Loading | None:
    """Return the loading that was interrupted, if one was."""
    file = _loading_file(settings)
    return msgspec.json.decode(file.read_bytes(), type=Loading) if file.exists() else None


def start_loading(database: Database, settings: Settings, size: Size, password: str) -> Loading:
    """Found the municipality and remember that its visits are to come."""
    loading = Loading(utc_now(), size)
    now = loading.now.astimezone(ISTANBUL)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    _loading_file(settings).write_bytes(msgspec.json.encode(loading))
    print("Örnek belediye kuruluyor: mahalleler, ekipler, müdürlükler, formlar …", flush=True)
    founded_at = datetime.combine(first_day(now), time(9), ISTANBUL)
    with database.writing() as session:
        found_municipality(session, password=password, at=founded_at, today=now.date())
    return loading


def finish_loading(database: Database, settings: Settings, loading: Loading) -> None:
    """Send all visits, make the photos' pictures, and forget the loading."""
    storage = open_storage(settings)
    try:
        _record_lists(database, loading)
        _send_visits(database, storage, loading)
        give_sample_answers(database, _index(database), loading.now)
        plan_ahead(database, loading.now)
        _process_photos(database, storage, loading.size.photos)
    finally:
        storage.close()
    _loading_file(settings).unlink(missing_ok=True)


def _loading_file(settings: Settings) -> Path:
    return settings.data_dir / "demo-loading.json"


def _record_lists(database: Database, loading: Loading) -> None:
    print(f"Ziyaret edilecekler yazılıyor: {loading.size.targets} örnek kayıt …", flush=True)
    index = _index(database)
    # Not the die of the visits: with the lists or without, they are the same.
    neighbourhoods = make_neighbourhoods(random.Random(_SEED), index.areas)  # noqa: S311 - no secret
    now = loading.now.astimezone(ISTANBUL)
    record_sample_lists(database, index, neighbourhoods, count=loading.size.targets, now=now)


def _index(database: Database) -> MahalleIndex:
    with database.reading() as session:
        return load_index(session)


def _send_visits(database: Database, storage: PhotoStorage, loading: Loading) -> None:
    rng = random.Random(_SEED)  # noqa: S311 - the same demo every time, no secret
    with database.reading() as session:
        door = _open_door(session, storage, rng)
        cast = _cast(session, load_index(session), rng)
    with database.writing() as session:
        for team, neighbourhoods in cast.neighbourhoods.items():
            replace_team_areas(session, team, [one.mahalle_id for one in neighbourhoods])
    visits = plan_visits(rng, cast, loading.size, now=loading.now.astimezone(ISTANBUL))
    mishaps = plan_mishaps(rng, visits)
    knowledge = KnowledgeCache(FormLibrary())
    told = progress("Ziyaretler gönderiliyor", len(visits))
    for start in range(0, len(visits), _CHUNK):
        chunk = visits[start : start + _CHUNK]
        submissions = [one for visit in chunk for one in submissions_of(door, visit, mishaps.get(visit.instance_id))]
        send(database, knowledge, submissions)
        told(start + len(chunk))


def _process_photos(database: Database, storage: PhotoStorage, count: int) -> None:
    told = progress("Fotoğraflar işleniyor", count)
    done = 0
    while processed := process_waiting(database, storage, at=utc_now):
        done += processed
        told(done)


def _open_door(session: Session, storage: PhotoStorage, rng: random.Random) -> Door:
    forms = FormLibrary()
    versions = {
        form.visit_type: version
        for form in forms.all_forms(session)
        if form.visit_type and (version := forms.published(session, form.form_id, form.version)) is not None
    }
    coordinator = session.scalars(select(User).where(User.role == Role.COORDINATOR.value)).one()
    return Door(storage, versions, PhotoAlbum(rng), rng, actor_of(coordinator))


def _cast(session: Session, index: MahalleIndex, rng: random.Random) -> Cast:
    """Give each team its workers and the third of the district nearest to each other, from west to east."""
    workers = session.scalars(select(User).where(User.role == Role.FIELD_WORKER.value).order_by(User.id)).all()
    teams = list(dict.fromkeys(worker.team_id for worker in workers if worker.team_id))
    near_together = sorted(make_neighbourhoods(rng, index.areas), key=lambda one: one.geometry.centroid.x)
    share = -(-len(near_together) // len(teams))
    return Cast(
        workers={team: [actor_of(worker) for worker in workers if worker.team_id == team] for team in teams},
        neighbourhoods={team: near_together[n * share : (n + 1) * share] for n, team in enumerate(teams)},
        index=index,
    )


def progress(what: str, total: int) -> Callable[[int], None]:
    """Return what is told how many are done: one line that is overwritten on a terminal, ten lines in a log."""
    is_terminal = sys.stdout.isatty()
    last = -1

    def tell(done: int) -> None:
        nonlocal last
        tenth = 10 * done // total if total else 10
        if is_terminal:
            print(f"\r{what}: {done}/{total}", end="\n" if done >= total else "", flush=True)
        elif tenth > last:
            print(f"{what}: {done}/{total}", flush=True)
        last = tenth

    return tell
