"""Roads learnt from the teams' tracks: once a day, of enough trips of enough people, and used and shown by plans."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from api.wiring import Wiring
from planning.tables import LearntPace
from planning.track_trips import LEAST_PEOPLE
from teams.permissions import Role
from teams.positions import NOTICE_OF_LEARNING
from teams.tables import Device, Team, TeamPosition, User
from tests.fixtures.municipality import NOON, Municipality, SetClock
from tests.fixtures.office import Office
from tests.integration.planning.planned_days import planned, visits_in_akpinar
from tests.integration.planning.sweeping import sweep

# About a kilometre east and north: a team that goes around a corner.
EAST, NORTH = 1 / 84, 1 / 111.2
CORNER = [(1, 0), (1, 0), (1, 0), (0, 1), (0, 1), (0, 1)]


def drive(
    wiring: Wiring, team: UUID, *, people: int, trips: int, notice: int = NOTICE_OF_LEARNING, agreed_days_ago: int = 60
) -> None:
    """Have so many people of a team make so many trips each, two minutes from point to point.

    They agreed to that version of the notice so many days ago.
    """
    with wiring.database.writing() as session:
        session.get_one(Team, team).mode = "car"
        for number in range(people):
            user, device = uuid4(), uuid4()
            name = f"surucu{number}"
            session.add(
                User(
                    id=user, username=name, username_key=name, display_name=name, role=Role.FIELD_WORKER.value,
                    team_id=team, password_hash="", created_at=NOON, position_notice=notice,
                    position_consent_at=NOON - timedelta(days=agreed_days_ago),
                )
            )  # fmt: skip
            session.add(
                Device(id=device, token_hash=uuid4().hex, team_id=team, label="t", enrolled_at=NOON, enrolled_by=user)
            )
            session.flush()
            for trip in range(trips):
                lon, lat, moment = 29.2, 41.0, NOON - timedelta(days=1 + trip)
                for east, north in [(0, 0), *CORNER]:
                    lon, lat = lon + east * EAST, lat + north * NORTH
                    moment += timedelta(minutes=2)
                    session.add(
                        TeamPosition(
                            id=uuid4(), team_id=team, user_id=user, device_id=device, at=moment, lon=lon, lat=lat,
                            accuracy_m=8,
                        )
                    )  # fmt: skip


def learnt(wiring: Wiring) -> dict[str, LearntPace]:
    with wiring.database.reading() as session:
        return {row.mode: row for row in session.scalars(select(LearntPace))}


def test_a_plan_reckons_with_what_tracks_taught_and_says_so(
    office: Office, wiring: Wiring, municipality: Municipality, clock: SetClock
) -> None:
    visits_in_akpinar(wiring, municipality.team, [0, 40])
    drive(wiring, municipality.team, people=LEAST_PEOPLE, trips=12)
    before = planned(office, [municipality.team])
    assert [(one["road_factor"], one["trip_count"], one["learnt_at"]) for one in before["paces"]] == [(1.4, 0, None)]
    sweep(wiring)
    found = learnt(wiring)
    assert (found["car"].trip_count, found["walk"].trip_count) == (36, 0)
    # Two kilometres east and two north of each corner count: √2 times the bee-line, four kilometres in eight minutes.
    assert found["car"].road_factor == pytest.approx(2**0.5, abs=0.02)
    assert found["car"].speed_kmh == pytest.approx(30, abs=0.5)
    assert found["walk"].road_factor is None

    after = planned(office, [municipality.team])
    (pace,) = after["paces"]
    assert (pace["mode"], pace["road_factor"], pace["trip_count"]) == ("car", found["car"].road_factor, 36)
    assert pace["learnt_at"] is not None
    ratio = before["routes"][0]["travel_s"] / after["routes"][0]["travel_s"]
    assert ratio == pytest.approx((1.4 / 25) / (pace["road_factor"] / pace["speed_kmh"]), rel=0.05)

    # Within a day nothing is learnt anew; a day later it is, and without positions it is the settings' again.
    with wiring.database.writing() as session:
        session.query(TeamPosition).delete()
    clock.now = NOON + timedelta(hours=23)
    sweep(wiring)
    assert learnt(wiring)["car"].trip_count == 36
    clock.now = NOON + timedelta(hours=25)
    sweep(wiring)
    assert (learnt(wiring)["car"].trip_count, learnt(wiring)["car"].road_factor) == (0, None)


def test_too_few_people_or_trips_teach_nothing(wiring: Wiring, municipality: Municipality) -> None:
    drive(wiring, municipality.team, people=LEAST_PEOPLE - 1, trips=20)
    sweep(wiring)
    assert (learnt(wiring)["car"].trip_count, learnt(wiring)["car"].road_factor) == (40, None)


def test_who_agreed_to_an_earlier_notice_teaches_nothing(wiring: Wiring, municipality: Municipality) -> None:
    drive(wiring, municipality.team, people=LEAST_PEOPLE, trips=12, notice=NOTICE_OF_LEARNING - 1)
    sweep(wiring)
    assert (learnt(wiring)["car"].trip_count, learnt(wiring)["car"].road_factor) == (0, None)


def test_what_was_told_before_they_agreed_to_it_is_left_out(wiring: Wiring, municipality: Municipality) -> None:
    # Trips of yesterday, the day before and so on; they agreed in the evening of the fifth day from today.
    drive(wiring, municipality.team, people=LEAST_PEOPLE, trips=12, agreed_days_ago=5)
    sweep(wiring)
    assert learnt(wiring)["car"].trip_count == 5 * LEAST_PEOPLE
