"""Roles: which permissions they hold and which tickets their holders see."""

from typing import Any

from flask import Response, request

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.auth.permissions import PERMISSIONS
from gateway.blueprint import ApiBlueprint
from gateway.own_commands import carry_out
from gateway.parts import parts
from gateway.preconditions import (
    ETAG_HEADER,
    LOCATION_HEADER,
    etag,
    expected_version,
    if_match_parameter,
)
from gateway.roles import keeping, rules
from gateway.schemas.role import NewRole, PermissionPage, RoleChanges, RolePage, RoleView
from libs.common.database.unit_of_work import UnitOfWork

blueprint = ApiBlueprint("roles", __name__, description="Roles and permissions")


@blueprint.operation("GET", "/permissions")
@requires("role.read")
@blueprint.response(200, PermissionPage)
def list_permissions() -> Response:
    """Every permission that a role may hold."""
    return answer({"items": PERMISSIONS})


@blueprint.operation("GET", "/roles")
@requires("role.read")
@blueprint.response(200, RolePage)
def list_roles() -> Response:
    """All roles with what they hold and how many people hold them."""
    with parts().database.begin(read_only=True) as uow:
        return answer({"items": keeping.list_roles(uow.session)})


@blueprint.operation("GET", "/roles/<role_key:key>", errors=(404,))
@requires("role.read")
@blueprint.response(200, RoleView, headers=ETAG_HEADER)
def get_role(key: str) -> Response:
    """One role."""
    with parts().database.begin(read_only=True) as uow:
        return _present(keeping.get_role(uow.session, key))


@blueprint.operation("POST", "/roles", is_command=True)
@requires("role.manage")
@blueprint.arguments(NewRole)
@blueprint.response(201, RoleView, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_role(role: dict[str, Any]) -> Response:
    """Make a role of one's own."""
    rules.check_grants(role["kind"], role["ticket_scope"], role["permissions"])
    values = {
        **role,
        "permissions": sorted(set(role["permissions"])),
        "allowed_networks": rules.networks_of(role["allowed_networks"]),
    }

    def work(uow: UnitOfWork) -> dict[str, Any]:
        made = keeping.add_role(uow.session, parts().clock(), values)
        return {**made, "audit": {"object": made["key"], "after": values}}

    made = carry_out("create_role", role, work)
    response = _present(made, 201)
    response.headers["Location"] = f"/api/v1/roles/{made['key']}"
    return response


@blueprint.operation(
    "PATCH",
    "/roles/<role_key:key>",
    errors=(404, 412, 428),
    is_command=True,
    parameters=[if_match_parameter(is_required=True)],
)
@requires("role.manage")
@blueprint.arguments(RoleChanges)
@blueprint.response(200, RoleView, headers=ETAG_HEADER)
def change_role(changes: dict[str, Any], key: str) -> Response:
    """Change what a role is called, holds and sees; it counts from the next request on."""
    version = expected_version(is_required=True)
    arguments = {"key": key, "version": version, **changes}
    if "allowed_networks" in changes:
        changes["allowed_networks"] = rules.networks_of(changes["allowed_networks"])
        if key == caller().role.key:
            rules.refuse_locking_out(request.remote_addr or "", changes["allowed_networks"])
    if "permissions" in changes:
        changes["permissions"] = sorted(set(changes["permissions"]))

    def work(uow: UnitOfWork) -> dict[str, Any]:
        now = parts().clock()
        before, after = keeping.change_role(uow.session, now, key, version, changes)
        rules.check_grants(after["kind"], after["ticket_scope"], after["permissions"])
        return {**after, "audit": _difference(before, after)}

    return _present(carry_out("change_role", arguments, work))


@blueprint.operation("DELETE", "/roles/<role_key:key>", errors=(404,), is_command=True)
@requires("role.manage")
@blueprint.response(204)
def delete_role(key: str) -> Response:
    """Delete a role of one's own that nobody holds."""

    def work(uow: UnitOfWork) -> dict[str, Any]:
        gone = keeping.drop_role(uow.session, key)
        return {"audit": {"object": key, "before": gone}}

    carry_out("delete_role", {"key": key}, work)
    return nothing()


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    changed = [name for name in before if before[name] != after[name] and name != "version"]
    return {
        "object": after["key"],
        "before": {name: before[name] for name in changed},
        "after": {name: after[name] for name in changed},
    }


def _present(role: dict[str, Any], status: int = 200) -> Response:
    return answer(role, status, {"ETag": etag(role["version"])})
