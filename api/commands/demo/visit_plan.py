"""Planning the demo's visits: who visits where and when, what they find, what goes wrong. Same seed, same plan."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from api.commands.demo import sentences
from api.commands.demo.places import Neighbourhood, Spot, beside, spot_in
from api.commands.demo.planned_visit import Oddity, PlannedFinding, PlannedVisit
from api.commands.demo.visit_calendar import VisitCalendar, arrival
from api.commands.demo.visit_lists import TARGETS
from geo.mahalle_index import MahalleIndex
from teams.permissions import Actor

# Shares of the visit types, and how readily a visit of each brings a finding.
_SHARES = {
    "hane": 0.53, "esnaf": 0.12, "mahalle_tespit": 0.12, "taziye": 0.06, "asker_ugurlama": 0.03, "memnuniyet": 0.04,
    "dagitim": 0.03, "hos_geldiniz": 0.015, "hayirli_olsun": 0.015, "depremzede": 0.01, "yasli_ziyareti": 0.01,
    "isveren": 0.007, "stk_muhtarlik": 0.005, "halk_gunu": 0.004, "etkinlik": 0.003, "mahalle_bulusmasi": 0.002,
}  # fmt: skip
_READINESS = {
    "hane": 1.0, "esnaf": 1.6, "mahalle_tespit": 11.0, "taziye": 0.3, "asker_ugurlama": 0.5, "memnuniyet": 0.5,
    "dagitim": 0.3, "hos_geldiniz": 0.8, "hayirli_olsun": 1.0, "depremzede": 2.0, "yasli_ziyareti": 1.2, "isveren": 0.6,
    "stk_muhtarlik": 9.0, "halk_gunu": 30.0, "etkinlik": 4.0, "mahalle_bulusmasi": 40.0,
}  # fmt: skip
_IN_STREET = "mahalle_tespit"
_WITH_FRONT_PHOTO = "esnaf"
_MOST_FINDINGS = 5
_FRONT_PHOTOS = 0.15
_PHOTOS_THAT_NEVER_COME = 0.05
_MINUTES = {
    "hane": (4, 25),
    "esnaf": (4, 15),
    "mahalle_tespit": (15, 70),
    "taziye": (10, 40),
    "asker_ugurlama": (8, 30),
    "memnuniyet": (3, 12),
    "dagitim": (1, 6),
    "hos_geldiniz": (6, 25),
    "hayirli_olsun": (5, 20),
    "depremzede": (8, 35),
    "yasli_ziyareti": (10, 45),
    "isveren": (10, 45),
    "stk_muhtarlik": (15, 60),
    "halk_gunu": (90, 240),
    "etkinlik": (60, 180),
    "mahalle_bulusmasi": (60, 150),
}
# How many in a thousand visits are odd in this way.
_ODD_PER_MILLE = {
    Oddity.OUTSIDE: 9, Oddity.INACCURATE: 22, Oddity.ZERO_POINT: 3, Oddity.SWAPPED_POINT: 2, Oddity.CLOCK_AHEAD: 4,
    Oddity.UNKNOWN_VERSION: 5, Oddity.ANSWER_MISSING: 4,
}  # fmt: skip


class Size(msgspec.Struct, frozen=True):
    """How much there is to make."""

    visits: int
    findings: int
    photos: int
    # A list of whom to visit is as long as a municipality is large, not as the year is.
    targets: int = TARGETS

    @classmethod
    def of_scale(cls, scale: int) -> "Size":
        """Return the size of a scale: 1 is the ordinary demo, 10 a year of a large municipality."""
        # A larger municipality hears relatively more: the tenfold has 20,000 requests, not 15,000.
        return cls(visits=6_000 * scale, findings=1_500 if scale == 1 else 2_000 * scale, photos=300 * scale)

    @classmethod
    def of_visits(cls, visits: int) -> "Size":
        """Return a small size in the ordinary demo's proportions."""
        return cls(visits=visits, findings=visits // 4, photos=visits // 20, targets=min(TARGETS, visits * 2))


class Cast(msgspec.Struct, frozen=True):
    """Who walks where."""

    workers: Mapping[UUID, Sequence[Actor]]
    neighbourhoods: Mapping[UUID, Sequence[Neighbourhood]]
    index: MahalleIndex


def plan_visits(rng: random.Random, cast: Cast, size: Size, *, now: datetime) -> list[PlannedVisit]:
    """Plan `size` visits of the twelve months before `now`, in the order in which they arrive."""
    visits: list[PlannedVisit] = []
    counts = _split(size.visits)
    for visit_type, count in counts.items():
        starts = VisitCalendar(rng, visit_type, now.date()).starts(count)
        visits += [_visit(rng, cast, visit_type, start, now) for start in starts]
    _put_findings(rng, visits, size.findings)
    _put_photos(rng, visits, size.photos)
    for visit in visits:
        _make_odd(rng, cast.index, visit)
    return sorted(visits, key=lambda visit: visit.received_at)


def random_id(rng: random.Random) -> UUID:
    """Make a random UUID that is the same for the same seed."""
    return UUID(int=rng.getrandbits(128), version=4)


def first_day(now: datetime) -> date:
    """Return a day before all visits."""
    return now.date() - timedelta(days=400)


def _split(visits: int) -> dict[str, int]:
    counts = {visit_type: int(visits * share) for visit_type, share in _SHARES.items()}
    counts["hane"] += visits - sum(counts.values())
    return counts


def _visit(rng: random.Random, cast: Cast, visit_type: str, start: datetime, now: datetime) -> PlannedVisit:
    team_id = rng.choice(list(cast.workers))
    worker = rng.choice(cast.workers[team_id])
    own = cast.neighbourhoods[team_id]
    neighbourhood = rng.choices(own, [one.weight for one in own])[0]
    shortest, longest = _MINUTES[visit_type]
    end = start + timedelta(minutes=rng.triangular(shortest, longest, (2 * shortest + longest) / 3))
    return PlannedVisit(
        instance_id=random_id(rng),
        visit_type=visit_type,
        worker=worker,
        device_id=f"ornek:{worker.username}",
        neighbourhood=neighbourhood,
        spot=spot_in(rng, neighbourhood),
        started_at=start,
        ended_at=end,
        received_at=arrival(rng, end, latest=now),
        accuracy_m=round(rng.triangular(3, 40, 6), 1),
    )


def _put_findings(rng: random.Random, visits: Sequence[PlannedVisit], count: int) -> None:
    weights = [_READINESS[visit.visit_type] for visit in visits]
    while count:
        for visit in rng.choices(visits, weights, k=count):
            if len(visit.findings) < _MOST_FINDINGS:
                visit.findings.append(_finding(rng, visit))
                count -= 1


def _finding(rng: random.Random, visit: PlannedVisit) -> PlannedFinding:
    in_street = visit.visit_type == _IN_STREET
    code = sentences.category(rng, in_street=in_street)
    away_m = rng.uniform(0, 180) if in_street else rng.uniform(0, 25)
    lon, lat = beside(rng, visit.spot.lon, visit.spot.lat, rng.uniform(0, 6.283), away_m)
    return PlannedFinding(random_id(rng), code, sentences.sentence(rng, code, visit.spot.street), lon, lat)


def _put_photos(rng: random.Random, visits: Sequence[PlannedVisit], count: int) -> None:
    """Give exactly `count` photos that arrive, and a few more that are named and never come."""
    shops = [visit for visit in visits if visit.visit_type == _WITH_FRONT_PHOTO]
    fronts = rng.sample(shops, min(len(shops), int(count * _FRONT_PHOTOS)))
    for visit in fronts:
        visit.front_photo_name = _photo_name(rng)
    places = [
        (visit, number)
        for visit in visits
        for number, finding in enumerate(visit.findings)
        if finding.category_code in sentences.PHOTOGRAPHED
    ]
    wanted = count - len(fronts)
    never = int(count * _PHOTOS_THAT_NEVER_COME)
    for place, (visit, number) in enumerate(rng.sample(places, min(len(places), wanted + never))):
        visit.findings[number] = msgspec.structs.replace(
            visit.findings[number], photo_name=_photo_name(rng), photo_arrives=place < wanted
        )


def _photo_name(rng: random.Random) -> str:
    # As ODK Collect names them: milliseconds since 1970.
    return f"{rng.randrange(1_700_000_000_000, 1_799_999_999_999)}.jpg"


def _make_odd(rng: random.Random, index: MahalleIndex, visit: PlannedVisit) -> None:
    oddity = rng.choices([None, *_ODD_PER_MILLE], [1000 - sum(_ODD_PER_MILLE.values()), *_ODD_PER_MILLE.values()])[0]
    if oddity is Oddity.UNKNOWN_VERSION and (visit.findings or visit.front_photo_name):
        # Held raw, it would open no request and know no photo until that version is published.
        return
    visit.oddity = oddity
    if oddity is Oddity.OUTSIDE:
        visit.spot = _outside(rng, index, visit.spot)
    elif oddity is Oddity.INACCURATE:
        visit.accuracy_m = round(rng.uniform(110, 900), 1)
    elif oddity is Oddity.CLOCK_AHEAD:
        ahead = timedelta(hours=rng.uniform(1, 60))
        visit.started_at += ahead
        visit.ended_at += ahead


def _outside(rng: random.Random, index: MahalleIndex, spot: Spot) -> Spot:
    """Go a random way until the district ends."""
    for away_m in range(500, 30_000, 250):
        lon, lat = beside(rng, spot.lon, spot.lat, rng.uniform(0, 6.283), away_m)
        if index.locate(lon, lat).mahalle_id is None:
            return Spot(lon, lat, spot.street, spot.door)
    return spot
