"""Saved views: read, counted, changed."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.config import Config
from services.ticketing.queries import rule_trials, views
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import edited, reordered
from services.ticketing.use_cases import edit_views

Json = dict[str, Any]


class ViewCalls:
    """One's own by `view.own`; for those of groups and of everybody `view.manage` is asked, too."""

    config: Config

    @query("view.own")
    def list_views(self, call: Call) -> Json:
        """In the caller's order."""
        return views.show_views(call.uow, call.actor)

    @query("view.own")
    def get_view(self, call: Call, *, view_id: str) -> Json:
        """One of them."""
        return views.get_view(call.uow, call.actor, args.uuid_of("view_id", view_id))

    @query("view.own")
    def count_views(self, call: Call) -> Json:
        """How many tickets the first twenty hold, each counted to a thousand."""
        return views.count_views(call.uow, call.actor, call.now, self.config.business_zone)

    @query("view.own")
    def try_view(self, call: Call, *, values: Json) -> Json:
        """Which tickets a condition would hold."""
        return rule_trials.try_rule(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            "view",
            args.object_of("values", values),
        )

    @command("view.own")
    def create_view(self, call: Call, *, values: Json) -> Json:
        """A new one."""
        change = edit_views.create_view(call.uow, call.actor, args.object_of("values", values))
        return self._answer(call, change)

    @command("view.own")
    def replace_view(
        self, call: Call, *, view_id: str, values: Json, version: int | None = None
    ) -> Json:
        """The whole view anew."""
        change = edit_views.replace_view(
            call.uow,
            call.actor,
            args.uuid_of("view_id", view_id),
            args.optional_count("version", version),
            args.object_of("values", values),
        )
        return self._answer(call, change)

    @command("view.own")
    def remove_view(self, call: Call, *, view_id: str, version: int | None = None) -> Json:
        """It is gone for all who had it."""
        wanted = args.uuid_of("view_id", view_id)
        change = edit_views.remove_view(
            call.uow, call.actor, wanted, args.optional_count("version", version)
        )
        return edited(wanted, *change)

    @command("view.own")
    def order_views(self, call: Call, *, view_ids: list[str]) -> Json:
        """Have them in this order, for the caller alone."""
        wanted = args.uuids_of("view_ids", view_ids)
        change = edit_views.order_views(call.uow, call.actor, wanted)
        return views.show_views(call.uow, call.actor) | reordered("view_ids", *change)

    def _answer(self, call: Call, change: edit_views.Edited) -> Json:
        row = change[1]
        assert row is not None
        return views.get_view(call.uow, call.actor, row.view_id) | edited(row.view_id, *change)
