"""Messages at the door: looked at, and tried again when filing failed, by supervisors."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.schemas.receipt import ReceiptPage, ReceiptQuery

blueprint = ApiBlueprint("receipts", __name__, description="Messages as the door took them in")


@blueprint.operation("GET", "/receipts")
@requires("receipt.list")
@blueprint.arguments(ReceiptQuery, location="query")
@blueprint.response(200, ReceiptPage)
def list_receipts(wanted: dict[str, Any]) -> Response:
    """Messages of one state: waiting to be filed, filed, ignored or failed."""
    return answer(query("intake", "list_receipts", wanted))


@blueprint.operation("POST", "/receipts/<uuid:receipt_id>/refiling", errors=(404,), is_command=True)
@requires("receipt.refile")
@blueprint.response(204)
def refile_receipt(receipt_id: UUID) -> Response:
    """Try a message again whose filing has failed; 409 if it has not."""
    command("intake", "refile_receipt", {"receipt_id": str(receipt_id)})
    return nothing()
