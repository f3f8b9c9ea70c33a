"""Settings of dispatch: capacity, weights, times, quotas."""

from typing import Any

from flask import Response

from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, expected_version
from gateway.resources.versioned import IF_MATCH, present
from gateway.schemas.dispatch_setting import DispatchSettings, DispatchSettingsChanges

blueprint = ApiBlueprint(
    "dispatch settings",
    __name__,
    url_prefix="/dispatch/settings",
    description="Capacity, weights, times and quotas of dispatch",
)


@blueprint.operation("GET", "")
@requires("dispatch.read")
@blueprint.response(200, DispatchSettings, headers=ETAG_HEADER)
def get_dispatch_settings() -> Response:
    """What holds for all."""
    return present(query("dispatch", "get_settings"))


@blueprint.operation("PATCH", "", errors=(412, 428), is_command=True, parameters=IF_MATCH)
@requires("dispatch.manage")
@blueprint.arguments(DispatchSettingsChanges)
@blueprint.response(200, DispatchSettings, headers=ETAG_HEADER)
def edit_dispatch_settings(changes: dict[str, Any]) -> Response:
    """Change some of it; loads are reckoned anew where weights have changed."""
    args = {"version": expected_version(is_required=True), "changes": changes}
    return present(command("dispatch", "edit_settings", args))
