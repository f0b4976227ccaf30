"""The planning desk of a server process: takes orders, works them out beside the requests, says what came of each.

An order is a row (`plan_records.py`); a thread reads the day, asks for travel times, hands the problem to a worker
process and stores the answer. No transaction is open while it waits. What ends the server leaves a row without a
heartbeat, which everybody reads as failed.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from foundation.clock import Clock
from foundation.database import Database
from foundation.errors import SahaError
from foundation.settings import Settings
from geo.mahalle_index import MahalleIndex
from planning.asking import AskedPlan, search_seconds
from planning.building import BuiltDay, DayBuilder, Move, places_of
from planning.day_sheet import DaySheet
from planning.holding import hold_places
from planning.moving import Orders, place_moves
from planning.plan_records import PLANNER_DIED, find_plan, finish_plan, keep_alive
from planning.reading_the_day import read_day_sheet
from planning.stored_plan import StoredPlan, read_stored, store_plan
from planning.travel_times import TravelTimes, find_travel_times
from planning.workers import NotWantedAnyMore, PlanningWorkers

log = logging.getLogger("saha")

_WAITING_ORDERS = 4
# Progress on the screen need not be finer; each step is a transaction.
_TELL_EVERY_S = 0.7

ReadIndex = Callable[[Session], MahalleIndex]


class PlanningDesk:
    """Works out what is ordered; `index` reads the boundaries of today."""

    def __init__(self, database: Database, settings: Settings, clock: Clock, index: ReadIndex) -> None:
        self._database, self._settings, self._clock, self._index = database, settings, clock, index
        self.workers = PlanningWorkers(settings.planners, settings.planner_searches)
        self._threads = ThreadPoolExecutor(settings.planners + _WAITING_ORDERS, "planning")

    def take(self, plan_id: UUID) -> None:
        """Work out a plan whose order is committed."""
        self._threads.submit(self._work, plan_id)

    def stop(self) -> None:
        """Let go of everything; orders under way are read as failed."""
        self.workers.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _work(self, plan_id: UUID) -> None:
        trouble = PLANNER_DIED
        try:
            result = self._solve(plan_id)
        except NotWantedAnyMore:
            return
        except SahaError as error:
            trouble, result = f"{error.code}|{error.sentence}", None
        except Exception:
            log.exception("a day plan could not be worked out")
            result = None
        try:
            with self._database.writing() as session:
                finish_plan(session, plan_id, self._clock(), result=result, trouble="" if result else trouble)
        except Exception:
            log.exception("what came of a day plan could not be stored")

    def _solve(self, plan_id: UUID) -> StoredPlan:
        at = self._clock()
        built, travel = self._build(plan_id, at)
        plan = self.workers.solve(built.problem, self._teller(plan_id))
        return store_plan(plan, built, travel)

    def _build(self, plan_id: UUID, at: datetime) -> tuple[BuiltDay, TravelTimes]:
        with self._database.reading() as session:
            asked = msgspec.convert(find_plan(session, plan_id).asked, AskedPlan)
            sheet = read_day_sheet(session, asked, self._index(session), self._settings.far_outside_m, at)
            base = find_plan(session, asked.based_on).result if asked.based_on else None
        modes = [one.mode for one in sheet.team_days]
        travel = find_travel_times(self._database, self._settings, places_of(sheet), modes, at)
        builder = DayBuilder(sheet, asked.days, travel.by_mode)
        moves: list[Move] = []
        orders = _orders_now(sheet) if asked.from_now else {}
        if base and (asked.keep_ours or asked.keep_theirs):
            moves, orders = hold_places(asked.keep_ours, asked.keep_theirs, read_stored(base), sheet, asked.days)
        elif base:
            moves, orders = place_moves(asked.moves, read_stored(base), sheet, asked.days, builder)
        built = builder.build(
            seconds=search_seconds(asked, len(sheet.visits)), is_balanced=asked.is_balanced, moves=moves,
            previous=orders,
        )  # fmt: skip
        return built, travel

    def _teller(self, plan_id: UUID) -> Callable[[float], bool]:
        """Make what the worker's progress goes to; it asks the row now and then whether the plan is still wanted."""
        told_at = float("-inf")

        def tell(share: float) -> bool:
            nonlocal told_at
            if time.monotonic() - told_at < _TELL_EVERY_S:
                return True
            told_at = time.monotonic()
            with self._database.writing() as session:
                return keep_alive(session, plan_id, round(share, 2), self._clock())

        return tell


def _orders_now(sheet: DaySheet) -> Orders:
    """Begin with the order in which the visits stand now: during the day as little as possible shall change."""
    orders: Orders = {}
    for visit in sheet.visits:
        orders.setdefault((visit.team_id, visit.day), []).append(visit.id)
    return orders
