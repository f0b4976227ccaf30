"""Trips cut from tracks: what counts as a way, what is left out, and what many of them say."""

import pytest

from planning.track_trips import LEAST_TRIPS, Fix, Trip, find_trips, learn
from planning.travel_matrix import CAR, WALK

# About a hundred metres north, and east at 41°.
NORTH, EAST = 1 / 1112, 1 / 840
EVERY_S = 120


def a_track(*steps: tuple[float, float], accuracy_m: float = 10, every_s: float = EVERY_S) -> list[Fix]:
    """Walk steps of so many hundred metres east and north, a point every two minutes."""
    lon, lat = 29.2, 41.0
    fixes = [Fix(0, lon, lat, accuracy_m)]
    for number, (east, north) in enumerate(steps, 1):
        lon, lat = lon + east * EAST, lat + north * NORTH
        fixes.append(Fix(number * every_s, lon, lat, accuracy_m))
    return fixes


AROUND_A_CORNER = [(10, 0), (10, 0), (10, 0), (0, 10), (0, 10), (0, 10)]


def test_a_way_around_a_corner_is_longer_than_its_bee_line() -> None:
    (trip,) = find_trips(a_track((0, 0), *AROUND_A_CORNER, (0, 0)), CAR)
    # The first and the last hop are left out: two kilometres east and two north remain.
    assert trip.track_m == pytest.approx(4000, rel=0.01)
    assert trip.bee_line_m == pytest.approx(4000 / 2**0.5, rel=0.01)
    assert trip.seconds == 4 * EVERY_S


def test_standing_at_a_door_cuts_a_track_in_two() -> None:
    straight = [(10.0, 0.0)] * 5
    assert len(find_trips(a_track(*straight, (0, 0), (0.1, 0), *straight), CAR)) == 2
    assert len(find_trips(a_track(*straight, *straight), CAR)) == 1


def test_what_is_no_way_by_this_mode_is_left_out() -> None:
    straight = [(10.0, 0.0)] * 6
    walked = [(1.5, 0.0)] * 6
    assert find_trips(a_track(*walked), CAR) == []
    assert find_trips(a_track(*straight), WALK) == []
    assert len(find_trips(a_track(*walked), WALK)) == 1
    # Unsure points, long silences, jumps of the receiver, rounds with doors in them, ways of two points.
    assert find_trips(a_track(*straight, accuracy_m=200), CAR) == []
    assert find_trips(a_track(*straight, every_s=900), CAR) == []
    assert find_trips(a_track(*[(90.0, 0.0)] * 6), CAR) == []
    assert find_trips(a_track((10, 0), (10, 0), (0, 10), (-10, 0), (0, -9), (0, -9)), CAR) == []
    assert find_trips(a_track(*straight[:3]), CAR) == []


def test_the_median_holds_against_odd_ones_and_few_say_nothing() -> None:
    plain, odd = Trip(1400, 1000, 168), Trip(2900, 1000, 1000)
    assert learn([plain] * (LEAST_TRIPS - 1), CAR) is None
    learnt = learn([plain] * 20 + [odd] * 10, CAR)
    assert learnt is not None
    assert (learnt.road_factor, learnt.speed_kmh) == (1.4, 30.0)


def test_what_is_not_believable_is_cut_to_what_is() -> None:
    straight = learn([Trip(1000, 1000, 36)] * LEAST_TRIPS, CAR)
    slow = learn([Trip(1000, 1000, 1440)] * LEAST_TRIPS, WALK)
    assert straight is not None
    assert slow is not None
    assert straight == (1.05, 70.0)
    assert slow.speed_kmh == 2.5
