"""Regions: a tree, told as a list."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.organisation import units
from gateway.organisation.units import REGIONS
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
    InactiveQuery,
    NewUnit,
    Region,
    RegionPage,
    UnitChanges,
)

blueprint = ApiBlueprint("regions", __name__, url_prefix="/regions", description="Regions")


@blueprint.operation("GET", "")
@requires("organisation.read")
@blueprint.arguments(InactiveQuery, location="query")
@blueprint.response(200, RegionPage)
def list_regions(wanted: dict[str, Any]) -> Response:
    """All regions, siblings in their order."""
    with parts().database.begin(read_only=True) as uow:
        items = units.list_units(uow.session, REGIONS, with_inactive=wanted["include_inactive"])
    return answer({"items": items})


@blueprint.operation("POST", "", is_command=True)
@requires("organisation.manage")
@blueprint.arguments(NewUnit)
@blueprint.response(201, Region, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_region(values: dict[str, Any]) -> Response:
    """Add a region, at the top or below another."""
    return carry_out_creation(
        "create_region",
        "region",
        values,
        lambda uow: units.add_unit(uow, REGIONS, values),
    )


@blueprint.operation("GET", "/<uuid:region_id>", errors=(404,))
@requires("organisation.read")
@blueprint.response(200, Region, headers=ETAG_HEADER)
def get_region(region_id: UUID) -> Response:
    """One region."""
    with parts().database.begin(read_only=True) as uow:
        return present(units.get_unit(uow.session, REGIONS, region_id))


@blueprint.operation(
    "PATCH",
    "/<uuid:region_id>",
    errors=(404, 412, 428),
    is_command=True,
    parameters=[if_match_parameter(is_required=True)],
)
@requires("organisation.manage")
@blueprint.arguments(UnitChanges)
@blueprint.response(200, Region, headers=ETAG_HEADER)
def change_region(changes: dict[str, Any], region_id: UUID) -> Response:
    """Rename a region or hang it elsewhere, with all that is below it."""
    version = expected_version(is_required=True)
    return carry_out_change(
        "change_region",
        "region",
        of_version("region", region_id, version, changes),
        lambda uow: units.change_unit(uow, REGIONS, region_id, version, changes),
    )


@blueprint.operation("PUT", "/<uuid:region_id>/activity", errors=(404,), is_command=True)
@requires("organisation.manage")
@blueprint.arguments(Activity)
@blueprint.response(200, Region, headers=ETAG_HEADER)
def set_region_activity(activity: dict[str, Any], region_id: UUID) -> Response:
    """Switch a region off, if nothing active belongs to it, or on again."""
    is_active = activity["is_active"]
    return carry_out_change(
        "set_region_activity",
        "region",
        {"region_id": region_id, **activity},
        lambda uow: units.set_unit_activity(uow, REGIONS, region_id, is_active),
    )
