"""Categories, words of urgency, tags: read by whoever works, changed by whoever manages them."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.ticketing.queries import categories as shown
from services.ticketing.queries import tags as shown_tags
from services.ticketing.queries.urgency_words import get_words, show_words
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import changed, edited, reordered
from services.ticketing.use_cases import edit_categories as edits
from services.ticketing.use_cases import tags
from services.ticketing.use_cases.urgency_words import answer_urgency_hint, edit_urgency_words

Json = dict[str, Any]


class WordCalls:
    """Few rows each, so lists are whole."""

    @query("ticket.list")
    def list_ticket_categories(self, call: Call) -> Json:
        """The whole tree."""
        return shown.list_categories(call.uow)

    @query("ticket_category.manage")
    def get_ticket_category_use(self, call: Call, *, category_id: str) -> Json:
        """Who would miss it."""
        return shown.get_use(call.uow, call.actor, args.uuid_of("category_id", category_id))

    @command("ticket_category.manage")
    def create_ticket_category(self, call: Call, *, values: Json) -> Json:
        """Behind its siblings."""
        _, row = edits.create_category(call.uow, args.object_of("values", values))
        return shown.show_category(row) | edited(row.category_id, None, row)

    @command("ticket_category.manage")
    def edit_ticket_category(
        self, call: Call, *, category_id: str, changes: Json, version: int | None = None
    ) -> Json:
        """Another name, place or defaults; put away, with who still asks for it, or in use.

        `before_id` among the changes: the sibling before which it comes to stand, null the last.
        """
        before, row = edits.edit_category(
            call.uow,
            args.uuid_of("category_id", category_id),
            args.optional_count("version", version),
            args.object_of("changes", changes),
        )
        told = shown.show_category(row) | edited(row.category_id, before, row)
        told["audit"]["after"] |= {one: changes[one] for one in ("before_id",) if one in changes}
        if row.is_active:
            return told
        return told | shown.uses_of_category(call.uow, call.actor, row.category_id)

    @command("ticket_category.manage")
    def order_ticket_categories(
        self, call: Call, *, category_ids: list[str], parent_id: str | None = None
    ) -> Json:
        """Siblings in another order; all are named once."""
        change = edits.order_categories(
            call.uow,
            args.optional_uuid("parent_id", parent_id),
            args.uuids_of("category_ids", category_ids),
        )
        return shown.list_categories(call.uow) | reordered("category_ids", *change)

    @query("ticket.list")
    def get_urgency_words(self, call: Call) -> Json:
        """Scales and hints."""
        return get_words(call.uow)

    @command("urgency_word.manage")
    def edit_urgency_words(self, call: Call, *, changes: Json, version: int | None = None) -> Json:
        """Other scales or hints in place of the old."""
        rows = edit_urgency_words(
            call.uow, args.optional_count("version", version), args.object_of("changes", changes)
        )
        before, after = (show_words(row) for row in rows)
        names = [name for name in ("scales", "hints") if before[name] != after[name]]
        audit = {
            "before": {name: before[name] for name in names},
            "after": {name: after[name] for name in names},
        }
        return after | {"audit": audit}

    @command("ticket.edit")
    def answer_urgency_hint(
        self, call: Call, *, number: str, is_accepted: bool, version: int | None = None
    ) -> Json:
        """采纳 or 忽略 of what the customer's words propose."""
        ticket = answer_urgency_hint(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            is_accepted=args.flag_of("is_accepted", is_accepted),
            version=args.optional_count("version", version),
        )
        return changed(call, ticket)

    @query("ticket.list")
    def list_tags(
        self, call: Call, *, q: str = "", is_active: bool | None = None, limit: int = 50
    ) -> Json:
        """Known tags that begin so."""
        wanted = None if is_active is None else args.flag_of("is_active", is_active)
        return shown_tags.list_tags(call.uow, str(q or "").replace("\0", ""), wanted, limit)

    @query("tag.manage")
    def get_tag_use(self, call: Call, *, tag_id: str) -> Json:
        """Who would miss it."""
        return shown_tags.get_use(call.uow, call.actor, args.uuid_of("tag_id", tag_id))

    @command("tag.manage")
    def create_tag(self, call: Call, *, values: Json) -> Json:
        """A known tag."""
        return _answer(tags.create_tag(call.uow, args.object_of("values", values)))

    @command("tag.manage")
    def edit_tag(
        self, call: Call, *, tag_id: str, changes: Json, version: int | None = None
    ) -> Json:
        """Another name, colour; put away or back. Says who still asks for what is gone by that."""
        change = tags.edit_tag(
            call.uow,
            call.actor,
            args.uuid_of("tag_id", tag_id),
            args.optional_count("version", version),
            args.object_of("changes", changes),
        )
        before, after = change
        assert before is not None
        assert after is not None
        if after.is_active and after.name == before.name:
            return _answer(change)
        return _answer(change) | shown_tags.show_uses(call.uow, call.actor, before.name)

    @command("tag.manage")
    def merge_tag(self, call: Call, *, tag_id: str, into: str, version: int | None = None) -> Json:
        """One tag becomes another."""
        wanted = args.uuid_of("tag_id", tag_id)
        known = args.optional_count("version", version)
        before, target = tags.merge_tag(
            call.uow, call.actor, wanted, known, args.uuid_of("into", into)
        )
        assert before is not None
        assert target is not None
        audit = {"object": str(wanted), "before": {"name": before.name}}
        told = shown_tags.show_tag(target) | {"audit": audit | {"after": {"name": target.name}}}
        return told | shown_tags.show_uses(call.uow, call.actor, before.name)


def _answer(change: tags.Edited) -> Json:
    row = change[1]
    assert row is not None
    return shown_tags.show_tag(row) | edited(row.tag_id, *change)
