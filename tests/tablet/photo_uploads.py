"""Sending photos by tus 1.0, going on where the last attempt broke off."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tests.tablet.saved_state import OwnPhoto, TabletState
from tests.tablet.wire import Answer, Ask, NoAnswer, Wire

UPLOADS = "/v1/photos/uploads"
_TUS = {"Tus-Resumable": "1.0.0"}
_PIECE = {"Content-Type": "application/offset+octet-stream"}
# What the server says of an upload that is no more, or that did not hash to what was announced: begin anew.
_GONE = {404, 410, 460}


class Uploader:
    """Sends what waits; `save` is called whenever something is to be remembered. `wire` carries the credentials."""

    def __init__(self, wire: Wire, state: TabletState, save: Callable[[], None], *, piece_bytes: int) -> None:
        self._wire = wire
        self._state = state
        self._save = save
        self._piece_bytes = piece_bytes

    def send_all(self) -> None:
        """Ask what is wanted and send it. Raises `NoAnswer`."""
        waiting = [photo for photo in self._state.photos.values() if not photo.is_uploaded]
        if not waiting:
            return
        for photo, plan in zip(waiting, self._plan(waiting), strict=True):
            assert plan["sha256"] == photo.sha256
            if plan["do"] == "upload":
                photo.upload = plan["upload"] or ""
                self._send(photo)
            photo.is_uploaded = True
            self._save()

    def _plan(self, waiting: list[OwnPhoto]) -> list[dict[str, Any]]:
        asked = [{"sha256": photo.sha256, "byte_size": len(photo.content)} for photo in waiting]
        body = msgspec.json.encode({"photos": asked})
        answer = self._wire(Ask("POST", "/v1/photos/plan", {"Content-Type": "application/json"}, body))
        if answer.status == 400:
            raise NoAnswer("the question was damaged on its way")
        assert answer.status == 200, answer
        return list(answer.json()["photos"])

    def _send(self, photo: OwnPhoto) -> None:
        attempts = 0
        while not self._send_once(photo):
            # The upload is gone, or was damaged on the way.
            photo.upload = ""
            self._save()
            attempts += 1
            assert attempts < 5, "the server refuses a photo that is whole"

    def _send_once(self, photo: OwnPhoto) -> bool:
        if not photo.upload:
            photo.upload = self._create(photo)
            self._save()
        told = self._wire(Ask("HEAD", photo.upload, dict(_TUS)))
        if told.status in _GONE:
            return False
        assert told.status in {200, 204}, told
        offset = int(told.headers["upload-offset"])
        while offset < len(photo.content):
            answer = self._piece(photo, offset)
            if answer.status in _GONE:
                return False
            if answer.status == 409:
                raise NoAnswer("somebody else wrote")
            assert answer.status == 204, answer
            offset = int(answer.headers["upload-offset"])
        return True

    def _create(self, photo: OwnPhoto) -> str:
        metadata = f"sha256 {b64encode(photo.sha256.encode()).decode()}"
        headers = {**_TUS, "Upload-Length": str(len(photo.content)), "Upload-Metadata": metadata}
        answer = self._wire(Ask("POST", UPLOADS, headers))
        assert answer.status == 201, answer
        return urlsplit(answer.headers["location"]).path

    def _piece(self, photo: OwnPhoto, offset: int) -> Answer:
        piece = photo.content[offset : offset + self._piece_bytes]
        return self._wire(Ask("PATCH", photo.upload, {**_TUS, **_PIECE, "Upload-Offset": str(offset)}, piece))
