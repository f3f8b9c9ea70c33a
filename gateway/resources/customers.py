"""Customers: found by address, number or name; registered when a new one calls."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.parts import parts
from gateway.schemas.customer import Customer, CustomerPage, CustomerQuery, NewCustomer

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
@blueprint.response(200, Customer)
def get_customer(customer_id: UUID) -> Response:
    """A customer with all addresses."""
    return answer(query("intake", "get_customer", {"customer_id": str(customer_id)}))


@blueprint.operation("POST", "/customers", is_command=True)
@requires("customer.create")
@blueprint.arguments(NewCustomer)
@blueprint.response(200, Customer, description="Known already by that address or number")
@blueprint.alt_response(201, schema=Customer, description="Registered", success=True)
def register_customer(customer: dict[str, Any]) -> Response:
    """Find a customer by address or number, or register a new one."""
    result = command("intake", "register_customer", customer)
    parts().customer_names.remember([result["customer"]])
    return answer(result["customer"], 201 if result["is_new"] else 200)
