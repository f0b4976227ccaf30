"""Moments of a day as people write them: `14:30`. Hours of visits are read by `visits/time_windows.py`. Pure."""


def write_moment(seconds: int) -> str:
    """Write seconds of the day as `HH:MM`."""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours:02d}:{minutes:02d}"
