"""Templates: read by whoever fills in forms, changed by whoever may manage them."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.errors import field_error
from services.ticketing.queries import templates as shown
from services.ticketing.queries.confidential import reporting_number
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import changed
from services.ticketing.service.template_answers import altered, made, removed
from services.ticketing.use_cases import carry_templates, change_templates
from services.ticketing.use_cases import edit_templates as edits

Json = dict[str, Any]


class TemplateCalls:
    """Refusals name the field by its path: `fields[0].options.min`."""

    @query("template.read")
    def list_templates(
        self, call: Call, *, kind: str | None = None, is_active: bool | None = None
    ) -> Json:
        """All in their order."""
        return shown.list_templates(call.uow, kind, is_active)

    @query("template.read")
    def get_template(self, call: Call, *, key: str) -> Json:
        """One."""
        return shown.get_template(call.uow, _text(key))

    @query("template.read")
    def list_template_versions(
        self, call: Call, *, key: str, limit: int = 25, cursor: str | None = None
    ) -> Json:
        """What has been published, newest first."""
        return shown.list_versions(call.uow, _text(key), limit, cursor)

    @query("template.read")
    def get_template_version(self, call: Call, *, key: str, version: int) -> Json:
        """One version with its fields."""
        return shown.get_version(call.uow, _text(key), args.count_of("version", version))

    @query("template.manage")
    def get_field_usage(self, call: Call, *, key: str, field: str) -> Json:
        """Where a field is used."""
        return shown.get_field_usage(call.uow, call.actor, _text(key), _text(field))

    @query("template.manage")
    def export_templates(self, call: Call, *, keys: list[str] | None = None) -> Json:
        """All, or these, for another installation."""
        return carry_templates.export_templates(call.uow, keys)

    @query("template.manage")
    def check_templates(self, call: Call, *, document: Json) -> Json:
        """What an import would do, and what is wrong with it."""
        given = args.object_of("document", document)
        return carry_templates.import_templates(call.uow, call.now, given, is_dry=True)

    @command("template.manage")
    def import_templates(self, call: Call, *, document: Json) -> Json:
        """Take templates over as drafts, all or none."""
        given = args.object_of("document", document)
        answer = carry_templates.import_templates(call.uow, call.now, given, is_dry=False)
        told = {item["key"]: item["outcome"] for item in answer["items"]}
        return answer | {"audit": {"before": {}, "after": {"templates": told}}}

    @command("template.manage")
    def create_template(self, call: Call, *, key: str, values: Json) -> Json:
        """A draft behind the others."""
        row = edits.create_template(call.uow, call.now, key, args.object_of("values", values))
        return made(shown.show_template(row))

    @command("template.manage")
    def edit_template(
        self, call: Call, *, key: str, values: Json, version: int | None = None
    ) -> Json:
        """The draft anew."""
        given = args.object_of("values", values)
        known = args.optional_count("version", version)
        return altered(*edits.edit_template(call.uow, call.now, _text(key), known, given))

    @command("template.manage")
    def drop_template_draft(self, call: Call, *, key: str, version: int | None = None) -> Json:
        """Back to the newest version."""
        known = args.optional_count("version", version)
        return altered(*edits.drop_draft(call.uow, call.now, _text(key), known))

    @command("template.manage")
    def publish_template(
        self, call: Call, *, key: str, note: str | None = None, version: int | None = None
    ) -> Json:
        """New tickets get what has been drafted; says who named what is gone by that."""
        known = args.optional_count("version", version)
        told = altered(
            *edits.publish_template(call.uow, call.actor, call.now, _text(key), known, note)
        )
        return told | {"affected": shown.affected_by(call.uow, call.actor, _text(key))}

    @command("template.manage")
    def set_template_activity(
        self, call: Call, *, key: str, is_active: bool, version: int | None = None
    ) -> Json:
        """Put it away, or take it back into use."""
        known, wanted = (
            args.optional_count("version", version),
            args.flag_of("is_active", is_active),
        )
        return altered(*edits.set_activity(call.uow, call.now, _text(key), known, wanted))

    @command("template.manage")
    def remove_template(self, call: Call, *, key: str, version: int | None = None) -> Json:
        """One that was never published."""
        known = args.optional_count("version", version)
        return removed(shown.show_template(edits.remove_template(call.uow, _text(key), known)))

    @command("template.manage")
    def duplicate_template(
        self, call: Call, *, key: str, new_key: str, name: Json | None = None
    ) -> Json:
        """The same under another key."""
        given = args.object_of("name", name) or None
        row = edits.duplicate_template(call.uow, call.now, _text(key), new_key, given)
        return made(shown.show_template(row))

    @command("template.manage")
    def order_templates(self, call: Call, *, keys: list[str]) -> Json:
        """Another order; refused unless all are named once."""
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise field_error("keys", "must be a list of keys")
        before, after = edits.order_templates(call.uow, keys)
        audit = {
            "before": {"order": [row["key"] for row in before]},
            "after": {"order": [row["key"] for row in after]},
        }
        return {"items": [shown.show_row(row) for row in after], "audit": audit}

    @query("ticket.edit")
    def preview_ticket_template(
        self,
        call: Call,
        *,
        number: str,
        template_key: str,
        kind: str | None = None,
        mapping: Json | None = None,
    ) -> Json:
        """What another template would make of a ticket."""
        known = args.number_of(number)
        plan = change_templates.preview_template(
            call.uow,
            call.actor,
            call.now,
            number=known,
            template_key=_text(template_key),
            kind=kind,
            mapping=args.object_of("mapping", mapping),
        )
        return reporting_number(plan, call.uow, call.actor, known, "template change")

    @command("ticket.edit")
    def change_ticket_template(
        self,
        call: Call,
        *,
        number: str,
        template_key: str,
        version: int | None = None,
        kind: str | None = None,
        mapping: Json | None = None,
        fields: Json | None = None,
        reason: str | None = None,
    ) -> Json:
        """Give a running ticket another template."""
        ticket = change_templates.change_template(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            version=args.optional_count("version", version),
            template_key=_text(template_key),
            kind=kind,
            mapping=args.object_of("mapping", mapping),
            fields=args.object_of("fields", fields),
            reason=reason,
        )
        return changed(call, ticket)


def _text(value: object) -> str:
    """What is no text finds nothing."""
    return value.replace("\x00", "") if isinstance(value, str) else ""
