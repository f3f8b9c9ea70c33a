"""Whoever sent a request, as far as the request's token proves it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.auth.roles import Membership, Network, Role
from libs.common.actor import Actor


@dataclass(frozen=True, slots=True)
class Caller:
    """A person with a session, a program with an API key, or a customer in the portal.

    `kind`: cookie, bearer or api_key; `credential_id` is the session's or the key's id; for a
    key `person_id` is the key's id as well, for nobody stands behind it. `permissions` are the
    role's, or fewer where a key was made for less. `must_enrol`: the role asks for a second factor
    that the session was not opened with. `hits` are the requests in this window so far.
    A customer's `person_id` is the customer's id, `contact_id` the address that was proven.
    """

    credential_id: UUID
    kind: str
    last_used_at: datetime
    expires_at: datetime | None
    person_id: UUID
    login: str
    name: str
    language: str
    role: Role
    membership: Membership
    permissions: frozenset[str]
    must_change_password: bool = False
    must_enrol: bool = False
    allowed_networks: tuple[Network, ...] = ()
    rate_per_minute: int | None = None
    hits: int = 0
    contact_id: UUID | None = None

    @property
    def actor(self) -> Actor:
        """The caller as services see it."""
        return Actor(
            subject=self.person_id,
            name=self.name,
            roles=(self.role.key,),
            scopes=self.role.scopes_of(self.membership),
            permissions=self.permissions,
        )
