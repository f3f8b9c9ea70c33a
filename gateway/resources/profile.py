"""The own account: what people see of themselves and may change."""

from typing import Any

from flask import Response

from gateway.auth.access import open_to_newcomers, requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.organisation.profile import change_profile, show_profile
from gateway.parts import parts
from gateway.preconditions import ETAG_HEADER, expected_version, if_match_parameter
from gateway.resources.organisation import carry_out_change, of_version, present
from gateway.schemas.account import Profile, ProfileChanges

blueprint = ApiBlueprint("profile", __name__, url_prefix="/me", description="The own account")


@blueprint.operation("GET", "", errors=(404,))
@open_to_newcomers
@requires("session.own")
@blueprint.response(200, Profile, headers=ETAG_HEADER)
def get_profile() -> Response:
    """Name, role, department, groups, extension, address and number of one's own."""
    with parts().database.begin(read_only=True) as uow:
        return present(show_profile(uow.session, caller().person_id))


@blueprint.operation(
    "PATCH",
    "",
    errors=(404, 412, 428),
    is_command=True,
    parameters=[if_match_parameter(is_required=True)],
)
@requires("session.own")
@blueprint.arguments(ProfileChanges)
@blueprint.response(200, Profile, headers=ETAG_HEADER)
def edit_profile(changes: dict[str, Any]) -> Response:
    """Change extension, mail address, language or time zone of one's own."""
    version, person_id = expected_version(is_required=True), caller().person_id
    return carry_out_change(
        "edit_profile",
        "person",
        of_version("person", person_id, version, changes),
        lambda uow: change_profile(
            uow, parts().sealing.index, parts().clock(), person_id, version, changes
        ),
    )
