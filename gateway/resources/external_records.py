"""What other systems know of customers: pushed by them, shown beside tickets."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.schemas.company import (
    ExternalRecord,
    ExternalRecordPage,
    ExternalRecordQuery,
    NewExternalRecord,
)

blueprint = ApiBlueprint(
    "external records", __name__, description="Orders, parcels, devices of other systems"
)


@blueprint.operation("GET", "/customers/<uuid:customer_id>/external-records", errors=(404,))
@requires("customer.read")
@blueprint.arguments(ExternalRecordQuery, location="query")
@blueprint.response(200, ExternalRecordPage)
def list_external_records(page: dict[str, Any], customer_id: UUID) -> Response:
    """A customer's, the newest first."""
    return answer(query("intake", "list_records", {"customer_id": str(customer_id), **page}))


@blueprint.operation(
    "POST", "/customers/<uuid:customer_id>/external-records", errors=(404,), is_command=True
)
@requires("external_record.manage")
@blueprint.arguments(NewExternalRecord)
@blueprint.response(201, ExternalRecord)
def keep_external_record(record: dict[str, Any], customer_id: UUID) -> Response:
    """Tell of an order, a parcel, a device; told again under the same key it takes its place."""
    happened_at = record.pop("happened_at", None)
    args = {
        "customer_id": str(customer_id),
        **{name: record.pop(name) for name in ("source", "kind", "key")},
        "happened_at": happened_at and happened_at.isoformat(),
        "content": record,
    }
    return answer(command("intake", "keep_record", args), 201)


@blueprint.operation("DELETE", "/external-records/<uuid:record_id>", errors=(404,), is_command=True)
@requires("external_record.manage")
@blueprint.response(204)
def drop_external_record(record_id: UUID) -> Response:
    """Forget a record."""
    command("intake", "drop_record", {"record_id": str(record_id)})
    return Response(status=204)
