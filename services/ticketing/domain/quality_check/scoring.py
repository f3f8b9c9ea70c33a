"""What a reviewer gave, and what it comes to by the sheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.ticketing.domain import checks
from services.ticketing.domain.gathering import Gathering
from services.ticketing.domain.quality_check.sheets import BEST, Item, Sheet, whole_number


@dataclass(frozen=True)
class Marks:
    """Points and comments by item, and what they come to, 0 to 100."""

    points: Mapping[str, int]
    comments: Mapping[str, str]
    total: int
    is_passed: bool
    is_fatal: bool


def read_marks(sheet: Sheet, raw: Mapping[str, Any]) -> Marks:
    """`raw`: item_id → {points, comment}. Raises InvalidInput naming each item that lacks something
    by `scores.<item_id>.…`.
    """
    wrong = Gathering()
    known = {item.item_id for item in sheet.items}
    for key in raw:
        if key not in known:
            wrong.add(f"scores.{key}", "is no item of the sheet", "field.unknown")
    points: dict[str, int] = {}
    comments: dict[str, str] = {}
    for item in sheet.items:
        given = raw.get(item.item_id)
        where = f"scores.{item.item_id}"
        if not isinstance(given, Mapping):
            wrong.add(f"{where}.points", "is required", "field.required")
            continue
        got = wrong.read(
            f"{where}.points", whole_number, f"{where}.points", given.get("points"), 0, item.most
        )
        comment = wrong.read(
            f"{where}.comment", checks.optional_text, f"{where}.comment", given.get("comment")
        )
        if got is None:
            continue
        points[item.item_id] = got
        if comment:
            comments[item.item_id] = comment
        elif item.comment_below is not None and got < item.comment_below:
            message = f"is required below {item.comment_below} points"
            wrong.add(f"{where}.comment", message, "field.required")
    wrong.demand()
    total = total_of(sheet.items, points)
    is_fatal = any(item.is_fatal and not points[item.item_id] for item in sheet.items)
    return Marks(
        points,
        comments,
        0 if is_fatal else total,
        not is_fatal and total >= sheet.pass_mark,
        is_fatal,
    )


def total_of(items: tuple[Item, ...], points: Mapping[str, int]) -> int:
    """The weighted share of what could be reached, in whole points of 100; half is rounded up."""
    weights = sum(item.weight for item in items)
    reached = sum(Fraction(item.weight * points[item.item_id], item.most) for item in items)
    return int(BEST * reached / weights + Fraction(1, 2))
