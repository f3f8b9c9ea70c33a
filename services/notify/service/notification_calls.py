"""Rules, texts, deliveries and wishes over RPC."""

from typing import Any

from libs.common.audit_answers import changed, made, removed
from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.notify.domain.deliveries import Status
from services.notify.domain.occasions import OCCASIONS
from services.notify.domain.reading import Fields
from services.notify.queries import configuration as shown
from services.notify.queries import deliveries, trials
from services.notify.service import arguments as args
from services.notify.service.provide import DeskProvider
from services.notify.use_cases import edit_preferences, edit_rules, edit_texts, resend

Json = dict[str, Any]


class RuleCalls:
    """Who is told what."""

    desk = DeskProvider()

    @query("notification.read")
    def list_rules(self, call: Call) -> Json:
        """All, in their order."""
        return shown.list_rules(call.uow.session)

    @query("notification.read")
    def get_rule(self, call: Call, *, rule_id: str) -> Json:
        """One."""
        return shown.get_rule(call.uow.session, args.id_of("rule_id", rule_id))

    @command("notification.manage")
    def create_rule(self, call: Call, *, values: Json) -> Json:
        """A rule behind the others."""
        return made("rule_id", shown.show_rule(edit_rules.create_rule(call.uow, values)))

    @command("notification.manage")
    def replace_rule(
        self, call: Call, *, rule_id: str, values: Json, version: int | None = None
    ) -> Json:
        """Another rule in the same place."""
        wanted = args.id_of("rule_id", rule_id)
        before, after = edit_rules.replace_rule(call.uow, wanted, version, values)
        return changed("rule_id", shown.show_rule(before), shown.show_rule(after))

    @command("notification.manage")
    def remove_rule(self, call: Call, *, rule_id: str, version: int | None = None) -> Json:
        """Nobody is told by it any more."""
        gone = edit_rules.remove_rule(call.uow, args.id_of("rule_id", rule_id), version)
        return removed("rule_id", shown.show_rule(gone))

    @command("notification.manage")
    def order_rules(self, call: Call, *, rule_ids: list[str]) -> Json:
        """Have them in this order."""
        wanted = [args.id_of(f"rule_ids[{n}]", one) for n, one in enumerate(rule_ids)]
        before = edit_rules.order_rules(call.uow, wanted)
        audit = {
            "before": {"rule_ids": [str(one) for one in before]},
            "after": {"rule_ids": [str(one) for one in wanted]},
        }
        return shown.list_rules(call.uow.session) | {"audit": audit}

    @query("notification.read")
    def try_rules(
        self, call: Call, *, occasion: str, number: str | None = None, sample: Json | None = None
    ) -> Json:
        """Which rules hold, and who would be told where."""
        given = Fields({"occasion": occasion}, ("occasion",))
        wanted = given.word("occasion", OCCASIONS)
        given.refusals.demand()
        return trials.try_rules(
            call.uow, self.desk, call.actor, call.now, occasion=wanted, number=number, sample=sample
        )

    @query("notification.read")
    def list_occasions(self, call: Call) -> Json:
        """What rules and texts may be about."""
        return shown.list_occasions()


class TextCalls:
    """In which words."""

    desk = DeskProvider()

    @query("notification.read")
    def list_templates(self, call: Call, *, occasion: str | None = None) -> Json:
        """Texts of one's own."""
        return shown.list_templates(call.uow.session, occasion)

    @query("notification.read")
    def get_template(self, call: Call, *, template_id: str) -> Json:
        """One."""
        return shown.get_template(call.uow.session, args.id_of("template_id", template_id))

    @command("notification.manage")
    def create_template(self, call: Call, *, values: Json) -> Json:
        """In place of a shipped one, or under a key of its own."""
        return made("template_id", shown.show_template(edit_texts.create_text(call.uow, values)))

    @command("notification.manage")
    def replace_template(
        self, call: Call, *, template_id: str, values: Json, version: int | None = None
    ) -> Json:
        """Other words."""
        wanted = args.id_of("template_id", template_id)
        before, after = edit_texts.replace_text(call.uow, wanted, version, values)
        return changed("template_id", shown.show_template(before), shown.show_template(after))

    @command("notification.manage")
    def remove_template(self, call: Call, *, template_id: str, version: int | None = None) -> Json:
        """The shipped words hold again."""
        gone = edit_texts.remove_text(call.uow, args.id_of("template_id", template_id), version)
        return removed("template_id", shown.show_template(gone))

    @query("notification.read")
    def preview_template(self, call: Call, *, values: Json) -> Json:
        """What a text would say, or what is wrong with it."""
        return trials.preview(call.uow, self.desk, call.actor, call.now, values)


class DeliveryCalls:
    """What became of it, and what people wish."""

    @query("delivery.read")
    def search_deliveries(
        self,
        call: Call,
        *,
        status: str | None = None,
        channel: str | None = None,
        occasion: str | None = None,
        number: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Json:
        """The newest first."""
        wanted = {
            "status": None if status is None else args.choice_of("status", Status, status),
            "channel": channel,
            "occasion": occasion,
            "number": number,
        }
        most = args.limit_of(limit, deliveries.MAX_DELIVERIES)
        return deliveries.search_deliveries(call.uow.session, wanted, most, cursor)

    @command("delivery.resend")
    def resend_delivery(self, call: Call, *, delivery_id: str) -> Json:
        """What has failed, or of what nobody knows."""
        wanted = args.id_of("delivery_id", delivery_id)
        before = resend.resend_delivery(call.uow, call.now, wanted)
        audit = {
            "object": str(wanted),
            "before": {"status": before},
            "after": {"status": Status.WAITING},
        }
        return {"status": Status.WAITING, "audit": audit}

    @query("session.own")
    def get_preferences(self, call: Call) -> Json:
        """The caller's own."""
        return shown.get_preferences(call.uow.session, call.actor)

    @command("session.own")
    def replace_preferences(self, call: Call, *, values: Json, version: int | None = None) -> Json:
        """All wishes anew."""
        return _preferences(call, values, version)

    @query("request.own")
    def get_customer_preferences(self, call: Call) -> Json:
        """The customer's own."""
        return shown.get_preferences(call.uow.session, call.actor)

    @command("request.own")
    def replace_customer_preferences(
        self, call: Call, *, values: Json, version: int | None = None
    ) -> Json:
        """All wishes anew."""
        return _preferences(call, values, version)


def _preferences(call: Call, values: Json, version: int | None) -> Json:
    audience = edit_preferences.whose(call.actor)[2]
    before, after = edit_preferences.replace_preferences(call.uow, call.actor, version, values)
    return changed(
        None, shown.show_preferences(before, audience), shown.show_preferences(after, audience)
    )
