"""What requesters may ask for: customers in the portal, employees in the house."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.config import Config
from services.ticketing.domain.ticket import Ticket
from services.ticketing.queries import request_forms, request_pages
from services.ticketing.queries.attachments import get_request_attachment
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import staged
from services.ticketing.use_cases import requests
from services.ticketing.use_cases.attachments import stage_attachment
from services.ticketing.use_cases.closing import confirm_request, withdraw_request
from services.ticketing.use_cases.urging import urge_request

Json = dict[str, Any]


class RequestCalls:
    """Whose tickets these are stands in the actor's signed scope, never in an argument."""

    config: Config

    @query("request.own")
    def list_requests(
        self,
        call: Call,
        *,
        status: str | None = None,
        limit: int = 25,
        cursor: str | None = None,
    ) -> Json:
        """The own tickets; `status` is open, solved or closed."""
        return request_pages.list_requests(call.uow, call.actor, status, limit, cursor)

    @query("request.own")
    def list_request_forms(self, call: Call, *, channel: str = "portal") -> Json:
        """Templates that requesters on this channel may choose, with what they fill in."""
        return request_forms.list_forms(call.uow, call.actor, channel)

    @query("request.own")
    def get_request(
        self, call: Call, *, number: str, limit: int = 50, cursor: str | None = None
    ) -> Json:
        """An own ticket with what was said in public; older pages by `cursor`."""
        wanted = args.number_of(number)
        return request_pages.get_request(call.uow, call.actor, wanted, limit, cursor)

    @command("request.own")
    def create_request(
        self,
        call: Call,
        *,
        customer_name: str,
        subject: str,
        text: str,
        channel: str = "portal",
        kind: str | None = None,
        attachment_ids: list[str] | None = None,
        contact_id: str | None = None,
        region_id: str | None = None,
        template_key: str | None = None,
        fields: Json | None = None,
        category_id: str | None = None,
    ) -> Json:
        """Open a ticket of one's own, with a template's form or without."""
        ticket = requests.create_request(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            customer_name=customer_name,
            subject=subject,
            text=text,
            channel=channel,
            kind=kind,
            attachment_ids=args.uuids_of("attachment_ids", attachment_ids),
            contact_id=args.optional_uuid("contact_id", contact_id),
            region_id=args.optional_uuid("region_id", region_id),
            template_key=args.optional_text("template_key", template_key),
            fields=args.object_of("fields", fields),
            category_id=args.optional_uuid("category_id", category_id),
        )
        shown = request_pages.get_request(call.uow, call.actor, ticket.number)
        return shown | {"audit": ticket.trace()}

    @command("request.own")
    def add_request_message(
        self, call: Call, *, number: str, text: str, attachment_ids: list[str] | None = None
    ) -> Json:
        """Write into an own ticket; returns the entry."""
        ticket, entry = requests.add_request_message(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            text=text,
            attachment_ids=args.uuids_of("attachment_ids", attachment_ids),
        )
        return request_pages.show_request_entry(entry) | {"audit": ticket.trace_writing(entry)}

    @command("request.own")
    def urge_request(self, call: Call, *, number: str, note: str | None = None) -> Json:
        """Ask how it goes with an own ticket (催单)."""
        ticket = urge_request(
            call.uow, call.actor, call.now, number=args.number_of(number), note=note
        )
        return self._shown(call, ticket)

    @command("request.own")
    def withdraw_request(self, call: Call, *, number: str, reason: str | None = None) -> Json:
        """Need an own ticket no longer (撤销)."""
        ticket = withdraw_request(
            call.uow, call.actor, call.now, number=args.number_of(number), reason=reason
        )
        return self._shown(call, ticket)

    @command("request.own")
    def confirm_request(
        self, call: Call, *, number: str, is_solved: bool, words: str | None = None
    ) -> Json:
        """Say whether an own ticket is solved."""
        ticket = confirm_request(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            is_solved=args.flag_of("is_solved", is_solved),
            words=words,
        )
        return self._shown(call, ticket)

    def _shown(self, call: Call, ticket: Ticket) -> Json:
        call.uow.session.flush()
        shown = request_pages.get_request(call.uow, call.actor, ticket.number)
        return shown | {"audit": ticket.trace()}

    @command("request.own")
    def stage_request_attachment(
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
        """Remember an uploaded file until a message of the uploader's shows it."""
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

    @query("request.own")
    def get_request_attachment(self, call: Call, *, attachment_id: str) -> Json:
        """A file's facts and blob key."""
        wanted = args.uuid_of("attachment_id", attachment_id)
        return get_request_attachment(call.uow, call.actor, wanted)
