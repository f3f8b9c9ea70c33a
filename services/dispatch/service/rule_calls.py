"""Rules and settings: read, changed, tried out."""

from typing import Any
from uuid import UUID

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.conditions.naming import read_asked
from libs.common.config import Config
from services.dispatch.queries import configuration, trials
from services.dispatch.queries import rules as rule_queries
from services.dispatch.queries.uses import uses_of
from services.dispatch.service import arguments as args
from services.dispatch.service.answers import changed
from services.dispatch.use_cases.configuration import rules
from services.dispatch.use_cases.configuration.change import Change
from services.dispatch.use_cases.configuration.settings import edit_settings

Json = dict[str, Any]


class RuleCalls:
    """A part of dispatch's RPC class."""

    config: Config

    @query("dispatch.read")
    def list_rules(self, call: Call) -> Json:
        """In the order in which they are tried."""
        return rule_queries.list_rules(call.uow.session)

    @query("dispatch.read")
    def get_rule(self, call: Call, *, rule_id: Any) -> Json:
        """One of them, with `warnings`."""
        return rule_queries.get_rule(call.uow.session, args.uuid_of("rule_id", rule_id))

    @query("ticket.list")
    def find_uses(self, call: Call, *, asked: Any) -> Json:
        """Rules that name categories, statuses, tags or fields, for each that is asked after."""
        return uses_of(call.uow.session, call.actor, read_asked(asked))

    @command("dispatch.manage")
    def create_rule(self, call: Call, *, values: Any) -> Json:
        """A rule that is tried after all others; `warnings` say why it may not do."""
        change = rules.create_rule(call.uow, values=args.object_of("values", values))
        return _answer(call, change)

    @command("dispatch.manage")
    def replace_rule(self, call: Call, *, rule_id: Any, values: Any, version: Any = None) -> Json:
        """Another rule in the same place; `warnings` as above."""
        change = rules.replace_rule(
            call.uow,
            rule_id=args.uuid_of("rule_id", rule_id),
            version=args.optional_count("version", version),
            values=args.object_of("values", values),
        )
        return _answer(call, change)

    @command("dispatch.manage")
    def remove_rule(self, call: Call, *, rule_id: Any, version: Any = None) -> Json:
        """It decides nothing any more."""
        wanted = args.uuid_of("rule_id", rule_id)
        change = rules.remove_rule(
            call.uow, rule_id=wanted, version=args.optional_count("version", version)
        )
        return changed(wanted, change)

    @command("dispatch.manage")
    def order_rules(self, call: Call, *, rule_ids: Any) -> Json:
        """Have all rules tried in this order."""
        change = rules.order_rules(call.uow, rule_ids=args.uuids_of("rule_ids", rule_ids))
        return rule_queries.list_rules(call.uow.session) | changed(None, change)

    @query("dispatch.read")
    def try_rules(
        self, call: Call, *, sample: Any = None, number: Any = None, rules: Any = None
    ) -> Json:
        """Which rule would decide about a sample or a ticket, and who would get it now."""
        return trials.try_rules(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            sample=None if sample is None else args.object_of("sample", sample),
            number=None if number is None else args.number_of(number),
            rules=None if rules is None else args.objects_of("rules", rules),
        )

    @query("dispatch.read")
    def get_settings(self, call: Call) -> Json:
        """What holds for everybody."""
        return configuration.get_settings(call.uow.session)

    @command("dispatch.manage")
    def edit_settings(self, call: Call, *, changes: Any, version: Any = None) -> Json:
        """Change some of it."""
        change = edit_settings(
            call.uow,
            version=args.optional_count("version", version),
            changes=args.object_of("changes", changes),
        )
        shown = configuration.get_settings(call.uow.session)
        return shown | changed(None, change)


def _answer(call: Call, change: Change) -> Json:
    rule_id: UUID = change.row.rule_id
    return rule_queries.get_rule(call.uow.session, rule_id) | changed(rule_id, change)
