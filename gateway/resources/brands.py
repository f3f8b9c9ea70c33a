"""The company's brands."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.organisation import brands
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
from gateway.schemas.organisation import Brand, BrandChanges, BrandPage, InactiveQuery, NewBrand

blueprint = ApiBlueprint("brands", __name__, url_prefix="/brands", description="Brands")


@blueprint.operation("GET", "")
@requires("organisation.read")
@blueprint.arguments(InactiveQuery, location="query")
@blueprint.response(200, BrandPage)
def list_brands(wanted: dict[str, Any]) -> Response:
    """All brands by name."""
    with parts().database.begin(read_only=True) as uow:
        items = brands.list_brands(uow.session, with_inactive=wanted["include_inactive"])
    return answer({"items": items})


@blueprint.operation("POST", "", is_command=True)
@requires("organisation.manage")
@blueprint.arguments(NewBrand)
@blueprint.response(201, Brand, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_brand(values: dict[str, Any]) -> Response:
    """Add a brand."""
    return carry_out_creation(
        "create_brand", "brand", values, lambda uow: brands.add_brand(uow, values)
    )


@blueprint.operation("GET", "/<uuid:brand_id>", errors=(404,))
@requires("organisation.read")
@blueprint.response(200, Brand, headers=ETAG_HEADER)
def get_brand(brand_id: UUID) -> Response:
    """One brand."""
    with parts().database.begin(read_only=True) as uow:
        return present(brands.get_brand(uow.session, brand_id))


@blueprint.operation(
    "PATCH",
    "/<uuid:brand_id>",
    errors=(404, 412, 428),
    is_command=True,
    parameters=[if_match_parameter(is_required=True)],
)
@requires("organisation.manage")
@blueprint.arguments(BrandChanges)
@blueprint.response(200, Brand, headers=ETAG_HEADER)
def change_brand(changes: dict[str, Any], brand_id: UUID) -> Response:
    """Rename a brand."""
    version = expected_version(is_required=True)
    return carry_out_change(
        "change_brand",
        "brand",
        of_version("brand", brand_id, version, changes),
        lambda uow: brands.change_brand(uow, brand_id, version, changes),
    )


@blueprint.operation("PUT", "/<uuid:brand_id>/activity", errors=(404,), is_command=True)
@requires("organisation.manage")
@blueprint.arguments(Activity)
@blueprint.response(200, Brand, headers=ETAG_HEADER)
def set_brand_activity(activity: dict[str, Any], brand_id: UUID) -> Response:
    """Switch a brand off, if no active group works for it, or on again."""
    is_active = activity["is_active"]
    return carry_out_change(
        "set_brand_activity",
        "brand",
        {"brand_id": brand_id, **activity},
        lambda uow: brands.set_brand_activity(uow, brand_id, is_active),
    )
