"""The visibility table, as one pure function: `scope_of(actor, resource)`.

| resource        | field_worker | coordinator | directorate_officer | manager          | administrator |
| --------------- | ------------ | ----------- | ------------------- | ---------------- | ------------- |
| submissions     | own team     | all         | nothing             | all, no persons  | nothing       |
| requests        | nothing      | all         | own directorate     | all, no persons  | nothing       |
| map             | nothing      | all         | own directorate     | all              | nothing       |
| quarantine      | nothing      | all         | nothing             | nothing          | nothing       |
| conflicts       | nothing      | all         | nothing             | nothing          | nothing       |
| forms           | nothing      | all         | nothing             | nothing          | all           |
| tablets         | nothing      | all         | nothing             | nothing          | nothing       |
| visits          | nothing      | all         | nothing             | nothing          | nothing       |
| users           | nothing      | nothing     | nothing             | nothing          | all           |
| boundaries      | nothing      | nothing     | nothing             | nothing          | all           |
| openrosa        | own team     | nothing     | nothing             | nothing          | nothing       |

"No persons" means: no names, phones, addresses, sentences, photos. Whoever may see nothing of a resource gets the same
404 as for something that does not exist.
"""

from enum import StrEnum
from uuid import UUID

import msgspec


class Role(StrEnum):
    """What somebody is to the municipality."""

    FIELD_WORKER = "field_worker"
    COORDINATOR = "coordinator"
    DIRECTORATE_OFFICER = "directorate_officer"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Resource(StrEnum):
    """What can be looked at or acted on."""

    SUBMISSIONS = "submissions"
    REQUESTS = "requests"
    MAP = "map"
    QUARANTINE = "quarantine"
    CONFLICTS = "conflicts"
    FORMS = "forms"
    TABLETS = "tablets"
    VISITS = "visits"
    USERS = "users"
    BOUNDARIES = "boundaries"
    OPENROSA = "openrosa"


class Actor(msgspec.Struct, frozen=True):
    """Who asks."""

    user_id: UUID
    username: str
    display_name: str
    role: Role
    team_id: UUID | None = None
    directorate_id: UUID | None = None


class Everything(msgspec.Struct, frozen=True, tag=True):
    """All rows; `with_persons` says whether names, phones, sentences and photos are shown."""

    with_persons: bool = True


class OfTeam(msgspec.Struct, frozen=True, tag=True):
    """Rows of one team."""

    team_id: UUID


class OfDirectorate(msgspec.Struct, frozen=True, tag=True):
    """Rows routed to one directorate."""

    directorate_id: UUID


class Nothing(msgspec.Struct, frozen=True, tag=True):
    """No row at all."""


Scope = Everything | OfTeam | OfDirectorate | Nothing

_ALL = Everything()
_NO_PERSONS = Everything(with_persons=False)

_BY_ROLE: dict[Role, dict[Resource, Scope]] = {
    Role.COORDINATOR: dict.fromkeys(
        [
            Resource.SUBMISSIONS,
            Resource.REQUESTS,
            Resource.MAP,
            Resource.QUARANTINE,
            Resource.CONFLICTS,
            Resource.FORMS,
            Resource.TABLETS,
            Resource.VISITS,
        ],
        _ALL,
    ),
    Role.MANAGER: {Resource.SUBMISSIONS: _NO_PERSONS, Resource.REQUESTS: _NO_PERSONS, Resource.MAP: _NO_PERSONS},
    Role.ADMINISTRATOR: {Resource.FORMS: _ALL, Resource.USERS: _ALL, Resource.BOUNDARIES: _ALL},
}


def scope_of(actor: Actor, resource: Resource) -> Scope:
    """Say which rows of `resource` this actor may see (the table at the top of this file)."""
    if actor.role is Role.FIELD_WORKER and actor.team_id and resource in {Resource.SUBMISSIONS, Resource.OPENROSA}:
        return OfTeam(actor.team_id)
    if (
        actor.role is Role.DIRECTORATE_OFFICER
        and actor.directorate_id
        and resource in {Resource.REQUESTS, Resource.MAP}
    ):
        return OfDirectorate(actor.directorate_id)
    return _BY_ROLE.get(actor.role, {}).get(resource, Nothing())
