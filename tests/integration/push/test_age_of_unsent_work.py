"""What a tablet says of its unsent work reaches the coordinators, in the time of the centre whatever its clock says."""

from datetime import timedelta
from typing import Any

import pytest

from tests.fixtures.municipality import NOON, SetClock
from tests.fixtures.office import Office
from tests.integration.push.pushes import PushingTablet

DAY = timedelta(days=1)
# How far the tablet's clock is off: by days, set to 1970, set to 2100.
OFFSETS = [timedelta(0), 2 * DAY, -2 * DAY, timedelta(days=-20_777), timedelta(days=26_704)]


def the_tablet(office: Office) -> dict[str, Any]:
    (row,) = office.get("koordinator", "/v1/devices").json()["items"]
    return dict(row)


@pytest.mark.parametrize("offset", OFFSETS, ids=str)
def test_the_age_of_the_oldest_is_by_the_tablets_own_clock(
    pushing: PushingTablet, office: Office, clock: SetClock, offset: timedelta
) -> None:
    its_now = NOON + offset
    oldest = its_now - DAY
    pushing.push(sent_at=its_now.isoformat(), unsent_count=3, oldest_unsent_at=oldest.isoformat())
    clock.now = NOON + timedelta(hours=1)
    row = the_tablet(office)
    assert (row["unsent_count"], row["oldest_unsent_at"]) == (3, "2026-11-19T09:00:00Z")
    assert row["oldest_unsent_s"] == 25 * 3600
    pushing.push(sent_at=its_now.isoformat(), unsent_count=0, oldest_unsent_at=None)
    assert (the_tablet(office)["oldest_unsent_at"], the_tablet(office)["oldest_unsent_s"]) == (None, None)


def test_work_of_tomorrow_is_no_older_than_now(pushing: PushingTablet, office: Office) -> None:
    """The clock was put back after it was done."""
    pushing.push(unsent_count=1, oldest_unsent_at=(NOON + DAY).isoformat())
    row = the_tablet(office)
    assert (row["oldest_unsent_at"], row["oldest_unsent_s"]) == ("2026-11-20T09:00:00Z", 0)


def test_without_a_clock_the_moment_is_believed(pushing: PushingTablet, office: Office) -> None:
    pushing.push(unsent_count=1, sent_at=None, oldest_unsent_at=(NOON - DAY).isoformat())
    assert the_tablet(office)["oldest_unsent_s"] == DAY.total_seconds()
