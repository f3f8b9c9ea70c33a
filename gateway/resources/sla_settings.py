"""Settings of sla: what is out of the ordinary, and who is told."""

from typing import Any

from flask import Response

from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, expected_version
from gateway.resources.versioned import IF_MATCH, present
from gateway.schemas.sla_setting import SlaSettings, SlaSettingsChanges

blueprint = ApiBlueprint(
    "sla settings", __name__, url_prefix="/sla/settings", description="Abnormal tickets"
)


@blueprint.operation("GET", "")
@requires("sla.read")
@blueprint.response(200, SlaSettings, headers=ETAG_HEADER)
def get_sla_settings() -> Response:
    """What is looked out for."""
    return present(query("sla", "get_settings"))


@blueprint.operation("PATCH", "", errors=(412, 428), is_command=True, parameters=IF_MATCH)
@requires("sla.manage")
@blueprint.arguments(SlaSettingsChanges)
@blueprint.response(200, SlaSettings, headers=ETAG_HEADER)
def edit_sla_settings(changes: dict[str, Any]) -> Response:
    """Change some of it."""
    args = {"version": expected_version(is_required=True), "changes": changes}
    return present(command("sla", "edit_settings", args))
