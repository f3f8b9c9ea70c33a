"""What quality checks go by: score sheets and sampling rules."""

from typing import Any
from uuid import UUID

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.ticketing.queries.quality_check import books
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import edited
from services.ticketing.use_cases.quality_check import edit_rules, edit_sheets

Json = dict[str, Any]


class QualityBookCalls:
    """Sheets are published as versions; a rule is used from the next ended ticket on."""

    @query("quality.read")
    def list_score_sheets(self, call: Call) -> Json:
        """All of them."""
        return books.list_sheets(call.uow)

    @query("quality.read")
    def get_score_sheet(self, call: Call, *, sheet_id: str) -> Json:
        """One of them."""
        return books.get_sheet(call.uow, args.uuid_of("sheet_id", sheet_id))

    @command("quality.manage")
    def create_score_sheet(self, call: Call, *, values: Json) -> Json:
        """A draft."""
        given = args.object_of("values", values)
        return _sheet(call, edit_sheets.create_sheet(call.uow, given))

    @command("quality.manage")
    def replace_score_sheet(
        self, call: Call, *, sheet_id: str, values: Json, version: int | None = None
    ) -> Json:
        """The whole of it anew, for its next version."""
        change = edit_sheets.replace_sheet(
            call.uow,
            args.uuid_of("sheet_id", sheet_id),
            args.optional_count("version", version),
            args.object_of("values", values),
        )
        return _sheet(call, change)

    @command("quality.manage")
    def publish_score_sheet(self, call: Call, *, sheet_id: str, version: int | None = None) -> Json:
        """In use from now on as it is."""
        change = edit_sheets.publish_sheet(
            call.uow,
            call.actor,
            call.now,
            args.uuid_of("sheet_id", sheet_id),
            args.optional_count("version", version),
        )
        return _sheet(call, change)

    @command("quality.manage")
    def archive_score_sheet(self, call: Call, *, sheet_id: str, version: int | None = None) -> Json:
        """No longer in use."""
        wanted = args.uuid_of("sheet_id", sheet_id)
        known = args.optional_count("version", version)
        return _sheet(call, edit_sheets.archive_sheet(call.uow, wanted, known))

    @command("quality.manage")
    def restore_score_sheet(self, call: Call, *, sheet_id: str, version: int | None = None) -> Json:
        """In use again."""
        wanted = args.uuid_of("sheet_id", sheet_id)
        known = args.optional_count("version", version)
        return _sheet(call, edit_sheets.restore_sheet(call.uow, wanted, known))

    @query("quality.read")
    def list_quality_rules(self, call: Call) -> Json:
        """All of them."""
        return books.show_rules(call.uow)

    @query("quality.read")
    def get_quality_rule(self, call: Call, *, rule_id: str) -> Json:
        """One of them."""
        return books.get_rule(call.uow, args.uuid_of("rule_id", rule_id))

    @command("quality.manage")
    def create_quality_rule(self, call: Call, *, values: Json) -> Json:
        """One more."""
        given = args.object_of("values", values)
        return _rule(call, edit_rules.create_quality_rule(call.uow, given))

    @command("quality.manage")
    def replace_quality_rule(
        self, call: Call, *, rule_id: str, values: Json, version: int | None = None
    ) -> Json:
        """The whole of it anew."""
        change = edit_rules.replace_quality_rule(
            call.uow,
            args.uuid_of("rule_id", rule_id),
            args.optional_count("version", version),
            args.object_of("values", values),
        )
        return _rule(call, change)

    @command("quality.manage")
    def remove_quality_rule(self, call: Call, *, rule_id: str, version: int | None = None) -> Json:
        """It samples no more."""
        wanted = args.uuid_of("rule_id", rule_id)
        known = args.optional_count("version", version)
        return edited(wanted, *edit_rules.remove_quality_rule(call.uow, wanted, known))


def _sheet(call: Call, change: edit_sheets.Edited) -> Json:
    sheet_id: UUID = change[1].sheet_id
    return books.get_sheet(call.uow, sheet_id) | edited(sheet_id, *change)


def _rule(call: Call, change: edit_rules.Edited) -> Json:
    row = change[1]
    assert row is not None
    return books.get_rule(call.uow, row.rule_id) | edited(row.rule_id, *change)
