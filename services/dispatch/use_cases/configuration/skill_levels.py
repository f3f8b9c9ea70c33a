"""Skills with levels, as agents have them and rules want them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row

from libs.common.errors import field_error
from services.dispatch.use_cases.configuration.fields import (
    Field,
    Refusals,
    identity,
    many,
    read_fields,
    whole,
)

_MOST = 50
_LEVEL = whole(1, 5)


def skill_levels(skills: Iterable[Row[Any]]) -> Field:
    """A list of {skill_id, level}, each skill once and in use; `level` is 1 if it is left out."""
    known = {row.skill_id for row in skills if row.is_active}

    def one(where: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise field_error(where, "must be an object of skill_id and level")
        read = read_fields(
            {"skill_id": None, "level": 1, **value},
            {"skill_id": identity, "level": _LEVEL},
            where=where,
        )
        if read["skill_id"] not in known:
            raise field_error(f"{where}.skill_id", "is not known, or no longer in use")
        return {"skill_id": str(read["skill_id"]), "level": read["level"]}

    def read_all(where: str, value: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = many(one, _MOST)(where, value)
        _demand_once(where, found)
        return found

    return read_all


def _demand_once(where: str, found: list[dict[str, Any]]) -> None:
    refusals = Refusals()
    seen: set[str] = set()
    for place, item in enumerate(found):
        if item["skill_id"] in seen:
            refusals.add(f"{where}[{place}].skill_id", "is there twice")
        seen.add(item["skill_id"])
    refusals.demand()
