"""Customers: found by address, number or name; registered when a new one calls."""

from typing import Any
from uuid import UUID

from flask import Response, g

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.organisation.account_checks import refuse_places
from gateway.parts import parts
from gateway.preconditions import ETAG_HEADER, etag, expected_version, if_match_parameter
from gateway.schemas.customer import (
    Customer,
    CustomerChanges,
    CustomerPage,
    CustomerQuery,
    NewCustomer,
    RevealedContacts,
    RevealReason,
)

blueprint = ApiBlueprint("customers", __name__, description="Customers")


@blueprint.operation("GET", "/customers")
@requires("customer.read")
@blueprint.arguments(CustomerQuery, location="query")
@blueprint.response(200, CustomerPage)
def find_customers(wanted: dict[str, str]) -> Response:
    """Customers by exactly one of: mail address, phone number, part of the name."""
    found = query("intake", "find_customers", wanted)
    parts().customer_names.remember(found)
    return answer({"items": found})


@blueprint.operation("GET", "/customers/<uuid:customer_id>", errors=(404,))
@requires("customer.read")
@blueprint.response(200, Customer, headers=ETAG_HEADER)
def get_customer(customer_id: UUID) -> Response:
    """A customer with all addresses, masked."""
    return _present(query("intake", "get_customer", {"customer_id": str(customer_id)}))


@blueprint.operation("POST", "/customers/<uuid:customer_id>/contacts/reveal", errors=(404,))
@requires("customer.reveal")
@blueprint.arguments(RevealReason)
@blueprint.response(200, RevealedContacts)
def reveal_contacts(given: dict[str, str], customer_id: UUID) -> Response:
    """A customer's addresses in full. It changes nothing, and stands in the operation log."""
    revealed = query("intake", "reveal_contacts", {"customer_id": str(customer_id)})
    if given:
        g.audit = {"after": {"purpose": given["reason"]}}
    return answer(revealed)


@blueprint.operation("POST", "/customers", is_command=True)
@requires("customer.create")
@blueprint.arguments(NewCustomer)
@blueprint.response(200, Customer, description="Known already by that address or number")
@blueprint.alt_response(201, schema=Customer, description="Registered", success=True)
def register_customer(customer: dict[str, Any]) -> Response:
    """Find a customer by address or number, or register a new one."""
    _refuse_places(customer)
    result = command("intake", "register_customer", customer)
    parts().customer_names.remember([result["customer"]])
    return _present(result["customer"], 201 if result["is_new"] else 200)


@blueprint.operation(
    "PATCH",
    "/customers/<uuid:customer_id>",
    errors=(404, 412, 428),
    is_command=True,
    parameters=[if_match_parameter(is_required=True)],
)
@requires("customer.create")
@blueprint.arguments(CustomerChanges)
@blueprint.response(200, Customer, headers=ETAG_HEADER)
def edit_customer(changes: dict[str, Any], customer_id: UUID) -> Response:
    """Change what is known of a customer, addresses apart."""
    version = expected_version(is_required=True)
    _refuse_places(changes)
    args = {"customer_id": str(customer_id), "version": version, "changes": changes}
    customer = command("intake", "edit_customer", args)
    parts().customer_names.remember([customer])
    return _present(customer)


def _refuse_places(customer: dict[str, Any]) -> None:
    """Intake knows no regions: whether there is one by that id is said here."""
    if customer.get("region_id"):
        with parts().database.begin(read_only=True) as uow:
            refuse_places(uow.session, {"region_id": customer["region_id"]})


def _present(customer: dict[str, Any], status: int = 200) -> Response:
    return answer(customer, status, {"ETag": etag(customer["version"])})
