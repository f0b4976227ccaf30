"""`saha demo`: loads the demo municipality into an empty database, and says who can sign in."""

import random
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from datetime import datetime, time

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from api.commands.demo.introduction import demo_password, introduce
from api.commands.demo.municipality import found_municipality
from api.commands.demo.places import make_neighbourhoods
from api.commands.demo.sample_photos import PhotoAlbum
from api.commands.demo.sending import Door, send, submission_of
from api.commands.demo.visit_plan import Cast, Size, first_day, plan_visits
from api.commands.open_database import open_database
from field_forms.library import FormLibrary
from foundation.clock import ISTANBUL, utc_now
from foundation.database import Database
from foundation.errors import SahaError
from foundation.settings import Settings
from geo.boundaries import load_index
from geo.mahalle_index import MahalleIndex
from geo.tables import BoundarySet
from photos.processing import process_waiting
from photos.storage import open_storage
from service_requests.tables import Submission
from teams.permissions import Role
from teams.sign_in import actor_of
from teams.tables import User

_SEED = 34_887
_CHUNK = 1_000
_LARGEST_SCALE = 100


class NotEmpty(SahaError):
    """The database holds data; made-up visits must never be mixed with it."""

    code = "demo.not_empty"

    def __init__(self) -> None:
        super().__init__(
            "Veritabanında veri var, örnek belediye yüklenmedi: "
            "boş bir veritabanı ya da başka bir SAHA_DATA_DIR kullanın."
        )


class BadScale(SahaError):
    """The scale is no sensible number."""

    code = "demo.bad_scale"


def load_demo(arguments: Namespace, settings: Settings, environ: Mapping[str, str]) -> int:
    """Load the demo. `arguments.visits` (tests) replaces the scale by a number of visits. Raises `NotEmpty`."""
    if not 1 <= arguments.scale <= _LARGEST_SCALE:
        raise BadScale(f"--scale 1 ile {_LARGEST_SCALE} arasında bir sayı olmalı.")
    size = Size.of_visits(arguments.visits) if arguments.visits else Size.of_scale(arguments.scale)
    with open_database(settings) as database:
        with database.reading() as session:
            is_empty, is_sample = _is_empty(session), _is_sample(session)
        if is_empty:
            _load(database, settings, size, demo_password(environ, settings))
        elif not arguments.if_empty:
            raise NotEmpty
        if is_empty or is_sample:
            introduce(environ, settings)
    return 0


def _is_empty(session: Session) -> bool:
    """Whether nobody has begun: no submission, no account, no boundaries."""
    return not session.scalar(
        select(exists().where(Submission.id.is_not(None)) | exists().where(User.id.is_not(None)))
    ) and not session.scalar(select(exists().where(BoundarySet.id.is_not(None))))


def _is_sample(session: Session) -> bool:
    return bool(session.scalar(select(BoundarySet.is_sample).where(BoundarySet.is_current)))


def _load(database: Database, settings: Settings, size: Size, password: str) -> None:
    now = utc_now().astimezone(ISTANBUL)
    founded_at = datetime.combine(first_day(now), time(9), ISTANBUL)
    print("Örnek belediye kuruluyor: mahalleler, ekipler, müdürlükler, formlar …", flush=True)
    with database.writing() as session:
        found_municipality(session, password=password, at=founded_at, today=now.date())
    _send_visits(database, settings, size, now)


def _send_visits(database: Database, settings: Settings, size: Size, now: datetime) -> None:
    rng = random.Random(_SEED)  # noqa: S311 - the same demo every time, no secret
    forms = FormLibrary()
    with database.reading() as session:
        index = load_index(session)
        cast = _cast(session, index, rng)
        newest = {form.visit_type or "": form for form in forms.all_forms(session)}
        versions = {
            visit_type: version
            for visit_type, form in newest.items()
            if (version := forms.published(session, form.form_id, form.version)) is not None
        }
    visits = plan_visits(rng, cast, size, now=now)
    storage = open_storage(settings)
    try:
        door = Door(database, storage, versions, PhotoAlbum(rng), rng)
        told = _progress("Ziyaretler gönderiliyor", len(visits))
        for start in range(0, len(visits), _CHUNK):
            chunk = [submission_of(door, visit) for visit in visits[start : start + _CHUNK]]
            send(door, chunk, lambda done, start=start: told(start + done))  # type: ignore[misc] # bound at once
        told = _progress("Fotoğraflar işleniyor", size.photos)
        done = 0
        while processed := process_waiting(database, storage, at=utc_now):
            done += processed
            told(done)
    finally:
        storage.close()


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


def _progress(what: str, total: int) -> Callable[[int], None]:
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
