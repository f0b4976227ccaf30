"""Tablets that tell their time at sending, as ODK Collect does, through HTTP."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import Submission
from tests.fixtures.municipality import SetClock
from tests.integration.intake.posts import SAHA, Client, hane


def send_at(client: Client, date: str | None) -> int:
    """Post a form that was finished on 20 November at 11:55 in Istanbul."""
    files = {"xml_submission_file": ("form.xml", hane(), "text/xml")}
    headers = {} if date is None else {"Date": date}
    return client.post("/openrosa/submission", files=files, auth=SAHA, headers=headers).status_code


@pytest.mark.parametrize(
    ("date", "flags"),
    [
        (None, ",clock.late,"),
        ("garip bir tarih", ",clock.late,"),
        ("Mon, 23 Nov 2026 12:00:30 GMT+03:00", ""),
        ("Pzt, 23 Kas 2026 12:00:30 GMT+03:00", ""),
        ("Pzt, 23 Kas 2026 12:25:00 GMT+03:00", ",clock.offset,"),
        ("Paz, 22 Kas 2026 12:00:00 GMT+03:00", ",clock.offset,"),
    ],
)
def test_a_form_three_days_late_is_judged_by_the_tablets_clock(
    client: Client, wiring: Wiring, clock: SetClock, date: str | None, flags: str
) -> None:
    clock.now += timedelta(days=3)
    assert send_at(client, date) == 201
    with wiring.database.reading() as session:
        assert session.scalars(select(Submission)).one().flags == flags
