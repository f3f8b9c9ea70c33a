"""Templates of tickets: drafts, published versions, and their way to other installations."""

from typing import Any

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.ticket_template import (
    NewTicketTemplate,
    Publication,
    TemplateActivity,
    TemplateCopy,
    TemplateDocument,
    TemplateDocumentView,
    TemplateExportQuery,
    TemplateImport,
    TemplateOrder,
    TemplateUsage,
    TemplateUsageQuery,
    TicketTemplate,
    TicketTemplateDraft,
    TicketTemplatePage,
    TicketTemplateQuery,
    TicketTemplateVersion,
    TicketTemplateVersionPage,
    TicketTemplateVersionQuery,
)
from gateway.uses import together, with_uses

blueprint = ApiBlueprint(
    "ticket templates",
    __name__,
    url_prefix="/ticket-templates",
    description="Which fields tickets of a kind have, and what each stage asks for",
)


@blueprint.operation("GET", "")
@requires("template.read")
@blueprint.arguments(TicketTemplateQuery, location="query")
@blueprint.response(200, TicketTemplatePage)
def list_ticket_templates(wanted: dict[str, Any]) -> Response:
    """All templates in their order; of each kind the first in use is what messages get."""
    return answer(query("ticketing", "list_templates", wanted))


@blueprint.operation("POST", "", is_command=True)
@requires("template.manage")
@blueprint.arguments(NewTicketTemplate)
@blueprint.response(201, TicketTemplate, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_ticket_template(values: dict[str, Any]) -> Response:
    """Begin a template; no ticket has it before it is published."""
    key = values.pop("key")
    template = command("ticketing", "create_template", {"key": key, "values": values})
    return present(template, 201, f"/ticket-templates/{key}")


@blueprint.operation("PUT", "/order", is_command=True)
@requires("template.manage")
@blueprint.arguments(TemplateOrder)
@blueprint.response(200, TicketTemplatePage)
def order_ticket_templates(order: dict[str, Any]) -> Response:
    """Put the templates into another order; refused unless it names all there are."""
    return answer(command("ticketing", "order_templates", order))


@blueprint.operation("GET", "/export")
@requires("template.manage")
@blueprint.arguments(TemplateExportQuery, location="query")
@blueprint.response(200, TemplateDocumentView)
def export_ticket_templates(wanted: dict[str, Any]) -> Response:
    """Templates as a document that another installation can read."""
    keys = wanted["keys"].split(",") if wanted.get("keys") else None
    return answer(query("ticketing", "export_templates", {"keys": keys}))


@blueprint.operation("POST", "/import-checks")
@requires("template.manage")
@blueprint.arguments(TemplateDocument)
@blueprint.response(200, TemplateImport)
def check_ticket_templates(document: dict[str, Any]) -> Response:
    """What an import would do, and what is wrong with it; changes nothing."""
    return answer(query("ticketing", "check_templates", {"document": document}))


@blueprint.operation("POST", "/imports", is_command=True)
@requires("template.manage")
@blueprint.arguments(TemplateDocument)
@blueprint.response(200, TemplateImport)
def import_ticket_templates(document: dict[str, Any]) -> Response:
    """Take templates over as drafts, all or none."""
    return answer(command("ticketing", "import_templates", {"document": document}))


@blueprint.operation("GET", "/<role_key:key>", errors=(404,))
@requires("template.read")
@blueprint.response(200, TicketTemplate, headers=ETAG_HEADER)
def get_ticket_template(key: str) -> Response:
    """One template with what is being written of it."""
    return present(query("ticketing", "get_template", {"key": key}))


@blueprint.operation(
    "PUT", "/<role_key:key>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("template.manage")
@blueprint.arguments(TicketTemplateDraft)
@blueprint.response(200, TicketTemplate, headers=ETAG_HEADER)
def replace_ticket_template(values: dict[str, Any], key: str) -> Response:
    """The whole draft anew; tickets see nothing of it until it is published."""
    version = expected_version(is_required=True)
    args = {"key": key, "version": version, "values": values}
    return present(command("ticketing", "edit_template", args))


@blueprint.operation(
    "DELETE", "/<role_key:key>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("template.manage")
@blueprint.response(204)
def remove_ticket_template(key: str) -> Response:
    """Remove a template that was never published; others can be archived."""
    version = expected_version(is_required=True)
    command("ticketing", "remove_template", {"key": key, "version": version})
    return nothing()


@blueprint.operation(
    "DELETE", "/<role_key:key>/draft", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("template.manage")
@blueprint.response(200, TicketTemplate, headers=ETAG_HEADER)
def drop_ticket_template_draft(key: str) -> Response:
    """Throw away what has been written since the newest version."""
    version = expected_version(is_required=True)
    args = {"key": key, "version": version}
    return present(command("ticketing", "drop_template_draft", args))


@blueprint.operation(
    "PUT", "/<role_key:key>/activity", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("template.manage")
@blueprint.arguments(TemplateActivity)
@blueprint.response(200, TicketTemplate, headers=ETAG_HEADER)
def set_ticket_template_activity(activity: dict[str, Any], key: str) -> Response:
    """Archive a template, or take it back into use; tickets that have it go on."""
    version = expected_version(is_required=True)
    args = {"key": key, "version": version, **activity}
    return present(command("ticketing", "set_template_activity", args))


@blueprint.operation("POST", "/<role_key:key>/copies", errors=(404,), is_command=True)
@requires("template.manage")
@blueprint.arguments(TemplateCopy)
@blueprint.response(201, TicketTemplate, headers={**LOCATION_HEADER, **ETAG_HEADER})
def duplicate_ticket_template(copy: dict[str, Any], key: str) -> Response:
    """Begin another template with what this one says."""
    args = {"key": key, "new_key": copy["key"], "name": copy.get("name")}
    template = command("ticketing", "duplicate_template", args)
    return present(template, 201, f"/ticket-templates/{copy['key']}")


@blueprint.operation("GET", "/<role_key:key>/usage", errors=(404,))
@requires("template.manage")
@blueprint.arguments(TemplateUsageQuery, location="query")
@blueprint.response(200, TemplateUsage)
def get_ticket_template_usage(wanted: dict[str, Any], key: str) -> Response:
    """Where a field is used, before somebody takes it away."""
    return answer(with_uses(query("ticketing", "get_field_usage", {"key": key, **wanted})))


@blueprint.operation("GET", "/<role_key:key>/versions", errors=(404,))
@requires("template.read")
@blueprint.arguments(TicketTemplateVersionQuery, location="query")
@blueprint.response(200, TicketTemplateVersionPage)
def list_ticket_template_versions(wanted: dict[str, Any], key: str) -> Response:
    """What has been published, newest first."""
    return answer(query("ticketing", "list_template_versions", {"key": key, **wanted}))


@blueprint.operation(
    "POST", "/<role_key:key>/versions", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("template.manage")
@blueprint.arguments(Publication)
@blueprint.response(201, TicketTemplate, headers=ETAG_HEADER)
def publish_ticket_template(publication: dict[str, Any], key: str) -> Response:
    """New tickets get what has been drafted; running ones keep their version."""
    version = expected_version(is_required=True)
    args = {"key": key, "version": version, "note": publication.get("note")}
    template = command("ticketing", "publish_template", args)
    fields = together(template.get("affected") or ())
    affected = [one for one in fields if one["uses"] or one.get("unanswered")]
    return present({**template, "affected": affected}, 201)


@blueprint.operation(
    "GET", "/<role_key:key>/versions/<int(max=1000000):version_number>", errors=(404,)
)
@requires("template.read")
@blueprint.response(200, TicketTemplateVersion)
def get_ticket_template_version(key: str, version_number: int) -> Response:
    """A version with its fields: never changes, so that clients may keep it."""
    args = {"key": key, "version": version_number}
    return answer(query("ticketing", "get_template_version", args))
