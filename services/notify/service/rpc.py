"""What the gateway asks of notify."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.rpc import OperatorCalls, command, query
from services.notify import queries
from services.notify.domain.codes import Channel, Purpose
from services.notify.service import arguments as args
from services.notify.service.channel_calls import EndpointCalls, WebhookCalls
from services.notify.service.notification_calls import DeliveryCalls, RuleCalls, TextCalls
from services.notify.service.provide import CodeDeskProvider
from services.notify.service.survey_calls import SurveyCalls
from services.notify.use_cases import notices, send_code


class Service(
    RuleCalls, TextCalls, DeliveryCalls, SurveyCalls, WebhookCalls, EndpointCalls, OperatorCalls
):
    """RPC of notify."""

    name = "notify"
    database = DatabaseProvider()
    relay = Relay()
    codes = CodeDeskProvider()

    @query("notice.read")
    def list_notices(self, call: Call, *, unread: bool = False, limit: int = 20) -> dict[str, Any]:
        """The caller's notices, newest first, and how many are unread."""
        return queries.list_notices(
            call.uow.session,
            call.actor,
            unread=args.flag_of("unread", unread),
            limit=args.limit_of(limit, queries.MAX_NOTICES),
        )

    @command("notice.read")
    def read_notice(self, call: Call, *, notice_id: str) -> None:
        """The caller has seen one notice."""
        found = args.id_of("notice_id", notice_id)
        notices.read_notice(call.uow, call.actor, call.now, notice_id=found)

    @command("notice.read")
    def read_all_notices(self, call: Call) -> None:
        """The caller has seen all."""
        notices.read_all_notices(call.uow, call.actor, call.now)

    @query("receipt.list")
    def list_deliveries(self, call: Call, *, ticket_id: str) -> list[dict[str, Any]]:
        """The state of each mail of a ticket."""
        found = args.id_of("ticket_id", ticket_id)
        return queries.list_deliveries(call.uow.session, ticket_id=found)

    @command("code.send")
    def send_code(
        self,
        call: Call,
        *,
        channel: str,
        address: str,
        code: str,
        purpose: str,
        language: str,
        valid_seconds: int,
        is_wanted: bool = True,
    ) -> None:
        """Bring a one-time code to somebody, or (not wanted) only take as long as that."""
        send_code.send_code(
            call.uow,
            self.codes,
            call.now,
            channel=args.choice_of("channel", Channel, channel),
            address=args.text_of("address", address),
            code=args.code_of(code),
            purpose=args.choice_of("purpose", Purpose, purpose),
            language=args.language_of(language),
            valid_seconds=args.valid_seconds_of(valid_seconds),
            is_wanted=args.flag_of("is_wanted", is_wanted),
        )
