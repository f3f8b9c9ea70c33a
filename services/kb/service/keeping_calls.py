"""Categories, tags and settings: read by readers, changed by whoever manages."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.kb.queries import vocabularies as shown
from services.kb.queries.shapes import show_category, show_settings
from services.kb.service import arguments as args
from services.kb.service.answers import changed, removed
from services.kb.use_cases import edit_categories as edits
from services.kb.use_cases.edit_settings import edit_settings

Json = dict[str, Any]


class KeepingCalls:
    """Few rows each, so lists are whole."""

    @query("article.read")
    def list_categories(self, call: Call) -> Json:
        """All, siblings in their order."""
        return shown.list_categories(call.uow)

    @query("article.read")
    def list_tags(self, call: Call) -> Json:
        """The commonest."""
        return shown.list_tags(call.uow)

    @query("article.read")
    def get_settings(self, call: Call) -> Json:
        """How reviews go, and how texts are cut."""
        return shown.get_settings(call.uow)

    @command("article.manage")
    def edit_settings(self, call: Call, *, changes: Json, version: int | None = None) -> Json:
        """Change some of it."""
        before, after = edit_settings(
            call.uow, args.optional_count("version", version), args.object_of("changes", changes)
        )
        return changed(show_settings(before), show_settings(after))

    @command("article.manage")
    def create_category(self, call: Call, *, values: Json) -> Json:
        """Behind its siblings."""
        row = edits.create_category(call.uow, args.object_of("values", values))
        return changed({}, show_category(row), "category_id")

    @command("article.manage")
    def edit_category(
        self, call: Call, *, category_id: str, changes: Json, version: int | None = None
    ) -> Json:
        """Another name or place."""
        before, after = edits.edit_category(
            call.uow,
            args.uuid_of("category_id", category_id),
            args.optional_count("version", version),
            args.object_of("changes", changes),
        )
        return changed(show_category(before), show_category(after), "category_id")

    @command("article.manage")
    def remove_category(self, call: Call, *, category_id: str, version: int | None = None) -> Json:
        """Refused while anything is in it."""
        before = edits.remove_category(
            call.uow,
            args.uuid_of("category_id", category_id),
            args.optional_count("version", version),
        )
        return removed("category_id", show_category(before))

    @command("article.manage")
    def order_categories(
        self, call: Call, *, category_ids: list[str], parent_id: str | None = None
    ) -> Json:
        """Siblings in another order; all are named once."""
        before, after = edits.order_categories(
            call.uow,
            args.optional_uuid("parent_id", parent_id),
            args.uuids_of("category_ids", category_ids),
        )
        audit = {
            "before": {"order": [row["name_zh"] for row in before]},
            "after": {"order": [row["name_zh"] for row in after]},
        }
        return {"items": shown.list_categories(call.uow)["items"], "audit": audit}
