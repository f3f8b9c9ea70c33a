"""Accounts of staff and employees, for those who manage people."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, request

from gateway.answers import answer
from gateway.audit.alerts import raise_alert
from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.organisation.account_list import list_accounts as find_accounts
from gateway.organisation.account_views import show_account
from gateway.organisation.accounts import AccountDesk, Change, Issued
from gateway.organisation.changes import audit_of
from gateway.organisation.people import find_person
from gateway.organisation.rights import (
    Granter,
    read_roles,
    refuse_beyond,
    show_grants,
    wait_for_role_changes,
)
from gateway.own_commands import carry_out
from gateway.parts import parts
from gateway.preconditions import (
    ETAG_HEADER,
    LOCATION_HEADER,
    etag,
    expected_version,
    if_match_parameter,
)
from gateway.schemas.account import (
    Account,
    AccountChanges,
    AccountPage,
    AccountQuery,
    Activity,
    GrantableRolePage,
    InitialPassword,
    NewAccount,
)
from gateway.storage.people import Person
from libs.common.database.unit_of_work import UnitOfWork

blueprint = ApiBlueprint("accounts", __name__, url_prefix="/accounts", description="Accounts")

_TOLD = 50  # permissions that an alert names at most


@blueprint.operation("GET", "")
@requires("person.read")
@blueprint.arguments(AccountQuery, location="query")
@blueprint.response(200, AccountPage)
def list_accounts(wanted: dict[str, Any]) -> Response:
    """All accounts that fit; mail addresses and phone numbers are shortened."""
    with parts().database.begin(read_only=True) as uow:
        items, following = find_accounts(uow.session, parts().sealing.index, wanted)
    return answer({"items": items, "next_cursor": following})


@blueprint.operation("POST", "", is_command=True)
@requires("person.manage")
@blueprint.arguments(NewAccount)
@blueprint.response(201, InitialPassword, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_account(values: dict[str, Any]) -> Response:
    """Make an account; the answer holds its initial password, which is shown only now."""

    def work(uow: UnitOfWork) -> dict[str, Any]:
        made = desk(uow).create(values)
        person_id = made.account["person_id"]
        if made.gained:
            alert_raised(uow, person_id, made.account["role"], made.gained)
        return _issued(made, audit_of("account", person_id, {}, made.account))

    made = carry_out("create_account", values, work)
    response = answer(made, 201, {"ETag": etag(made["account"]["version"])})
    response.headers["Location"] = f"/api/v1/accounts/{made['account']['person_id']}"
    return response


@blueprint.operation("GET", "/roles")
@requires("person.read")
@blueprint.response(200, GrantableRolePage)
def list_account_roles() -> Response:
    """The roles that people may hold, and which of them the caller may give."""
    giver = granter()
    with parts().database.begin(read_only=True) as uow:
        roles = read_roles(uow.session)
    return answer({"items": [show_grants(role, giver) for role in roles.values()]})


@blueprint.operation("GET", "/<uuid:person_id>", errors=(404,))
@requires("person.read")
@blueprint.response(200, Account, headers=ETAG_HEADER)
def get_account(person_id: UUID) -> Response:
    """One account; who may manage people sees address and number in full."""
    is_masked = "person.manage" not in caller().permissions
    with parts().database.begin(read_only=True) as uow:
        person = find_person(uow.session, person_id)
        return _present(show_account(uow.session, person, is_masked=is_masked))


@blueprint.operation(
    "PATCH",
    "/<uuid:person_id>",
    errors=(404, 412, 428),
    is_command=True,
    parameters=[if_match_parameter(is_required=True)],
)
@requires("person.manage")
@blueprint.arguments(AccountChanges)
@blueprint.response(200, Account, headers=ETAG_HEADER)
def change_account(changes: dict[str, Any], person_id: UUID) -> Response:
    """Change an account; refused if somebody else did so since the caller read it."""
    version = expected_version(is_required=True)
    arguments = {"person_id": person_id, "version": version, "changes": changes}
    return _present(
        _change("change_account", arguments, lambda at: at.change(person_id, version, changes))
    )


@blueprint.operation("PUT", "/<uuid:person_id>/activity", errors=(404,), is_command=True)
@requires("person.manage")
@blueprint.arguments(Activity)
@blueprint.response(200, Account, headers=ETAG_HEADER)
def set_account_activity(activity: dict[str, Any], person_id: UUID) -> Response:
    """Switch an account off, which ends its sessions, or on again."""
    is_active = activity["is_active"]
    arguments = {"person_id": person_id, "is_active": is_active}
    return _present(
        _change("set_account_activity", arguments, lambda at: at.set_activity(person_id, is_active))
    )


@blueprint.operation("POST", "/<uuid:person_id>/password-reset", errors=(404,), is_command=True)
@requires("person.manage")
@blueprint.response(200, InitialPassword, headers=ETAG_HEADER)
def reset_password(person_id: UUID) -> Response:
    """A new initial password, shown only now; whoever was logged in with the old one is out."""

    def work(uow: UnitOfWork) -> dict[str, Any]:
        told = {"object": {"kind": "account", "id": person_id}, "after": {"password": True}}
        return _issued(desk(uow).reset_password(person_id), told)

    made = carry_out("reset_password", {"person_id": person_id}, work)
    return answer(made, 200, {"ETag": etag(made["account"]["version"])})


def desk(uow: UnitOfWork) -> AccountDesk:
    """For the caller of the present request."""
    return AccountDesk(uow, parts().sealing.index, granter(), parts().clock())


def granter() -> Granter:
    """The caller, as somebody who gives rights to others."""
    who = caller()
    return Granter(who.person_id, who.permissions, who.role.ticket_scope, who.role.sees_pools)


def refuse_proofs_of(uow: UnitOfWork, person_id: UUID) -> None:
    """Raise Forbidden unless the caller may act on how this person proves who they are.

    Taking a second factor off is a step into the account, as a new password is.
    """
    wait_for_role_changes(uow.session)
    person = uow.session.get(Person, person_id)
    if person is not None:
        refuse_beyond(read_roles(uow.session)[person.role], person_id, granter())


def alert_raised(uow: UnitOfWork, person_id: UUID, role: str, gained: Sequence[str]) -> None:
    """Somebody may do more than before: those who watch over access are told."""
    raise_alert(
        uow,
        "rights_raised",
        person_id=person_id,
        address=request.remote_addr,
        facts={"role": role, "gained": list(gained[:_TOLD]), "by": caller().login},
        now=parts().clock(),
    )


def _change(
    method: str, arguments: Mapping[str, Any], command: Callable[[AccountDesk], Change]
) -> dict[str, Any]:
    def work(uow: UnitOfWork) -> dict[str, Any]:
        change = command(desk(uow))
        person_id = change.after["person_id"]
        if change.gained:
            alert_raised(uow, person_id, change.after["role"], change.gained)
        told = audit_of("account", person_id, change.before, change.after)
        return {**change.after, "audit": told}

    return carry_out(method, arguments, work)


def _issued(issued: Issued, told: dict[str, Any]) -> dict[str, Any]:
    return {"account": issued.account, "initial_password": issued.password, "audit": told}


def _present(account: dict[str, Any]) -> Response:
    return answer(account, 200, {"ETag": etag(account["version"])})
