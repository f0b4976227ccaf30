"""Why a visit has no place in a plan: found by looking at it alone. Pure; the sentences are what people read."""

from collections.abc import Sequence

from planning.lunch_clock import LunchClock
from planning.problem import UNREACHABLE, Problem, Ride, Shift, Visit
from planning.timetable import DoesNotFit, Matrix, time_route

WINDOWS_EXCLUDE, NO_TEAM, OUTSIDE_SHIFTS = "windows_exclude", "no_team", "outside_shifts"
UNREACHED, TOO_LONG, IN_LUNCH, NO_ROOM = "unreachable", "too_long", "in_lunch", "no_room"
NO_POINT, OUTSIDE_DISTRICT, DO_NOT_VISIT = "no_point", "outside_district", "do_not_visit"
MOVED_TOO_LATE = "moved_too_late"
PROMISES_CLASH, PROMISE_LATE = "promises_clash", "promise_late"

REASONS = {
    WINDOWS_EXCLUDE: "Saat aralıkları, son gün ve söz verilen saat birbirini dışlıyor. Ziyaretin saatlerini düzeltin.",
    NO_TEAM: "Seçilen ekiplerin hiçbiri bu ziyareti yapamaz (istenen ekip, nitelik ya da ziyaretçi). Ekip ekleyin.",
    OUTSIDE_SHIFTS: "Ziyaretin saatleri seçilen ekiplerin mesaisine denk gelmiyor. Saatleri ya da günü değiştirin.",
    UNREACHED: "Hiçbir ekip için bu adrese yol bulunamadı. Hedefin konumunu denetleyin.",
    TOO_LONG: "Ziyaret, yoluyla birlikte hiçbir mesaiye sığmıyor. Süresini kısaltın ya da mesaiyi uzatın.",
    IN_LUNCH: "Ziyaretin saatleri öğle arasının içinde kalıyor. Saat aralığını genişletin.",
    NO_ROOM: "Ekiplerin gününde yer kalmadı. Başka bir gün ya da bir ekip daha ekleyin.",
    NO_POINT: "Hedefin konumu yok. Konumunu girin ya da ziyareti elle bir ekibe verin.",
    OUTSIDE_DISTRICT: "Hedefin konumu ilçenin dışında. Konumu düzeltin ya da ziyareti elle bir ekibe verin.",
    DO_NOT_VISIT: "Hedef ziyaret edilmek istemiyor. Ziyareti iptal edin.",
    PROMISES_CLASH: "Söz verilen ya da taşınan bir ziyaretle çakışıyor. Birinin saatini ya da ekibini değiştirin.",
    PROMISE_LATE: "Ekip söz verilen saatte orada olamıyor. Haneyle yeni bir saat konuşun ya da ekibi değiştirin.",
    MOVED_TOO_LATE: "Taşındığı yerde ziyaretin saatleri tutmuyor. Başka bir sıraya ya da ekibe taşıyın.",
}

# What is promised or moved has one moment, so the same trouble asks for another answer.
_OF_PROMISES = {NO_ROOM: PROMISES_CLASH, TOO_LONG: PROMISE_LATE}


def reason_of(problem: Problem, visit: Visit, travel: dict[str, Matrix], clocks: Sequence[LunchClock]) -> str:
    """Say why a visit that was not served could not be: the first of the reasons that holds for it alone."""
    windows = [window for window in visit.windows if window[0] <= window[1]]
    if not windows:
        return WINDOWS_EXCLUDE
    ways = [
        (shift, clock)
        for shift, clock in zip(problem.shifts, clocks, strict=True)
        if visit.allowed is None or shift.team in visit.allowed
    ]
    if not ways:
        return NO_TEAM
    reason = reason_with(ways, visit, travel)
    return _OF_PROMISES.get(reason, reason) if visit.required else reason


def reason_with(ways: list[tuple[Shift, LunchClock]], visit: Visit, travel: dict[str, Matrix]) -> str:
    """Say why none of these shifts has the visit, which each of their teams may make."""
    windows = [window for window in visit.windows if window[0] <= window[1]]
    pieces = [(shift, clock, piece) for shift, clock in ways for piece in clock.pieces(visit)]
    if not pieces:
        return IN_LUNCH
    if not any(shift.start <= late and early <= shift.end for shift, _ in ways for early, late in windows):
        return OUTSIDE_SHIFTS
    if all(_is_cut_off(shift, visit, travel[shift.mode]) for shift, _ in ways):
        return UNREACHED
    if any(_fits(shift, Ride(visit, piece), travel, clock) for shift, clock, piece in pieces):
        return NO_ROOM
    return TOO_LONG


def _is_cut_off(shift: Shift, visit: Visit, travel: Matrix) -> bool:
    there, back = travel[shift.start_place, visit.place], travel[visit.place, shift.end_place]
    return UNREACHABLE in (int(there), int(back))


def _fits(shift: Shift, ride: Ride, travel: dict[str, Matrix], clock: LunchClock) -> bool:
    try:
        time_route(0, shift, [ride], travel[shift.mode], clock)
    except DoesNotFit:
        return False
    return True
