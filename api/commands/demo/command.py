"""`saha demo`: loads the demo municipality into an empty database, and says who can sign in."""

from argparse import Namespace
from collections.abc import Mapping

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from api.commands.demo.introduction import demo_password, introduce
from api.commands.demo.loading import finish_loading, start_loading, unfinished_loading
from api.commands.demo.visit_plan import Size
from api.commands.open_database import open_database
from foundation.errors import SahaError
from foundation.settings import Settings
from geo.tables import BoundarySet
from service_requests.tables import Submission
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
        loading = unfinished_loading(settings) if is_sample else None
        if is_empty:
            loading = start_loading(database, settings, size, demo_password(environ, settings))
        if loading is not None:
            finish_loading(database, settings, loading)
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
