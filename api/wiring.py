"""Everything a request handler may need, made once per process and injected by name."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from api.device_profiles import DeviceProfiles
from api.entity_list_offers import EntityListOffers
from api.form_offers import FormOffers
from api.group_commit import GroupCommit
from api.housekeeping import Housekeeping
from api.intake_line import KnowledgeCache, open_intake_line
from api.list_importer import ListImporter, open_list_importer
from api.package_shelf import PackageShelf
from api.pressure import Admission, DeviceCount, DeviceQueue, PaceLimit
from api.remembered_sign_in import RememberedSignIns
from api.secret_key import load_secret_key
from api.sweeps import sweeps_of
from api.uploads_under_way import UploadsUnderWay
from field_forms.library import FormLibrary
from foundation.clock import Clock, utc_now
from foundation.database import Database
from foundation.settings import Settings
from photos.processing import PhotoProcessor
from photos.storage import PhotoStorage, open_storage
from planning.desk import PlanningDesk
from service_requests.broken_photos import flag_broken_photo
from service_requests.incoming import IncomingSubmission, Outcome
from teams.sign_in_attempts import SignInAttempts

Result = TypeVar("Result")

# A first load takes a few hundred pages in a row; nobody needs more than this for longer.
_PULL_BURST, _PULLS_PER_SECOND = 2_000, 10.0
# Some seconds of work for a process; who comes when so many wait is better off coming back.
_MOST_PULLS_UNDER_WAY = 400
# Bodies (of at most 1 MiB) that a tablet may be sending at once: one, and those of lines that it has lost since.
_MOST_PUSHES_ARRIVING = 4
# Whoever waits for a slow storage must not keep others from signing in, so it has threads of its own.
_STORAGE_THREADS = 16


class Wiring(msgspec.Struct, frozen=True):
    """The running parts of one server process."""

    settings: Settings
    database: Database
    clock: Clock
    secret_key: bytes
    photo_storage: PhotoStorage
    storage_threads: ThreadPoolExecutor
    photo_processor: PhotoProcessor
    forms: FormLibrary
    form_offers: FormOffers
    entity_lists: EntityListOffers
    knowledge: KnowledgeCache
    # Shared by both doors: a password is guessed ten times, not twice ten.
    attempts: SignInAttempts
    sign_ins: RememberedSignIns
    intake: GroupCommit[IncomingSubmission, Outcome]
    housekeeping: Housekeeping
    list_importer: ListImporter
    uploads_under_way: UploadsUnderWay
    device_profiles: DeviceProfiles
    packages: PackageShelf
    pushes_arriving: DeviceCount
    push_turns: DeviceQueue
    pull_pace: PaceLimit
    pulls_under_way: Admission
    planning: PlanningDesk

    async def in_storage_threads(self, work: Callable[..., Result], *what: object) -> Result:
        """Run `work(…)` where waiting for the storage holds up nothing else."""
        return await asyncio.get_running_loop().run_in_executor(self.storage_threads, work, *what)

    def start(self) -> None:
        """Start the threads of this process."""
        self.intake.start()
        self.photo_processor.start()
        self.housekeeping.start()
        self.list_importer.start()

    def stop(self) -> None:
        """Finish what is under way and give everything back."""
        self.planning.stop()
        self.housekeeping.stop()
        self.list_importer.stop()
        self.intake.stop()
        self.photo_processor.stop()
        self.storage_threads.shutdown()
        self.photo_storage.close()
        self.database.close()


def wire(settings: Settings, *, clock: Clock = utc_now) -> Wiring:
    """Open database and photo storage and put the parts together; nothing runs until `start`."""
    database = Database(settings.resolved_database_url, pool_size=settings.database_pool)
    storage = open_storage(settings)
    secret_key = load_secret_key(settings)
    processor = PhotoProcessor(database, storage, at=clock, failed=flag_broken_photo)
    forms = FormLibrary()
    entity_lists = EntityListOffers(database, clock)
    knowledge = KnowledgeCache(forms)
    attempts = SignInAttempts()
    return Wiring(
        settings=settings,
        database=database,
        clock=clock,
        secret_key=secret_key,
        photo_storage=storage,
        storage_threads=ThreadPoolExecutor(_STORAGE_THREADS, "storage"),
        photo_processor=processor,
        forms=forms,
        form_offers=FormOffers(database, forms, entity_lists),
        entity_lists=entity_lists,
        knowledge=knowledge,
        attempts=attempts,
        sign_ins=RememberedSignIns(database, secret_key, clock, attempts),
        intake=open_intake_line(database, knowledge, processor.nudge),
        uploads_under_way=UploadsUnderWay(),
        housekeeping=Housekeeping(database, sweeps_of(database, storage, knowledge), at=clock),
        list_importer=open_list_importer(database, knowledge, clock),
        device_profiles=DeviceProfiles(settings.municipality, clock),
        packages=PackageShelf(database, secret_key, settings.map_file, clock),
        pushes_arriving=DeviceCount(_MOST_PUSHES_ARRIVING),
        push_turns=DeviceQueue(),
        pull_pace=PaceLimit(burst=_PULL_BURST, per_second=_PULLS_PER_SECOND),
        pulls_under_way=Admission(_MOST_PULLS_UNDER_WAY),
        planning=PlanningDesk(database, settings, clock, lambda session: knowledge.current(session).index),
    )
