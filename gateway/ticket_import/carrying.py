"""Registers the rows of running imports as tickets: what `gateway.jobs` does."""

import logging
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from gateway.parts import Rpc
from gateway.storage import ticket_imports as stored
from gateway.storage.people import Person
from libs.common.actor import Actor
from libs.common.bus.rpc_client import RpcClient
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.crash_points import crash_point
from libs.common.crypto import KeyRing, open_ring
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.errors import DeskError, Unavailable

_log = logging.getLogger(__name__)

KEPT = timedelta(days=30)

# Few: the transaction stays open while services are asked.
_BATCH = 5
_TURNS = 200  # batches, until others of this process have their turn
_TIMEOUT = 4.0  # seconds
_PERMISSIONS = frozenset({"customer.create", "ticket.create"})


def carry_on_when_running(database: Database, config: Config) -> bool:
    """As long as there is something to do, over a connection that is open only then."""
    with database.begin(read_only=True) as uow:
        if stored.find_running(uow.session) is None:
            return False
    rpc = RpcClient(config.broker("gateway"), config.require_actor_key(), name="ticket imports")
    ring = open_ring(config)
    with closing(rpc):
        try:
            return all(carry_on(database, rpc, ring, utc_now()) for _ in range(_TURNS))
        except Unavailable as absent:
            _log.warning("an import of tickets waits: %s", absent)
            return False


def carry_on(database: Database, rpc: Rpc, ring: KeyRing, now: datetime) -> bool:
    """Some rows of the import that was started first; whether there may be more.

    Raises Unavailable while a service is away: nothing is lost, the rows wait.
    """
    with database.begin() as uow:
        running = stored.find_running(uow.session)
        if running is None:
            return False
        actor = _actor(uow, running)
        if actor is None:
            stored.move_import(uow.session, running.import_id, "cancelled", finished=now)
            uow.commit()
            return True
        rows = stored.take_rows(uow.session, running.import_id, _BATCH)
        for row in rows:
            content = stored.open_content(ring, running.import_id, row)
            _register(uow, rpc, actor, running.import_id, row.row_number, content or {})
            crash_point("between_rows_of_an_import")
        if not rows and not stored.has_ready_rows(uow.session, running.import_id):
            stored.move_import(uow.session, running.import_id, "done", finished=now)
        uow.commit()
    return bool(rows)


def forget_imports(database: Database, now: datetime) -> bool:
    """Files of a month ago, with what they held; whether there may be more."""
    with database.begin() as uow:
        found = stored.forget_imports(uow.session, now - KEPT)
        uow.commit()
    return found > 0


def _actor(uow: UnitOfWork, running: Any) -> Actor | None:
    """Whoever started it, as long as they work here."""
    wanted = select(Person.is_active).where(Person.person_id == running.person_id)
    if not uow.session.scalar(wanted):
        return None
    return Actor(
        subject=running.person_id,
        name=running.person_name,
        scopes={"tickets": "all"},
        permissions=_PERMISSIONS,
    )


def _register(
    uow: UnitOfWork,
    rpc: Rpc,
    actor: Actor,
    import_id: UUID,
    row_number: int,
    content: Mapping[str, Any],
) -> None:
    """By ids that are the same every time: what was done before a crash is done once."""

    def command(service: str, method: str, args: dict[str, Any]) -> Any:
        return rpc.command(
            service,
            method,
            args,
            actor=actor,
            command_id=str(uuid5(import_id, f"{row_number}:{method}")),
            request_id=str(import_id),
            timeout=_TIMEOUT,
        )

    try:
        known = command("intake", "register_customer", _customer(content))["customer"]
        ticket = command("ticketing", "create_ticket", _ticket(content, known))
    except Unavailable:
        raise
    except DeskError as refusal:
        errors = refusal.details.get("errors") or {"row": [refusal.message]}
        stored.settle_row(uow.session, import_id, row_number, errors=errors)
    else:
        stored.settle_row(uow.session, import_id, row_number, number=ticket["number"])


def _customer(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": content["customer_name"],
        "phone": content["phone"],
        "email": content["email"],
    }


def _ticket(content: Mapping[str, Any], customer: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: content[name] for name in ("subject", "text", "kind", "urgency")}
    if content.get("category_id"):
        given["category_id"] = content["category_id"]
    return {
        **given,
        "customer_id": customer["customer_id"],
        "customer_name": customer["name"],
        "region_id": customer.get("region_id"),
        "channel": content["channel"] or "manual",
        "fields": content["fields"],
    }
