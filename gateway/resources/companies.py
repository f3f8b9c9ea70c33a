"""Companies that customers are of."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, etag, expected_version, if_match_parameter
from gateway.schemas.company import (
    CompanyChanges,
    CompanyDetail,
    CompanyPage,
    CompanyQuery,
    NewCompany,
)

blueprint = ApiBlueprint("companies", __name__, description="Companies of customers")


@blueprint.operation("GET", "/companies")
@requires("customer.read")
@blueprint.arguments(CompanyQuery, location="query")
@blueprint.response(200, CompanyPage)
def list_companies(wanted: dict[str, Any]) -> Response:
    """Companies by name."""
    return answer(query("intake", "list_companies", wanted))


@blueprint.operation("POST", "/companies", is_command=True)
@requires("company.manage")
@blueprint.arguments(NewCompany)
@blueprint.response(201, CompanyDetail, headers=ETAG_HEADER)
def create_company(company: dict[str, Any]) -> Response:
    """A new company."""
    return _present(command("intake", "create_company", company), 201)


@blueprint.operation("GET", "/companies/<uuid:company_id>", errors=(404,))
@requires("customer.read")
@blueprint.response(200, CompanyDetail, headers=ETAG_HEADER)
def get_company(company_id: UUID) -> Response:
    """One company, with how many customers it has."""
    return _present(query("intake", "get_company", {"company_id": str(company_id)}))


@blueprint.operation(
    "PATCH",
    "/companies/<uuid:company_id>",
    errors=(404, 412, 428),
    is_command=True,
    parameters=[if_match_parameter(is_required=True)],
)
@requires("company.manage")
@blueprint.arguments(CompanyChanges)
@blueprint.response(200, CompanyDetail, headers=ETAG_HEADER)
def edit_company(changes: dict[str, Any], company_id: UUID) -> Response:
    """Change name, code or remark."""
    version = expected_version(is_required=True)
    args = {"company_id": str(company_id), "version": version, "changes": changes}
    return _present(command("intake", "edit_company", args))


def _present(company: dict[str, Any], status: int = 200) -> Response:
    return answer(company, status, {"ETag": etag(company["version"])})
