"""Triggers and automations: read, changed, tried out. `kind` says which of the two."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.config import Config
from services.ticketing.domain import checks
from services.ticketing.domain.rules import KINDS
from services.ticketing.queries import rule_trials, rules
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import edited, reordered
from services.ticketing.use_cases import edit_rules

Json = dict[str, Any]


class RuleCalls:
    """What is saved is used from the next event, or the next round, on."""

    config: Config

    @query("trigger.read")
    def list_rules(self, call: Call, *, kind: str) -> Json:
        """In their order, with what they did last."""
        return rules.show_rules(call.uow, _kind(kind))

    @query("trigger.read")
    def get_rule(self, call: Call, *, kind: str, rule_id: str) -> Json:
        """One of them."""
        return rules.get_rule(call.uow, _kind(kind), args.uuid_of("rule_id", rule_id))

    @query("trigger.read")
    def list_rule_runs(
        self, call: Call, *, kind: str, rule_id: str, limit: int = 25, cursor: str | None = None
    ) -> Json:
        """What it did, the newest first."""
        wanted = args.uuid_of("rule_id", rule_id)
        return rules.list_runs(call.uow, call.actor, _kind(kind), wanted, limit, cursor)

    @query("trigger.read")
    def try_rule(self, call: Call, *, kind: str, values: Json) -> Json:
        """Which tickets would match now."""
        return rule_trials.try_rule(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            _kind(kind),
            args.object_of("values", values),
        )

    @command("trigger.manage")
    def create_rule(self, call: Call, *, kind: str, values: Json) -> Json:
        """One behind the others."""
        given = args.object_of("values", values)
        return _answer(call, kind, edit_rules.create_rule(call.uow, _kind(kind), given))

    @command("trigger.manage")
    def replace_rule(
        self, call: Call, *, kind: str, rule_id: str, values: Json, version: int | None = None
    ) -> Json:
        """Another one in the same place."""
        change = edit_rules.replace_rule(
            call.uow,
            _kind(kind),
            args.uuid_of("rule_id", rule_id),
            args.optional_count("version", version),
            args.object_of("values", values),
        )
        return _answer(call, kind, change)

    @command("trigger.manage")
    def remove_rule(
        self, call: Call, *, kind: str, rule_id: str, version: int | None = None
    ) -> Json:
        """It acts no more."""
        wanted = args.uuid_of("rule_id", rule_id)
        known = args.optional_count("version", version)
        return edited(wanted, *edit_rules.remove_rule(call.uow, _kind(kind), wanted, known))

    @command("trigger.manage")
    def order_rules(self, call: Call, *, kind: str, rule_ids: list[str]) -> Json:
        """Have them in this order."""
        wanted = args.uuids_of("rule_ids", rule_ids)
        change = edit_rules.order_rules(call.uow, _kind(kind), wanted)
        return rules.show_rules(call.uow, kind) | reordered("rule_ids", *change)


def _kind(value: object) -> str:
    return checks.one_of("kind", value, KINDS)


def _answer(call: Call, kind: str, change: edit_rules.Edited) -> Json:
    row = change[1]
    assert row is not None
    return rules.get_rule(call.uow, kind, row.rule_id) | edited(row.rule_id, *change)
