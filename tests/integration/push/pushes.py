"""Pushing as a tablet with our own application does."""

from typing import Any
from uuid import UUID, uuid4

import httpx
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import update

from foundation.database import Database
from foundation.identifiers import uuid7
from teams.sign_in import hash_token
from teams.tables import Device
from tests.fixtures.municipality import NOON, Municipality


class PushingTablet:
    """One tablet of a team: numbers its operations, and sends them."""

    def __init__(
        self, client: TestClient[Litestar], database: Database, place: Municipality, *, team: UUID | None = None
    ) -> None:
        self.client, self.database, self.place = client, database, place
        self.id, self.token, self.seq = uuid4(), f"token-{uuid4()}", 0
        with database.writing() as session:
            session.add(
                Device(
                    id=self.id, token_hash=hash_token(self.token), team_id=team or place.team, label="Tablet 1",
                    enrolled_at=NOON, enrolled_by=place.users["koordinator"],
                )
            )  # fmt: skip

    def operation(self, kind: str, payload: object, *, by: str = "saha", **other: object) -> dict[str, Any]:
        """Make an operation with the next number."""
        self.seq += 1
        return {
            "id": str(uuid7()), "device_seq": self.seq, "kind": kind, "worker_id": str(self.place.users[by]),
            "at": NOON.isoformat(), "payload": payload, **other,
        }  # fmt: skip

    def form(self, xml: bytes, photos: list[dict[str, object]] | None = None, **other: Any) -> dict[str, Any]:  # noqa: ANN401
        """Make an operation of a filled form."""
        return self.operation("submission", {"xml": xml.decode(), "photos": photos or []}, **other)

    def target(self, target_id: UUID, **fields: str) -> dict[str, Any]:
        """Make an operation that creates a visit target."""
        given = {"tur": "hane", "ad": "Şükrü Iğdır", "geometry": "41.005 29.205 0 8", **fields}
        return self.operation(
            "create", {"kind": "target", "entity_id": str(target_id), "branch_id": "b1", "fields": given}
        )

    def update(self, target_id: UUID, base: int, **fields: str) -> dict[str, Any]:
        """Make an operation that changes a target of this tablet's making."""
        return self.operation(
            "update",
            {"kind": "target", "entity_id": str(target_id), "base_version": base, "branch_id": "b1", "fields": fields},
        )

    def assignment(self, visit_id: UUID, base: int, *, by: str = "saha", **fields: str) -> dict[str, Any]:
        """Make an operation that says what came of a planned visit."""
        given = {"kind": "assignment", "entity_id": str(visit_id), "base_version": base, "branch_id": f"b-{self.id}"}
        return self.operation("update", {**given, "fields": fields}, by=by)

    def post(self, operations: list[Any], **envelope: object) -> httpx.Response:
        """Send a push."""
        body = {"sent_at": NOON.isoformat(), "app_version": "1.0.0", "operations": operations, **envelope}
        return self.client.post("/v1/sync/push", json=body, headers={"Authorization": f"Bearer {self.token}"})

    def push(self, *operations: object, **envelope: object) -> list[dict[str, Any]]:
        """Send a push and return its results."""
        answer = self.post(list(operations), **envelope)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    def revoke(self) -> None:
        """Revoke this tablet, just now."""
        with self.database.writing() as session:
            session.execute(update(Device).where(Device.id == self.id).values(revoked_at=NOON))
