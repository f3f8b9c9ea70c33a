"""What the gateway may ask of ticketing. Answers have the shapes of REST."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.rpc import OperatorCalls, command
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import changed, staged, written
from services.ticketing.service.bulk_calls import BulkCalls
from services.ticketing.service.canned_reply_calls import CannedReplyCalls
from services.ticketing.service.confidential_calls import ConfidentialCalls
from services.ticketing.service.handing_calls import HandingCalls
from services.ticketing.service.macro_calls import MacroCalls
from services.ticketing.service.moving_calls import MovingCalls
from services.ticketing.service.problem_calls import ProblemCalls
from services.ticketing.service.quality_book_calls import QualityBookCalls
from services.ticketing.service.quality_calls import QualityCalls
from services.ticketing.service.reading_calls import ReadingCalls
from services.ticketing.service.request_calls import RequestCalls
from services.ticketing.service.rule_calls import RuleCalls
from services.ticketing.service.satisfaction_calls import SatisfactionCalls
from services.ticketing.service.search_calls import SearchCalls
from services.ticketing.service.setting_calls import SettingCalls
from services.ticketing.service.status_calls import StatusCalls
from services.ticketing.service.structure_calls import StructureCalls
from services.ticketing.service.template_calls import TemplateCalls
from services.ticketing.service.together_calls import TogetherCalls
from services.ticketing.service.view_calls import ViewCalls
from services.ticketing.service.word_calls import WordCalls
from services.ticketing.use_cases import working
from services.ticketing.use_cases.attachments import stage_attachment
from services.ticketing.use_cases.create_ticket import create_ticket

Json = dict[str, Any]


class Service(
    ReadingCalls,
    SearchCalls,
    HandingCalls,
    SatisfactionCalls,
    CannedReplyCalls,
    MacroCalls,
    BulkCalls,
    TogetherCalls,
    StructureCalls,
    ProblemCalls,
    MovingCalls,
    SettingCalls,
    StatusCalls,
    RequestCalls,
    TemplateCalls,
    ViewCalls,
    RuleCalls,
    QualityBookCalls,
    QualityCalls,
    ConfidentialCalls,
    WordCalls,
    OperatorCalls,
):
    """Commands take a ticket's number and, where somebody may have come before, its version.

    They answer with `audit` beside the rest: what the gateway's operation log keeps.
    """

    name = "ticketing"
    database = DatabaseProvider()
    config = ConfigProvider()
    relay = Relay()

    @command("ticket.create")
    def create_ticket(
        self,
        call: Call,
        *,
        customer_id: str,
        customer_name: str,
        subject: str,
        text: str,
        kind: str | None = None,
        urgency: str | None = None,
        channel: str = "manual",
        fields: Json | None = None,
        attachment_ids: list[str] | None = None,
        contact_id: str | None = None,
        region_id: str | None = None,
        template_key: str | None = None,
        category_id: str | None = None,
        urgency_word: str | None = None,
        tags: list[str] | None = None,
    ) -> Json:
        """Register a request by hand; by `template_key` its form is filled in."""
        ticket = create_ticket(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            customer_id=args.uuid_of("customer_id", customer_id),
            customer_name=customer_name,
            subject=subject,
            text=text,
            kind=kind,
            urgency=urgency,
            channel=channel,
            fields=args.object_of("fields", fields),
            attachment_ids=args.uuids_of("attachment_ids", attachment_ids),
            contact_id=args.optional_uuid("contact_id", contact_id),
            region_id=args.optional_uuid("region_id", region_id),
            template_key=template_key,
            category_id=args.optional_uuid("category_id", category_id),
            urgency_word=urgency_word,
            tags=tags or [],
        )
        return changed(call, ticket)

    @command("ticket.edit")
    def edit_ticket(
        self,
        call: Call,
        *,
        number: str,
        version: int | None,
        changes: Json,
        urgency_reason: str | None = None,
    ) -> Json:
        """Change subject, kind, category, urgency or its word, fields or tags."""
        ticket = working.edit_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            version=args.optional_count("version", version),
            changes=args.object_of("changes", changes),
            reason=urgency_reason,
        )
        return changed(call, ticket)

    @command("ticket.reply")
    def reply(
        self,
        call: Call,
        *,
        number: str,
        text: str,
        attachment_ids: list[str] | None = None,
        status: str | None = None,
    ) -> Json:
        """Answer the customer; returns the entry."""
        ticket, entry = working.reply(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            text=text,
            attachment_ids=args.uuids_of("attachment_ids", attachment_ids),
            status=status,
        )
        return written(ticket, entry)

    @command("ticket.note")
    def add_note(
        self,
        call: Call,
        *,
        number: str,
        text: str,
        attachment_ids: list[str] | None = None,
        mentions: list[str] | None = None,
    ) -> Json:
        """Write an internal note, perhaps for colleagues by name; returns the entry."""
        ticket, entry = working.add_note(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            text=text,
            attachment_ids=args.uuids_of("attachment_ids", attachment_ids),
            mentions=args.uuids_of("mentions", mentions),
        )
        return written(ticket, entry)

    @command("ticket.move")
    def change_status(
        self,
        call: Call,
        *,
        number: str,
        status: str,
        reason: str | None = None,
        close_kind: str | None = None,
        duplicate_of: str | None = None,
        version: int | None = None,
        fields: Json | None = None,
        with_children: bool = False,
    ) -> Json:
        """Move a ticket by hand; `fields` are said with it.

        Closing it may say as what (正常关闭, 重复, 无效, 客户撤销), and close its children, too.
        """
        ticket = working.change_status(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            status=status,
            reason=reason,
            close_kind=close_kind,
            duplicate_of=args.number_of(duplicate_of) if duplicate_of else None,
            version=args.optional_count("version", version),
            fields=args.object_of("fields", fields),
            with_children=args.flag_of("with_children", with_children),
        )
        told = {"with_children": True} if with_children else {}
        return changed(call, ticket, **told)

    @command("ticket.solve")
    def solve_ticket(
        self,
        call: Call,
        *,
        number: str,
        text: str,
        notify_customer: bool = True,
        version: int | None = None,
        fields: Json | None = None,
    ) -> Json:
        """Write down the solution; `fields` are said with it, as a closing summary is."""
        ticket = working.solve_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            text=text,
            notify_customer=args.flag_of("notify_customer", notify_customer),
            version=args.optional_count("version", version),
            fields=args.object_of("fields", fields),
        )
        return changed(call, ticket)

    @command("ticket.reopen")
    def reopen_ticket(
        self, call: Call, *, number: str, reason: str, version: int | None = None
    ) -> Json:
        """Go on with a solved ticket."""
        ticket = working.reopen_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            reason=reason,
            version=args.optional_count("version", version),
        )
        return changed(call, ticket)

    @command("attachment.upload")
    def stage_attachment(
        self,
        call: Call,
        *,
        blob_key: str,
        name: str,
        media_type: str,
        size: int,
        sha256: str,
        scan_state: str | None = None,
    ) -> Json:
        """Remember an uploaded file until an entry shows it."""
        file = stage_attachment(
            call.uow,
            call.actor,
            call.now,
            blob_key=blob_key,
            name=name,
            media_type=media_type,
            size=args.count_of("size", size),
            sha256=sha256,
            scan_state=scan_state,
        )
        return staged(file)
