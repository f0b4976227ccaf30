"""What is odd about the times a tablet wrote. Device clocks are data; the server's own time decides."""

from datetime import datetime, timedelta

from field_forms.remarks import Remark
from foundation.clock import ISTANBUL

# More than this between the tablet's clock and ours is flagged, where the client tells its time at sending.
TOLERATED_OFFSET = timedelta(minutes=10)
# Without it, a form finished this long before it reached us is told: late for want of a network, or a slow clock.
LATE = timedelta(days=2)


def clock_remarks(
    start: datetime | None, end: datetime | None, *, received_at: datetime, device_time: datetime | None
) -> list[Remark]:
    """Compare when the form says it was filled with when it arrived. All moments are aware."""
    remarks: list[Remark] = []
    if start is not None and end is not None and end < start:
        sentence = f"Form {_say(start)} başlamış ama {_say(end)} bitmiş: tabletin saati değişmiş."
        remarks.append(Remark("clock.end_before_start", "", sentence))
    finished = end or start
    if device_time is not None:
        if abs(device_time - received_at) > TOLERATED_OFFSET:
            offset = _length(abs(device_time - received_at))
            way = "ileri" if device_time > received_at else "geri"
            remarks.append(Remark("clock.offset", "", f"Tabletin saati {offset} {way}; saat ayarını denetleyin."))
    elif finished is not None:
        remarks += _compare_with_arrival(finished, received_at)
    return remarks


def _compare_with_arrival(finished: datetime, received_at: datetime) -> list[Remark]:
    if finished - received_at > TOLERATED_OFFSET:
        ahead = _length(finished - received_at)
        sentence = (
            f"Form {_say(finished)} bitmiş görünüyor, bize {_say(received_at)} ulaştı: tabletin saati {ahead} ileri."
        )
        return [Remark("clock.ahead", "", sentence)]
    if received_at - finished >= LATE:
        late = _length(received_at - finished)
        sentence = (
            f"Form {_say(finished)} bitmiş görünüyor, bize {late} sonra ulaştı: "
            "tablet çevrimdışı kalmış ya da saati geri olabilir."
        )
        return [Remark("clock.late", "", sentence)]
    return []


def _say(moment: datetime) -> str:
    return f"{moment.astimezone(ISTANBUL):%d.%m.%Y %H:%M}"


def _length(span: timedelta) -> str:
    if span >= timedelta(days=1):
        return f"{round(span / timedelta(days=1))} gün"
    if span >= timedelta(hours=1):
        return f"{round(span / timedelta(hours=1))} saat"
    return f"{round(span / timedelta(minutes=1))} dakika"
