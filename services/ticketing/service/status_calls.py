"""Statuses: read by all staff, changed by whoever manages them."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.ticketing.queries import statuses as queries
from services.ticketing.service import arguments as args
from services.ticketing.use_cases import edit_statuses

Json = dict[str, Any]

_UNTOLD = ("key", "position", "version", "usage")


class StatusCalls:
    """One set of statuses for the installation."""

    @query("status.read")
    def list_statuses(self, call: Call) -> Json:
        """Statuses with their names."""
        return queries.list_statuses(call.uow)

    @query("status.read")
    def get_status(self, call: Call, *, key: str) -> Json:
        """One of them, with where it is in use."""
        return queries.get_status(call.uow, call.actor, key)

    @command("status.manage")
    def create_status(self, call: Call, *, values: Json) -> Json:
        """An own one."""
        change = edit_statuses.create_status(call.uow, args.object_of("values", values))
        return self._answer_status(call, *change)

    @command("status.manage")
    def edit_status(
        self, call: Call, *, key: str, changes: Json, version: int | None = None
    ) -> Json:
        """Other words, another colour, or put away; says where it is in use."""
        change = edit_statuses.edit_status(
            call.uow,
            key,
            args.optional_count("version", version),
            args.object_of("changes", changes),
        )
        return self._answer_status(call, *change)

    @command("status.manage")
    def order_statuses(self, call: Call, *, keys: list[str]) -> Json:
        """Have them in this order."""
        before, after = edit_statuses.order_statuses(call.uow, args.words_of("keys", keys))
        audit = {"before": {"keys": before}, "after": {"keys": after}}
        return queries.list_statuses(call.uow) | {"audit": audit}

    def _answer_status(self, call: Call, before: Any, after: Any) -> Json:
        old = queries.show_status(before) if before is not None else {}
        new = queries.show_status(after)
        names = [name for name in new if old.get(name) != new[name] and name not in _UNTOLD]
        audit = {
            "object": after.key,
            "before": {name: old[name] for name in names if name in old},
            "after": {name: new[name] for name in names},
        }
        return new | {"usage": queries.show_usage(call.uow, call.actor, after), "audit": audit}
