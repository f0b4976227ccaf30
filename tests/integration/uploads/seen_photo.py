"""One promised photo as everybody sees it: the office in its list, its page and by a link, the tablet in its feed."""

import secrets
from datetime import timedelta
from typing import Any

from api.wiring import Wiring
from photos.signed_links import sign_link
from photos.storage_errors import PhotoDamaged, PhotoMissing
from tests.fixtures.municipality import NOON
from tests.fixtures.office import Office
from tests.integration.uploads.conftest import Tablets
from tests.integration.uploads.requests import a_large_photo, push_promise, sha256_of

NAME = "a.jpg"


class SeenPhoto:
    """A photo that a pushed submission awaits. No other test has the same one: the S3 server outlives a test."""

    def __init__(self, office: Office, tablets: Tablets, wiring: Wiring, byte_size: int = 300_000) -> None:
        self.content = a_large_photo(byte_size, seed=secrets.randbelow(2**40))
        self._office = office
        self._tablets = tablets
        self._wiring = wiring
        push_promise(tablets.first, office.municipality.users["saha"], {NAME: self.content})

    def assert_nothing_is_shown(self) -> None:
        """Hold that nobody sees anything of it, and that nothing but the whole lies in its place."""
        assert self._states() == {"list": (1, 0), "page": ("awaited", None, None), "feed": "awaited"}
        assert self._follow_link().status_code == 404
        try:
            kept = self._wiring.photo_storage.open_binary(sha256_of(self.content))
        except (PhotoMissing, PhotoDamaged):
            return
        with kept:
            assert kept.read() == self.content

    def assert_it_is_whole(self) -> None:
        """Hold that it arrived, byte by byte."""
        states = self._states()
        assert (states["list"], states["page"][0], states["feed"]) == ((1, 1), "received", "verified")
        answer = self._follow_link()
        assert (answer.status_code, answer.content) == (200, self.content)

    def _states(self) -> dict[str, Any]:
        row = self._office.get("koordinator", "/v1/submissions").json()["items"][0]
        [photo] = self._office.get("koordinator", f"/v1/submissions/{row['id']}").json()["photo_list"]
        self._tablets.first.pull_all()
        [told] = [item for (kind, _), item in self._tablets.first.held.items() if kind == "submission"]
        return {
            "list": (row["photos"]["expected"], row["photos"]["received"]),
            "page": (photo["state"], photo["thumb_url"], photo["original_url"]),
            "feed": told["photos"][NAME],
        }

    def _follow_link(self) -> Any:  # noqa: ANN401 - httpx's answer
        """Ask for the original by a link as the page would make it."""
        sha256, viewer = sha256_of(self.content), self._office.municipality.users["koordinator"]
        query = sign_link(self._wiring.secret_key, sha256, "original", NOON + timedelta(minutes=5), str(viewer))
        return self._office.get("koordinator", f"/photos/{sha256}/original?{query}")
