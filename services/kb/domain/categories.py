"""The tree of categories: at most four deep, and never in a circle."""

from collections.abc import Mapping
from uuid import UUID

from libs.common.errors import Conflict, field_error

DEEPEST = 4
MOST = 500

Parents = Mapping[UUID, UUID | None]


def check_place(parents: Parents, category_id: UUID | None, parent_id: UUID | None) -> None:
    """Raises for a parent that is not there, lies below the category, or would make it too deep."""
    above = 0
    one = parent_id
    while one is not None:
        if one == category_id:
            raise field_error("parent_id", "lies below the category itself")
        if one not in parents:
            raise field_error("parent_id", "there is no such category")
        one, above = parents[one], above + 1
    if above + _height(parents, category_id) > DEEPEST:
        raise Conflict("category.too_deep", f"categories lie at most {DEEPEST} deep")


def below(parents: Parents, category_id: UUID) -> set[UUID]:
    """The category and all below it."""
    found = {category_id}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _height(parents: Parents, category_id: UUID | None) -> int:
    """How many levels the category has, itself included."""
    height, level = 1, {category_id}
    while category_id is not None and (
        level := {one for one, parent in parents.items() if parent in level}
    ):
        height += 1
    return height
