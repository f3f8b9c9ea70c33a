"""What the gateway may ask of ticketing. Answers have the shapes of REST."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.rpc import OperatorCalls, command, query
from services.ticketing.queries import shapes, ticket_counts, ticket_lists, ticket_pages
from services.ticketing.queries import statuses as status_queries
from services.ticketing.queries.attachments import get_attachment
from services.ticketing.queries.ticket_pages import show_changed
from services.ticketing.service import arguments as args
from services.ticketing.use_cases import working
from services.ticketing.use_cases.attachments import stage_attachment
from services.ticketing.use_cases.create_ticket import create_ticket

Json = dict[str, Any]


class Service(OperatorCalls):
    """Commands take a ticket's number and, where somebody may have come before, its version."""

    name = "ticketing"
    database = DatabaseProvider()
    config = ConfigProvider()
    relay = Relay()

    @command
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
    ) -> Json:
        """Register a request by hand."""
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
        )
        return show_changed(call.uow, ticket, call.actor)

    @command
    def edit_ticket(
        self,
        call: Call,
        *,
        number: str,
        version: int | None,
        changes: Json,
        urgency_reason: str | None = None,
    ) -> Json:
        """Change subject, kind, urgency, fields or tags."""
        ticket = working.edit_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            version=args.optional_count("version", version),
            changes=args.object_of("changes", changes),
            reason=urgency_reason,
        )
        return show_changed(call.uow, ticket, call.actor)

    @command
    def assign_ticket(
        self,
        call: Call,
        *,
        number: str,
        assignee_id: str,
        assignee_name: str,
        note: str | None = None,
        version: int | None = None,
    ) -> Json:
        """Give a ticket to somebody, or take it."""
        ticket = working.assign_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            assignee_id=args.uuid_of("assignee_id", assignee_id),
            assignee_name=assignee_name,
            note=note,
            version=args.optional_count("version", version),
        )
        return show_changed(call.uow, ticket, call.actor)

    @command
    def accept_ticket(self, call: Call, *, number: str) -> Json:
        """Confirm (确认接收)."""
        ticket = working.accept_ticket(
            call.uow, call.actor, call.now, number=args.number_of(number)
        )
        return show_changed(call.uow, ticket, call.actor)

    @command
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
        entry = working.reply(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            text=text,
            attachment_ids=args.uuids_of("attachment_ids", attachment_ids),
            status=status,
        )
        return shapes.show_entry(entry)

    @command
    def add_note(
        self, call: Call, *, number: str, text: str, attachment_ids: list[str] | None = None
    ) -> Json:
        """Write an internal note; returns the entry."""
        entry = working.add_note(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            text=text,
            attachment_ids=args.uuids_of("attachment_ids", attachment_ids),
        )
        return shapes.show_entry(entry)

    @command
    def change_status(
        self,
        call: Call,
        *,
        number: str,
        status: str,
        reason: str | None = None,
        version: int | None = None,
    ) -> Json:
        """Move a ticket by hand."""
        ticket = working.change_status(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            status=status,
            reason=reason,
            version=args.optional_count("version", version),
        )
        return show_changed(call.uow, ticket, call.actor)

    @command
    def solve_ticket(
        self,
        call: Call,
        *,
        number: str,
        text: str,
        notify_customer: bool = True,
        version: int | None = None,
    ) -> Json:
        """Write down the solution."""
        ticket = working.solve_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            text=text,
            notify_customer=args.flag_of("notify_customer", notify_customer),
            version=args.optional_count("version", version),
        )
        return show_changed(call.uow, ticket, call.actor)

    @command
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
        return show_changed(call.uow, ticket, call.actor)

    @command
    def stage_attachment(
        self, call: Call, *, blob_key: str, name: str, media_type: str, size: int, sha256: str
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
        )
        return file.as_shown()

    @query
    def get_ticket(self, call: Call, *, number: str, timeline_limit: int = 50) -> Json:
        """A ticket with the newest page of its timeline."""
        return ticket_pages.get_ticket(call.uow, call.actor, args.number_of(number), timeline_limit)

    @query
    def list_timeline(
        self, call: Call, *, number: str, limit: int = 50, cursor: str | None = None
    ) -> Json:
        """An older page of a timeline."""
        return ticket_pages.list_timeline(
            call.uow, call.actor, args.number_of(number), limit, cursor
        )

    @query
    def list_tickets(
        self,
        call: Call,
        *,
        filters: Json | None = None,
        sort: str = "-updated_at",
        limit: int = 25,
        cursor: str | None = None,
    ) -> Json:
        """A page of tickets."""
        narrowed = args.object_of("filters", filters)
        return ticket_lists.list_tickets(call.uow, call.actor, narrowed, sort, limit, cursor)

    @query
    def count_tickets(self, call: Call, *, views: list[str] | None = None) -> Json:
        """How many each view holds, up to a thousand."""
        return ticket_counts.count_tickets(call.uow, call.actor, views)

    @query
    def list_statuses(self, call: Call) -> Json:
        """Statuses with their names."""
        return status_queries.list_statuses(call.uow)

    @query
    def get_attachment(self, call: Call, *, attachment_id: str) -> Json:
        """A file's facts and blob key."""
        wanted = args.uuid_of("attachment_id", attachment_id)
        return get_attachment(call.uow, call.actor, wanted)
