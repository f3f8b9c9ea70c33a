"""Has dispatch and sla compare what they know of unfinished tickets with ticketing's own word.

    python -m gateway.reconcile

Events tell them all of it; this mends what a restored backup or a fault has taken away: tickets
that they do not know as they are, and such as they take for unfinished although they are finished.
Whoever knows a ticket as it is changes nothing. `gateway.jobs` does the same once an hour.
"""

import logging
import sys
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from gateway.parts import Rpc
from libs.common.actor import Actor
from libs.common.bus.rpc_client import RpcClient
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.errors import DeskError, Unavailable

_log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
# Whoever could not be asked is asked again sooner.
AGAIN = timedelta(minutes=5)
READERS = ("dispatch", "sla")
_PAGE = 50  # headers; some hold many custom fields, and nothing big belongs on the bus
_TIMEOUT = 8.0  # seconds

_OURSELVES = Actor(
    subject=None,
    name="网关",
    kind="gateway",
    permissions=frozenset({"dispatch.reconcile", "sla.reconcile"}),
)
_FINISHED = ("solved", "closed")
_TAKE_TURN = text("UPDATE reconciling SET due_at = :next WHERE due_at <= :now RETURNING is_only")
_PUT_OFF = text("UPDATE reconciling SET due_at = :next")


@dataclass
class Outcome:
    """How many tickets were looked at, what went wrong first with whom.

    `finished` counts such as a reader had taken for unfinished.
    """

    tickets: int = 0
    finished: int = 0
    failed: dict[str, DeskError] = field(default_factory=dict)

    @property
    def absent(self) -> set[str]:
        """Who did not answer, and is not asked again in this run."""
        return {name for name, error in self.failed.items() if isinstance(error, Unavailable)}


def reconcile(rpc: Rpc) -> Outcome:
    """Tell every reader the header of every unfinished ticket, page by page.

    A page that a reader refuses does not keep the others from it, nor it from the next page.
    """
    outcome, cursor, run = Outcome(), None, str(uuid4())
    while not outcome.absent >= set(READERS):
        try:
            page = _headers(rpc, cursor, run)
        except DeskError as error:
            outcome.failed["ticketing"] = error
            break
        if page["items"]:
            _tell(rpc, page["items"], run, outcome)
        outcome.tickets += len(page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    for reader in READERS:
        if reader not in outcome.absent and "ticketing" not in outcome.failed:
            _tell_of_finished(rpc, reader, run, outcome)
    return outcome


def _tell_of_finished(rpc: Rpc, reader: str, run: str, outcome: Outcome) -> None:
    """Tickets that a reader takes for unfinished, and ticketing does not."""
    after: str | None = None
    try:
        while True:
            page = _ask(rpc, reader, "list_unfinished", {"after": after, "limit": _PAGE}, run)
            ids = {"ticket_ids": page["ticket_ids"]}
            known = _ask(rpc, "ticketing", "find_headers", ids, run)["items"]
            finished = [one for one in known if one["status_category"] in _FINISHED]
            if finished:
                _tell_one(rpc, reader, finished, run)
                outcome.finished += len(finished)
            after = page["next"]
            if after is None:
                return
    except DeskError as error:
        outcome.failed.setdefault(reader, error)


def reconcile_when_due(database: Database, config: Config, now: datetime) -> Outcome | None:
    """The same, if it is an hour ago and no other replica is at it."""
    if not _has_turn(database, now):
        return None
    outcome = reconcile_now(config)
    if outcome.absent:
        with database.begin() as uow:
            uow.session.execute(_PUT_OFF, {"next": now + AGAIN})
            uow.commit()
    return outcome


def reconcile_now(config: Config) -> Outcome:
    """The same over connections of its own: once an hour is not worth keeping some open."""
    rpc = RpcClient(config.broker("gateway"), config.require_actor_key(), name="gateway reconcile")
    with closing(rpc):
        outcome = reconcile(rpc)
    for service, error in outcome.failed.items():
        level = logging.WARNING if isinstance(error, Unavailable) else logging.ERROR
        _log.log(level, "%s could not be reconciled: %s", service, error)
    return outcome


def _has_turn(database: Database, now: datetime) -> bool:
    with database.begin() as uow:
        taken = uow.session.execute(_TAKE_TURN, {"now": now, "next": now + EVERY}).all()
        uow.commit()
    return bool(taken)


def _headers(rpc: Rpc, cursor: str | None, run: str) -> dict[str, Any]:
    return _ask(rpc, "ticketing", "list_headers", {"cursor": cursor, "limit": _PAGE}, run)


def _ask(rpc: Rpc, service: str, method: str, args: dict[str, Any], run: str) -> dict[str, Any]:
    found: dict[str, Any] = rpc.query(
        service, method, args, actor=_OURSELVES, request_id=run, timeout=_TIMEOUT
    )
    return found


def _tell(rpc: Rpc, items: list[dict[str, Any]], run: str, outcome: Outcome) -> None:
    for service in READERS:
        if service in outcome.absent:
            continue
        try:
            _tell_one(rpc, service, items, run)
        except DeskError as error:
            outcome.failed.setdefault(service, error)


def _tell_one(rpc: Rpc, service: str, items: list[dict[str, Any]], run: str) -> None:
    rpc.command(
        service,
        "reconcile_tickets",
        {"items": items},
        actor=_OURSELVES,
        command_id=str(uuid4()),
        request_id=run,
        timeout=_TIMEOUT,
    )


def main() -> int:
    """Reconcile now; the exit code is 1 if somebody could not be asked."""
    outcome = reconcile_now(Config.read())
    print(f"compared: {outcome.tickets}")
    if outcome.finished:
        print(f"finished, and not known to be: {outcome.finished}")
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main())
