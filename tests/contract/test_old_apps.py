"""An application that the operator calls too old is given nothing new, and hands over what it has."""

from pathlib import Path

import pytest
from litestar import Litestar

from foundation.settings import Settings
from tests.contract.test_device_doors import DRAINS, device_routes, path_of
from tests.fixtures.tablets import Tablet

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
_FOR_ANY_APP = {"/v1/sync/profile", "/v1/sync/sign-in"}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "var", database_url=database_url, oldest_app="1.1")


@pytest.mark.parametrize(("said", "is_old"), [(None, True), ("1.0.9", True), ("1.1.0", False), ("1.10", False)])
def test_too_old_an_application_is_told_so_where_it_fetches(
    app: Litestar, tablet: Tablet, said: str | None, *, is_old: bool
) -> None:
    headers = {"Tus-Resumable": "1.0.0", **({"Saha-App": said} if said else {})}
    for method, route in device_routes(app):
        answer = tablet.ask(
            method, path_of(route), headers=headers, **({"json": {}} if method == "POST" else {})
        )  # fmt: skip
        is_refused = is_old and route not in DRAINS | _FOR_ANY_APP
        assert (answer.status_code == 412) == is_refused, (method, route, answer.text)
        if is_refused and answer.content:
            told = answer.json()
            assert (told["code"], "yenileyin" in told["detail"]) == ("sync.app_too_old", True)
