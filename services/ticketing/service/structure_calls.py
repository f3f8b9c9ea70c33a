"""How tickets belong together: links, parents and children, merging and splitting."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.config import Config
from services.ticketing.queries import merged_timelines, relations
from services.ticketing.queries.ticket_pages import show_changed
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import changed, related
from services.ticketing.use_cases import families, links, merging, splitting

Json = dict[str, Any]


class StructureCalls:
    """Commands answer with the ticket's relations, or with the ticket that came of them."""

    config: Config

    @query("ticket.read")
    def get_relations(self, call: Call, *, number: str) -> Json:
        """What other tickets a ticket belongs with."""
        return relations.get_relations(call.uow, call.actor, args.number_of(number))

    @query("ticket.read")
    def list_merged_timeline(
        self, call: Call, *, number: str, source: str, limit: int = 50, cursor: str | None = None
    ) -> Json:
        """A page of the timeline of a ticket that has become part of this one."""
        return merged_timelines.list_merged_timeline(
            call.uow, call.actor, args.number_of(number), args.number_of(source), limit, cursor
        )

    @command("ticket.link")
    def link_tickets(self, call: Call, *, number: str, other: str, relation: str) -> Json:
        """Link two tickets."""
        ticket = links.link_tickets(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            other=args.number_of(other),
            relation=relation,
        )
        return related(call, ticket, relation=relation, other=args.number_of(other))

    @command("ticket.link")
    def unlink_tickets(self, call: Call, *, number: str, link_id: str) -> Json:
        """Take a link away."""
        ticket = links.unlink_tickets(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            link_id=args.uuid_of("link_id", link_id),
        )
        return related(call, ticket, link_removed=link_id)

    @command("ticket.attach")
    def attach_child(self, call: Call, *, number: str, child: str) -> Json:
        """An existing ticket becomes a child."""
        parent = families.attach_child(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            child=args.number_of(child),
        )
        return related(call, parent, child=args.number_of(child))

    @command("ticket.attach")
    def open_child(
        self,
        call: Call,
        *,
        number: str,
        subject: str,
        text: str,
        urgency: str | None = None,
        group_id: str | None = None,
    ) -> Json:
        """A new ticket as a child."""
        parent, child = families.open_child(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            number=args.number_of(number),
            subject=subject,
            text=text,
            urgency=urgency,
            group_id=args.optional_uuid("group_id", group_id),
        )
        return related(call, parent, child=child.number)

    @command("ticket.attach")
    def detach_child(self, call: Call, *, number: str, child: str) -> Json:
        """A child goes its own way."""
        parent = families.detach_child(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            child=args.number_of(child),
        )
        return related(call, parent, child_removed=args.number_of(child))

    @command("ticket.merge")
    def merge_tickets(
        self,
        call: Call,
        *,
        number: str,
        numbers: list[str],
        reason: str | None = None,
        is_confirmed: bool = False,
    ) -> Json:
        """Others become part of this ticket."""
        sources = args.numbers_of("numbers", numbers)
        target = merging.merge_tickets(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            sources=sources,
            reason=reason,
            is_confirmed=args.flag_of("is_confirmed", is_confirmed),
        )
        answer = changed(call, target)
        answer["audit"]["after"] |= {"merged": sources}
        return answer

    @command("ticket.unmerge")
    def unmerge_ticket(self, call: Call, *, number: str, reason: str | None = None) -> Json:
        """A merged ticket is one of its own again."""
        ticket = merging.unmerge_ticket(
            call.uow, call.actor, call.now, number=args.number_of(number), reason=reason
        )
        return changed(call, ticket)

    @command("ticket.split")
    def split_ticket(
        self,
        call: Call,
        *,
        number: str,
        entry_ids: list[str],
        subject: str,
        kind: str | None = None,
        urgency: str | None = None,
    ) -> Json:
        """Some of what was said becomes a ticket of its own; returns the new one."""
        original, new = splitting.split_ticket(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            number=args.number_of(number),
            entry_ids=args.uuids_of("entry_ids", entry_ids),
            subject=subject,
            kind=kind,
            urgency=urgency,
        )
        trace = original.trace()
        trace["after"] |= {"split_into": new.number, "entries": len(entry_ids)}
        return show_changed(call.uow, new, call.actor) | {"audit": trace}
