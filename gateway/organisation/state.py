"""One organisation, one change at a time: what all its commands begin with."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.storage.organisation import DirectoryState
from libs.common.errors import Conflict, DeskError, Stale, field_error

# What a constraint says, in the words of the interface: code and field.
_TAKEN = {
    "uq_people_login": ("login.taken", "login"),
    "uq_people_email_index": ("email.taken", "email"),
    "uq_people_phone_index": ("phone.taken", "phone"),
    "uq_departments_name": ("department.name_taken", "name"),
    "uq_regions_name": ("region.name_taken", "name"),
    "uq_groups_name": ("group.name_taken", "name"),
    "uq_brands_key": ("brand.key_taken", "key"),
}
_UNKNOWN = {"fk_people_role_roles": ("role.unknown", "role")}


def begin_change(session: Session) -> None:
    """Count a change of the organisation; later ones wait until this transaction has ended.

    So what was checked (no circle, the name is free, somebody is left) still holds when it is
    written, and gateways read memberships anew.
    """
    counted = update(DirectoryState).values(version=DirectoryState.version + 1)
    session.execute(counted, execution_options={"synchronize_session": False})


def refuse_stale(found: int, expected: int | None) -> None:
    """Raise Stale unless the version is the one that the caller read."""
    if expected is not None and expected != found:
        raise Stale("version.stale", "somebody else has changed it", {"version": found})


@contextmanager
def refusing_taken() -> Iterator[None]:
    """Say which value is another's already, where only the database could know it in time."""
    try:
        yield
    except IntegrityError as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        raise refusal from None


def _refusal(error: IntegrityError) -> DeskError | None:
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if constraint in _UNKNOWN:
        code, field = _UNKNOWN[constraint]
        return field_error(field, "there is no such role", code)
    if constraint not in _TAKEN:
        return None
    code, field = _TAKEN[constraint]
    return Conflict(code, f"the {field} is taken", {"errors": {field: ["is taken"]}})
