"""Groups: teams of agents with their members and leads."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.organisation import groups
from gateway.parts import parts
from gateway.preconditions import (
    ETAG_HEADER,
    LOCATION_HEADER,
    expected_version,
    if_match_parameter,
)
from gateway.resources.organisation import (
    carry_out_change,
    carry_out_creation,
    of_version,
    present,
)
from gateway.schemas.organisation import (
    GroupActivity,
    GroupChanges,
    GroupDetail,
    GroupMembers,
    GroupPage,
    GroupQuery,
    NewGroup,
)

blueprint = ApiBlueprint("groups", __name__, url_prefix="/groups", description="Groups of staff")

_IF_MATCH = [if_match_parameter(is_required=True)]
_EDIT_ERRORS = (404, 412, 428)


@blueprint.operation("GET", "")
@requires("organisation.read")
@blueprint.arguments(GroupQuery, location="query")
@blueprint.response(200, GroupPage)
def list_groups(wanted: dict[str, Any]) -> Response:
    """Groups by name, each with how many active members it has."""
    with parts().database.begin(read_only=True) as uow:
        items = groups.list_groups(
            uow.session,
            wanted.get("q"),
            wanted.get("department_id"),
            with_inactive=wanted["include_inactive"],
        )
    return answer({"items": items})


@blueprint.operation("POST", "", is_command=True)
@requires("organisation.manage")
@blueprint.arguments(NewGroup)
@blueprint.response(201, GroupDetail, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_group(values: dict[str, Any]) -> Response:
    """Add a group; its members are put in by another request."""
    return carry_out_creation(
        "create_group", "group", values, lambda uow: groups.add_group(uow, values)
    )


@blueprint.operation("GET", "/<uuid:group_id>", errors=(404,))
@requires("organisation.read")
@blueprint.response(200, GroupDetail, headers=ETAG_HEADER)
def get_group(group_id: UUID) -> Response:
    """A group with its members, leads first."""
    with parts().database.begin(read_only=True) as uow:
        return present(groups.get_group(uow.session, group_id))


@blueprint.operation(
    "PATCH", "/<uuid:group_id>", errors=_EDIT_ERRORS, is_command=True, parameters=_IF_MATCH
)
@requires("organisation.manage")
@blueprint.arguments(GroupChanges)
@blueprint.response(200, GroupDetail, headers=ETAG_HEADER)
def change_group(changes: dict[str, Any], group_id: UUID) -> Response:
    """Rename a group, or give it another department, region or brand."""
    version = expected_version(is_required=True)
    return carry_out_change(
        "change_group",
        "group",
        of_version("group", group_id, version, changes),
        lambda uow: groups.change_group(uow, group_id, version, changes),
    )


@blueprint.operation(
    "PUT", "/<uuid:group_id>/members", errors=_EDIT_ERRORS, is_command=True, parameters=_IF_MATCH
)
@requires("organisation.manage")
@blueprint.arguments(GroupMembers)
@blueprint.response(200, GroupDetail, headers=ETAG_HEADER)
def set_group_members(body: dict[str, Any], group_id: UUID) -> Response:
    """The whole list of members: who is not named is out."""
    version = expected_version(is_required=True)
    wanted = {member["person_id"]: member["is_lead"] for member in body["members"]}
    return carry_out_change(
        "set_group_members",
        "group",
        of_version("group", group_id, version, body),
        lambda uow: groups.set_members(uow, group_id, version, wanted),
    )


@blueprint.operation("PUT", "/<uuid:group_id>/activity", errors=(404,), is_command=True)
@requires("organisation.manage")
@blueprint.arguments(GroupActivity)
@blueprint.response(200, GroupDetail, headers=ETAG_HEADER)
def set_group_activity(activity: dict[str, Any], group_id: UUID) -> Response:
    """Switch a group off or on again; its members stay in it."""
    return carry_out_change(
        "set_group_activity",
        "group",
        {"group_id": group_id, **activity},
        lambda uow: groups.set_group_activity(
            uow, group_id, activity["is_active"], despite_members=activity["despite_members"]
        ),
    )
