"""The settings of tickets: read by whoever works with them, changed by whoever manages them."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.ticketing.queries.ticket_settings import get_demands, get_settings, show_settings
from services.ticketing.service import arguments as args
from services.ticketing.use_cases.edit_settings import edit_settings

Json = dict[str, Any]


class SettingCalls:
    """One set of settings for the installation."""

    @query("ticket_setting.read")
    def get_ticket_settings(self, call: Call) -> Json:
        """What holds now."""
        return get_settings(call.uow)

    @query("ticket.read")
    def get_ticket_demands(self, call: Call) -> Json:
        """What they want of everybody who works on tickets."""
        return get_demands(call.uow)

    @command("ticket_setting.manage")
    def edit_ticket_settings(
        self, call: Call, *, changes: Json, version: int | None = None
    ) -> Json:
        """Change some of it."""
        rows = edit_settings(
            call.uow, args.optional_count("version", version), args.object_of("changes", changes)
        )
        before, after = (show_settings(row) for row in rows)
        names = [name for name in after if before[name] != after[name] and name != "version"]
        audit = {
            "before": {name: before[name] for name in names},
            "after": {name: after[name] for name in names},
        }
        return after | {"audit": audit}
