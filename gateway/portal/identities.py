"""What the gateway asks of other services on its own behalf, to learn who a requester is."""

import threading
from typing import Any
from uuid import UUID, uuid4

from cachetools import TTLCache
from sqlalchemy import select

from gateway.auth.caller import Caller
from gateway.parts import parts
from gateway.request_ids import request_id
from gateway.storage.people import Person
from libs.common.actor import Actor
from libs.common.errors import Forbidden, NotFound

_OURSELVES = Actor(
    subject=None,
    name="网关",
    kind="gateway",
    permissions=frozenset({"portal.identify", "code.send", "customer.read"}),
)
_QUERY, _COMMAND = 5.0, 8.0  # seconds
_KEPT = 600  # seconds


def identify_contact(contact: str) -> dict[str, Any] | None:
    """The owner of a mail address or phone number, as people type it."""
    found: dict[str, Any] | None = parts().rpc.query(
        "intake",
        "identify_contact",
        {"contact": contact},
        actor=_OURSELVES,
        request_id=request_id(),
        timeout=_QUERY,
    )
    return found


def owns_ticket(customer_id: UUID, number: str) -> bool:
    """Whether the ticket is this customer's; asked for nobody in particular it costs the same."""
    actor = Actor(
        subject=customer_id,
        name="",
        kind="customer",
        roles=("customer",),
        scopes={"tickets": "requested", "requester": str(customer_id)},
        permissions=frozenset({"request.own"}),
    )
    try:
        parts().rpc.query(
            "ticketing",
            "get_request",
            {"number": number, "limit": 1},
            actor=actor,
            request_id=request_id(),
            timeout=_QUERY,
        )
    except NotFound:
        return False
    return True


def order(service: str, method: str, args: dict[str, Any], command_id: str | None = None) -> Any:
    """A command of the gateway's own; raises DeskError."""
    return parts().rpc.command(
        service,
        method,
        args,
        actor=_OURSELVES,
        command_id=command_id or str(uuid4()),
        request_id=request_id(),
        timeout=_COMMAND,
    )


def region_of(who: Caller) -> str | None:
    """Where a requester's tickets belong: the employee's region, or the customer's."""
    if who.role.kind != "customer":
        # The own region comes first, then those below it.
        return next(iter(who.membership.regions), None)
    found = parts().rpc.query(
        "intake",
        "get_customers",
        {"customer_ids": [str(who.person_id)]},
        actor=_OURSELVES,
        request_id=request_id(),
        timeout=_QUERY,
    )
    region: str | None = found[0]["region_id"] if found else None
    return region


class Requesters:
    """Employees as requesters: the customer that intake keeps for each, known for ten minutes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: TTLCache[UUID, str] = TTLCache(maxsize=10_000, ttl=_KEPT)

    def customer_of(self, person_id: UUID) -> str:
        """The person's customer id, made when first needed."""
        with self._lock:
            known = self._known.get(person_id)
        if known is None:
            known = _ensure(person_id)
            with self._lock:
                self._known[person_id] = known
        return known


def requester_actor(who: Caller) -> Actor:
    """The caller as somebody who asks for help, whatever else they may do here."""
    if who.role.kind == "customer":
        customer_id = str(who.person_id)
    elif who.kind == "api_key":
        raise Forbidden("request.person_only", "programs have no requests of their own")
    else:
        customer_id = parts().requesters.customer_of(who.person_id)
    return Actor(
        subject=UUID(customer_id),
        name=who.name,
        kind="customer",
        roles=(who.role.key,),
        scopes={"tickets": "requested", "requester": customer_id},
        permissions=who.permissions & {"request.own"},
    )


def _ensure(person_id: UUID) -> str:
    with parts().database.begin(read_only=True) as uow:
        person = uow.session.execute(
            select(
                Person.name,
                Person.language,
                Person.version,
                Person.email_sealed,
                Person.phone_sealed,
            ).where(Person.person_id == person_id)
        ).one()
    ring = parts().sealing.ring
    args = {
        "person_id": str(person_id),
        "name": person.name,
        "language": person.language,
        "email": person.email_sealed
        and ring.decrypt_text(bytes(person.email_sealed), f"people.email:{person_id}"),
        "phone": person.phone_sealed
        and ring.decrypt_text(bytes(person.phone_sealed), f"people.phone:{person_id}"),
    }
    # Without an own id a later change of the directory would be answered with the old result.
    result = order("intake", "ensure_requester", args, f"requester:{person_id}:{person.version}")
    return str(result["customer_id"])
