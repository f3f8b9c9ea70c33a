"""What the resources of the organisation have in common."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.organisation.changes import audit_of
from gateway.own_commands import carry_out
from gateway.preconditions import etag
from libs.common.database.unit_of_work import UnitOfWork

Shown = dict[str, Any]


def carry_out_change(
    method: str,
    kind: str,
    arguments: Mapping[str, Any],
    command: Callable[[UnitOfWork], tuple[Shown, Shown]],
) -> Response:
    """A command that answers before and after, of which the caller gets the latter."""
    key = f"{kind}_id"

    def work(uow: UnitOfWork) -> Shown:
        before, after = command(uow)
        return {**after, "audit": audit_of(kind, after[key], before, after)}

    return present(carry_out(method, arguments, work))


def carry_out_creation(
    method: str, kind: str, values: Mapping[str, Any], command: Callable[[UnitOfWork], Shown]
) -> Response:
    """A command that answers what it has made: 201 with its address."""
    key = f"{kind}_id"

    def work(uow: UnitOfWork) -> Shown:
        made = command(uow)
        return {**made, "audit": audit_of(kind, made[key], {}, made)}

    made = carry_out(method, values, work)
    response = present(made, 201)
    response.headers["Location"] = f"/api/v1/{kind}s/{made[key]}"
    return response


def of_version(noun: str, found: UUID, version: int | None, changes: Shown) -> Shown:
    """What tells a repeat of an edit from another."""
    return {f"{noun}_id": found, "version": version, "changes": changes}


def present(thing: Shown, status: int = 200) -> Response:
    """With its version as ETag."""
    return answer(thing, status, {"ETag": etag(thing["version"])})
