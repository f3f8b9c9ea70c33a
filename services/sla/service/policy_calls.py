"""Policies and settings: read by whoever may look, changed by whoever may manage."""

from typing import Any

from libs.common.audit_answers import changed, made, removed
from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.conditions.naming import read_asked
from libs.common.config import Config
from services.sla.queries import policies as shown
from services.sla.queries.trials import try_policy
from services.sla.queries.uses import uses_of
from services.sla.service import arguments as args
from services.sla.use_cases import edit_policies as edits
from services.sla.use_cases.edit_settings import edit_settings

Json = dict[str, Any]


class PolicyCalls:
    """Refusals name the field by its path: `steps[0].offset_seconds`."""

    config: Config

    @query("sla.read")
    def list_policies(self, call: Call) -> Json:
        """All in the order in which they are tried."""
        return shown.list_policies(call.uow)

    @query("sla.read")
    def get_policy(self, call: Call, *, policy_id: str) -> Json:
        """One."""
        return shown.get_policy(call.uow, args.uuid_of("policy_id", policy_id))

    @query("sla.read")
    def try_policy(
        self,
        call: Call,
        *,
        sample: Json | None = None,
        number: str | None = None,
        at: str | None = None,
    ) -> Json:
        """Which policy a ticket would have, and what would be due when."""
        return try_policy(
            call.uow,
            call.actor,
            self.config.business_zone,
            call.now,
            sample=None if sample is None else args.sample_of(sample),
            number=None if number is None else args.number_of(number),
            at=args.optional_instant("at", at),
        )

    @query("ticket.list")
    def find_uses(self, call: Call, *, asked: list[Json]) -> Json:
        """What names categories, statuses, tags or fields, for each that is asked after."""
        return uses_of(call.uow.session, call.actor, read_asked(asked))

    @command("sla.manage")
    def create_policy(self, call: Call, *, values: Json) -> Json:
        """A policy behind the others."""
        row = edits.create_policy(call.uow, call.now, args.object_of("values", values))
        return made("policy_id", shown.show_policy(row))

    @command("sla.manage")
    def replace_policy(
        self, call: Call, *, policy_id: str, values: Json, version: int | None = None
    ) -> Json:
        """The whole policy anew."""
        before, after = edits.replace_policy(
            call.uow,
            call.now,
            args.uuid_of("policy_id", policy_id),
            args.optional_count("version", version),
            args.object_of("values", values),
        )
        return changed("policy_id", shown.show_policy(before), shown.show_policy(after))

    @command("sla.manage")
    def remove_policy(self, call: Call, *, policy_id: str, version: int | None = None) -> Json:
        """Its tickets fall under whichever comes next."""
        before = edits.remove_policy(
            call.uow,
            call.now,
            args.uuid_of("policy_id", policy_id),
            args.optional_count("version", version),
        )
        return removed("policy_id", shown.show_policy(before))

    @command("sla.manage")
    def order_policies(self, call: Call, *, policy_ids: list[str]) -> Json:
        """Another order; refused unless all are named once."""
        before, after = edits.order_policies(
            call.uow, call.now, args.uuids_of("policy_ids", policy_ids)
        )
        audit = {
            "before": {"order": [row["name"] for row in before]},
            "after": {"order": [row["name"] for row in after]},
        }
        return {"items": [shown.show_policy(row) for row in after], "audit": audit}

    @query("sla.read")
    def get_settings(self, call: Call) -> Json:
        """What is looked out for."""
        return shown.get_settings(call.uow)

    @command("sla.manage")
    def edit_settings(self, call: Call, *, changes: Json, version: int | None = None) -> Json:
        """Change some of it."""
        before, after = edit_settings(
            call.uow, args.optional_count("version", version), args.object_of("changes", changes)
        )
        return changed(None, shown.show_settings(before), shown.show_settings(after))
