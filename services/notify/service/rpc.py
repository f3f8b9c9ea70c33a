"""What the gateway asks of notify."""

from typing import Any
from uuid import UUID

from libs.common.bus.call import Call
from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.rpc import OperatorCalls, command, query
from libs.common.errors import field_error
from services.notify import queries
from services.notify.use_cases import notices


class Service(OperatorCalls):
    """RPC of notify."""

    name = "notify"
    database = DatabaseProvider()
    relay = Relay()

    @query
    def list_notices(self, call: Call, *, unread: bool = False, limit: int = 20) -> dict[str, Any]:
        """The caller's notices, newest first, and how many are unread."""
        return queries.list_notices(
            call.uow.session, call.actor, unread=_flag(unread, "unread"), limit=_limit(limit)
        )

    @command
    def read_notice(self, call: Call, *, notice_id: str) -> None:
        """The caller has seen one notice."""
        found = _id(notice_id, "notice_id")
        notices.read_notice(call.uow, call.actor, call.now, notice_id=found)

    @command
    def read_all_notices(self, call: Call) -> None:
        """The caller has seen all."""
        notices.read_all_notices(call.uow, call.actor, call.now)

    @query
    def list_deliveries(self, call: Call, *, ticket_id: str) -> list[dict[str, Any]]:
        """The state of each mail of a ticket; for supervisors."""
        found = _id(ticket_id, "ticket_id")
        return queries.list_deliveries(call.uow.session, call.actor, ticket_id=found)


def _id(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise field_error(field, "not an id") from None


def _flag(value: bool, field: str) -> bool:
    if not isinstance(value, bool):
        raise field_error(field, "must be true or false")
    return value


def _limit(limit: int) -> int:
    if not isinstance(limit, int) or not 1 <= limit <= queries.MAX_NOTICES:
        raise field_error("limit", f"must be 1 to {queries.MAX_NOTICES}")
    return limit
