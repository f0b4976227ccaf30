"""A tablet of a team, beside the browser: it enrols with what stands in the QR code, pulls, and pushes operations.

What the office's pages show of the field (conflicts, refused changes, corrections) is made by it, through the same door
as a real tablet's.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from foundation.identifiers import uuid7
from tests.builders import a_submission, an_instance_id

APP_VERSION = "1.0.0"


class FieldTablet:
    """An enrolled tablet; `address` is what its QR code says, `<url>/tablet#<code>`."""

    def __init__(self, url: str, address: str) -> None:
        token = secrets.token_urlsafe(32)
        self._url, self._headers = url, {"Authorization": f"Bearer {token}"}
        given = {"code": address.partition("#")[2], "token": token, "app_version": APP_VERSION}
        enrolled = self._ask("POST", "/v1/sync/enrol", json=given)
        assert enrolled.status_code == 201, enrolled.text
        self.worker_id = enrolled.json()["profile"]["workers"][0]["id"]
        self._sequence = 0

    def a_target(self, number: int = 0) -> dict[str, Any]:
        """Pull until there is a household of the team's area, and return the one at this place of the list."""
        cursor, found = "", []
        while len(found) <= number:
            page = self._ask("GET", "/v1/sync/pull", params={"cursor": cursor} if cursor else {}).json()
            found += [one for one in page["items"] if one["op"] == "put" and one["kind"] == "target"]
            assert page["more"] or len(found) > number, "the team's area holds no targets"
            cursor = page["cursor"]
        target: dict[str, Any] = found[number]
        return target

    def scope(self) -> list[dict[str, Any]]:
        """Pull from zero to the end, and return what is held then, in the order of kinds and ids."""
        cursor, is_more, held = "", True, {}
        while is_more:
            page = self._ask("GET", "/v1/sync/pull", params={"cursor": cursor} if cursor else {}).json()
            held.update({(one["kind"], one["id"]): one for one in page["items"] if one["op"] == "put"})
            cursor, is_more = page["cursor"], page["more"]
        return [held[key] for key in sorted(held)]

    def push(
        self, kind: str, payload: dict[str, Any], *, worker_id: str | None = None, at: datetime | None = None
    ) -> dict[str, Any]:
        """Push one operation, done just now or at another moment; returns its result."""
        self._sequence += 1
        operation = {
            "id": str(uuid7(datetime.now(UTC))), "device_seq": self._sequence, "kind": kind,
            "worker_id": worker_id or self.worker_id, "at": (at or datetime.now(UTC)).isoformat(), "payload": payload,
        }  # fmt: skip
        sent = {
            "sent_at": datetime.now(UTC).isoformat(), "app_version": APP_VERSION, "unsent_count": 0,
            "oldest_unsent_at": None, "operations": [operation],
        }  # fmt: skip
        answer = self._ask("POST", "/v1/sync/push", json=sent)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()["results"][0]
        return result

    def change(
        self,
        target: dict[str, Any],
        fields: dict[str, str],
        *,
        worker_id: str | None = None,
        at: datetime | None = None,
    ) -> dict[str, Any]:
        """Push a change of a target as it was pulled."""
        payload = {
            "kind": "target", "entity_id": target["id"], "base_version": target["version"],
            "trunk_version": target["version"], "branch_id": str(uuid4()), "fields": fields,
        }  # fmt: skip
        return self.push("update", payload, worker_id=worker_id, at=at)

    def send_visit(self, version: str, answers: dict[str, str], *, corrects: str = "") -> tuple[str, str]:
        """Push a filled `hane` form; returns its instance id and the submission's id."""
        instance_id = an_instance_id()
        xml = a_submission(version=version, instance_id=instance_id, deprecated_id=corrects, answers=answers)
        result = self.push("submission", {"xml": xml.decode(), "photos": []})
        assert result["status"] == "applied", result
        return instance_id, result["submission_id"]

    def _ask(self, method: str, path: str, **given: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        # Without a client that stays open: a test may end anywhere.
        return httpx.request(method, f"{self._url}{path}", headers=self._headers, timeout=60, **given)


class OfficeDesk:
    """A coordinator without a browser, who prepares what the pages then show."""

    def __init__(self, url: str, password: str) -> None:
        self._url, self._headers = url, {"X-Saha": "1"}
        signed_in = self._ask("POST", "/v1/sign-in", json={"username": "koordinator", "password": password})
        assert signed_in.status_code == 200, signed_in.text
        self._headers["Cookie"] = f"saha_session={signed_in.cookies['saha_session']}"

    def read(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Read JSON."""
        answer = self._ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def first_team(self) -> str:
        """Return the id of the first team, which has an area in the demo."""
        return str(self.read("/v1/reference")["teams"][0]["id"])

    def enrol(self, label: str, team_id: str | None = None) -> FieldTablet:
        """Make a code and have a tablet use it."""
        return FieldTablet(self._url, self.enrolment_address(label, team_id))

    def enrolment_address(self, label: str, team_id: str | None = None) -> str:
        """Make a code; returns the address that its QR says."""
        given = {"team_id": team_id or self.first_team(), "label": label}
        made = self._ask("POST", "/v1/devices/enrolment-codes", json=given)
        assert made.status_code == 201, made.text
        return str(made.json()["url"])

    def plan_visits(self, day: object, count: int, *, promised: Sequence[str] = ()) -> list[str]:
        """Plan visits of the first team to that many households with a point; returns their names, all different.

        `promised`: at which minute the team was promised to come to each of the first.
        """
        found = {
            row["name"]: row["id"] for row in self.read("/v1/visit-targets")["items"] if "geometry" in row["fields"]
        }
        names = list(found)[:count]
        for number, name in enumerate(names):
            visit = {"target_id": found[name], "team_id": self.first_team(), "visit_type": "hane", "day": str(day)}
            visit |= {"is_pinned": True, "time": promised[number]} if number < len(promised) else {}
            planned = self._ask("POST", "/v1/visit-assignments", json=visit)
            assert planned.status_code == 201, planned.text
        return names

    def move_visit(self, name: str, day: object, team_id: object) -> None:
        """Give a planned visit of that day to another team."""
        planned = self.read(f"/v1/visit-assignments?day={day}")["items"]
        visit = next(one["id"] for one in planned if one["target"]["name"] == name)
        moved = self._ask("PATCH", f"/v1/visit-assignments/{visit}", json={"team_id": str(team_id)})
        assert moved.status_code == 204, moved.text

    def return_to_author(self, submission_id: object, question: str) -> None:
        """Send a submission back with a question."""
        asked = self._ask("POST", f"/v1/submissions/{submission_id}/return", json={"question": question})
        assert asked.status_code == 200, asked.text

    def answer_request(self, request_id: object, text: str) -> None:
        """Answer a request that nobody has answered."""
        answered = self._ask("POST", f"/v1/service-requests/{request_id}/answers", json={"text": text})
        assert answered.status_code == 201, answered.text

    def bring_forward(self, assignment_id: object, day: object) -> None:
        """Plan a visit for an earlier day."""
        moved = self._ask("PATCH", f"/v1/visit-assignments/{assignment_id}", json={"day": str(day)})
        assert moved.status_code == 204, moved.text

    def form_version(self) -> str:
        """Return the version of the household form."""
        return str(self.read("/v1/forms/hane")["current_version"])

    def _ask(self, method: str, path: str, **given: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        return httpx.request(method, f"{self._url}{path}", headers=self._headers, timeout=60, **given)
