"""Settings that contradict each other are refused at the start, in words."""

import pytest

from foundation.settings import BadSettings, read_settings


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]"])  # noqa: S104 - nothing listens here
def test_listening_everywhere_takes_an_address_that_tablets_can_use(host: str) -> None:
    with pytest.raises(BadSettings) as told:
        read_settings({"SAHA_HOST": host})
    assert "SAHA_PUBLIC_URL" in told.value.sentence
    settings = read_settings({"SAHA_HOST": host, "SAHA_PUBLIC_URL": "http://192.168.1.20:8000/"})
    assert settings.base_url == "http://192.168.1.20:8000"


def test_one_address_needs_no_other() -> None:
    assert read_settings({"SAHA_HOST": "192.168.1.20"}).base_url == "http://192.168.1.20:8000"
