"""How good and how quick the plan of a day is: through HTTP, and by the processor's time alone.

Through HTTP: a real server and a routing service beside it that gives the instance's travel times; a plan is ordered,
waited for, and handed to the checker (`plan_checker.py`), which shares no code with the planner. What is measured is
the wait from the order to the answer, the second time with travel times remembered from the first. By the processor's
time: the solver in this process, its limit in seconds of CPU, because other work on the machine takes its share.

Gaps are against `planning_best.json`: the best that was ever found, and how (`--best SECONDS` searches on, with four
seeds). `others` in it is what another solver found, which is no dependency of ours: VROOM 1.15 (`pyvroom`), given the
same matrix, windows and a break of 45 minutes that begins between 12:00 and 13:00, exploration level 5, one thread, and
accepted by the checker.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from benchmarks.plan_checker import Verdict, check_plan
from benchmarks.planning_day import problem_of, told_routes
from benchmarks.planning_instances import Instance, make_instance, with_own_lunches
from benchmarks.planning_office import PlanningOffice, an_office
from planning.solving import solve_day

BEST = Path(__file__).with_name("planning_best.json")


class Measured(NamedTuple):
    """An instance, how long it is searched for, and how long somebody may wait."""

    day: Instance
    seconds: float
    limit_s: float


def instances() -> list[Measured]:
    """Make the days that are measured."""
    days = [Measured(make_instance(200, 8, seed), 2.6, 3.0) for seed in (1, 2, 3)]
    days.append(Measured(make_instance(60, 1, 1, longest_min=7), 0.6, 1.0))
    days.append(Measured(with_own_lunches(make_instance(200, 8, 1)), 2.6, 3.0))
    return [*days, Measured(make_instance(1000, 25, 1), 18.0, 25.0)]


def tell(name: str, value: float, unit: str) -> None:
    """Print one figure."""
    print(json.dumps({"name": f"planning {name}", "value": value, "unit": unit}), flush=True)


def tell_verdict(name: str, verdict: Verdict, best: dict[str, Any]) -> None:
    """Print what the checker found."""
    tell(f"{name}: unserved", verdict.unserved, "visits")
    tell(f"{name}: broken rules", len(verdict.broken), "rules")
    known = best.get(name.split(maxsplit=1)[0])
    if known and not verdict.unserved:
        tell(f"{name}: travel above the best known", round(100 * (verdict.travel_s / known["travel_s"] - 1), 2), "%")


def measure_by_processor(measured: Measured, best: dict[str, Any]) -> None:
    """Solve in this process, limited by CPU time."""
    plan = solve_day(problem_of(measured.day, measured.seconds), now=time.process_time)
    name = f"{measured.day.name} in {measured.seconds} s of CPU"
    tell_verdict(name, check_plan(measured.day, told_routes(plan)), best)


def measure_through_http(office: PlanningOffice, measured: Measured, best: dict[str, Any]) -> None:
    """Order, wait, read; the first order of a day asks for its travel times and is told apart."""
    name, plan_id = f"{measured.day.name} through HTTP", ""
    for told in ("first order, travel times asked for", "wait"):
        begun = time.monotonic()
        plan_id = office.plan(measured.seconds)
        tell(f"{name}: {told}", round(time.monotonic() - begun, 2), "s")
    tell(f"{name}: limit", measured.limit_s, "s")
    tell_verdict(name, check_plan(measured.day, office.told_routes(plan_id)), best)


def search_on(measured: Measured, seconds: float, best: dict[str, Any]) -> None:
    """Search for longer, with several seeds, and keep what is better."""
    for seed in (1, 2, 3, 4):
        problem = msgspec.structs.replace(problem_of(measured.day, seconds), seed=seed)
        verdict = check_plan(measured.day, told_routes(solve_day(problem, now=time.process_time)))
        known = best.get(measured.day.name)
        is_better = known is None or verdict.travel_s < known["travel_s"]
        if is_better and not verdict.unserved and not verdict.broken:
            found = f"this solver, {seconds:.0f} s of CPU, seed {seed}"
            others = {"others": known["others"]} if known and "others" in known else {}
            best[measured.day.name] = {"travel_s": verdict.travel_s, "found_by": found, **others}
    BEST.write_text(json.dumps(best, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def main() -> None:
    """Measure everything, or search for better plans."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--best", type=float, help="search for so many seconds of CPU for better plans")
    parser.add_argument("--only", default="", help="instances whose name begins so")
    given = parser.parse_args()
    best = json.loads(BEST.read_text(encoding="utf-8")) if BEST.exists() else {}
    for measured in instances():
        if not measured.day.name.startswith(given.only):
            continue
        if given.best:
            search_on(measured, given.best, best)
            continue
        measure_by_processor(measured, best)
        with an_office(measured.day) as office:
            measure_through_http(office, measured, best)


if __name__ == "__main__":
    main()
