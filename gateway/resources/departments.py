"""Departments: a tree, told as a list."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.organisation import units
from gateway.organisation.units import DEPARTMENTS
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
from gateway.schemas.account import Activity
from gateway.schemas.organisation import (
    Department,
    DepartmentPage,
    InactiveQuery,
    NewUnit,
    UnitChanges,
)

blueprint = ApiBlueprint(
    "departments", __name__, url_prefix="/departments", description="Departments"
)


@blueprint.operation("GET", "")
@requires("organisation.read")
@blueprint.arguments(InactiveQuery, location="query")
@blueprint.response(200, DepartmentPage)
def list_departments(wanted: dict[str, Any]) -> Response:
    """All departments, siblings in their order."""
    with parts().database.begin(read_only=True) as uow:
        items = units.list_units(uow.session, DEPARTMENTS, with_inactive=wanted["include_inactive"])
    return answer({"items": items})


@blueprint.operation("POST", "", is_command=True)
@requires("organisation.manage")
@blueprint.arguments(NewUnit)
@blueprint.response(201, Department, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_department(values: dict[str, Any]) -> Response:
    """Add a department, at the top or below another."""
    return carry_out_creation(
        "create_department",
        "department",
        values,
        lambda uow: units.add_unit(uow, DEPARTMENTS, values),
    )


@blueprint.operation("GET", "/<uuid:department_id>", errors=(404,))
@requires("organisation.read")
@blueprint.response(200, Department, headers=ETAG_HEADER)
def get_department(department_id: UUID) -> Response:
    """One department."""
    with parts().database.begin(read_only=True) as uow:
        return present(units.get_unit(uow.session, DEPARTMENTS, department_id))


@blueprint.operation(
    "PATCH",
    "/<uuid:department_id>",
    errors=(404, 412, 428),
    is_command=True,
    parameters=[if_match_parameter(is_required=True)],
)
@requires("organisation.manage")
@blueprint.arguments(UnitChanges)
@blueprint.response(200, Department, headers=ETAG_HEADER)
def change_department(changes: dict[str, Any], department_id: UUID) -> Response:
    """Rename a department or hang it elsewhere, with all that is below it."""
    version = expected_version(is_required=True)
    return carry_out_change(
        "change_department",
        "department",
        of_version("department", department_id, version, changes),
        lambda uow: units.change_unit(uow, DEPARTMENTS, department_id, version, changes),
    )


@blueprint.operation("PUT", "/<uuid:department_id>/activity", errors=(404,), is_command=True)
@requires("organisation.manage")
@blueprint.arguments(Activity)
@blueprint.response(200, Department, headers=ETAG_HEADER)
def set_department_activity(activity: dict[str, Any], department_id: UUID) -> Response:
    """Switch a department off, if nothing active belongs to it, or on again."""
    is_active = activity["is_active"]
    return carry_out_change(
        "set_department_activity",
        "department",
        {"department_id": department_id, **activity},
        lambda uow: units.set_unit_activity(uow, DEPARTMENTS, department_id, is_active),
    )
