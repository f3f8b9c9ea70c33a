"""Actors of the shipped roles, with the permissions and scopes that the gateway would sign."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from libs.common.actor import Actor

MATRIX: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "contracts" / "permission_matrix.json").read_text()
)


def actor(role: str, name: str = "李雷", subject: UUID | None = None, **scopes: Any) -> Actor:
    """Somebody of a shipped role; `scopes` add the units (groups, departments …)."""
    shipped = MATRIX[role]
    return Actor(
        subject=subject or uuid4(),
        name=name,
        kind="customer" if role in ("customer", "employee") else "staff",
        roles=(role,),
        scopes={**shipped["scope"], **scopes},
        permissions=frozenset(shipped["permissions"]),
    )
