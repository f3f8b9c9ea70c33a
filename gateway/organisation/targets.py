"""Which departments and groups somebody may ask for help: their names, as a choice needs them."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.organisation.units import DEPARTMENTS, read_tree
from gateway.storage.organisation import DepartmentRow, GroupRow


def list_targets(session: Session) -> dict[str, list[dict[str, Any]]]:
    """The active ones by name; departments with the names of those above them."""
    tree = read_tree(session, DEPARTMENTS)
    active = select(DepartmentRow.department_id).where(DepartmentRow.is_active)
    departments = [_shown(one, " / ".join(tree.path(one))) for one in session.scalars(active)]
    groups = select(GroupRow.group_id, GroupRow.name).where(GroupRow.is_active)
    found = [_shown(group_id, name) for group_id, name in session.execute(groups)]
    return {"departments": _ordered(departments), "groups": _ordered(found)}


def _shown(target_id: UUID, name: str) -> dict[str, str]:
    return {"id": str(target_id), "name": name}


def _ordered(shown: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(shown, key=lambda one: (one["name"], one["id"]))
