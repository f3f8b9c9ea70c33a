"""Score sheets (评分表): read whole, refused where nobody could be judged by them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.common.errors import field_error
from services.ticketing.domain import checks
from services.ticketing.domain.gathering import Gathering

DRAFT, ACTIVE, ARCHIVED = STATES = ("draft", "active", "archived")
YES_NO, POINTS = KINDS = ("yes_no", "points")
BEST = 100  # what a review can reach
NAME_LIMIT = 100
MOST_SECTIONS, MOST_ITEMS = 20, 100
MOST_POINTS, MOST_WEIGHT, MOST_DAYS = 100, 100, 60
USUAL_DAYS = 7

_MEMBERS = ("name", "description", "pass_mark", "appeal_days", "sections")


@dataclass(frozen=True)
class Item:
    """One thing that is looked at, 0 to `most` points (yes is 1).

    A fatal one without points makes the whole review 0. With fewer points than `comment_below` the
    reviewer must say why.
    """

    item_id: str
    name: str
    most: int
    weight: int
    is_fatal: bool
    comment_below: int | None


@dataclass(frozen=True)
class Sheet:
    """A version of a sheet, as reviews use it. `appeal_days`: how long its results may be disputed,
    after which they stand.
    """

    items: tuple[Item, ...]
    pass_mark: int
    appeal_days: int


def sheet_of(content: Mapping[str, Any]) -> Sheet:
    """The sheet that was kept by `read_sheet`."""
    items = tuple(
        Item(
            one["item_id"],
            one["name"],
            1 if one["kind"] == YES_NO else one["max"],
            one["weight"],
            one["is_fatal"],
            one["comment_below"],
        )
        for section in content["sections"]
        for one in section["items"]
    )
    return Sheet(items, content["pass_mark"], content["appeal_days"])


def read_sheet(values: Mapping[str, Any], new_id: Callable[[], UUID]) -> dict[str, Any]:
    """{name, description, content}; raises InvalidInput naming all that is wrong.

    Items keep the ids that they are given with, so that versions can be compared; new ones get one.
    """
    wrong = Gathering()
    for name in values:
        if name not in _MEMBERS:
            wrong.add(name, "is not known here", "field.unknown")
    read = {
        "name": wrong.read("name", checks.required_text, "name", values.get("name"), NAME_LIMIT),
        "description": wrong.read(
            "description", checks.optional_text, "description", values.get("description")
        ),
    }
    days = values.get("appeal_days", USUAL_DAYS)
    content = {
        "pass_mark": wrong.read(
            "pass_mark", whole_number, "pass_mark", values.get("pass_mark"), 0, BEST
        ),
        "appeal_days": wrong.read("appeal_days", whole_number, "appeal_days", days, 1, MOST_DAYS),
        "sections": _sections(values.get("sections"), new_id, wrong),
    }
    wrong.demand()
    return {**read, "content": content}


def _sections(raw: object, new_id: Callable[[], UUID], wrong: Gathering) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or not raw:
        wrong.add("sections", "needs at least one section", "field.required")
        return []
    if len(raw) > MOST_SECTIONS:
        wrong.add("sections", f"must have at most {MOST_SECTIONS} members", "field.too_long")
    sections, seen = [], set[str]()
    for place, one in enumerate(raw):
        where = f"sections[{place}]"
        if not isinstance(one, Mapping):
            wrong.add(where, "must be an object")
            continue
        items = list(_items(one.get("items"), f"{where}.items", new_id, seen, wrong))
        name = _text(wrong, f"{where}.name", one.get("name"))
        sections.append({"name": name, "items": items})
    if len(seen) > MOST_ITEMS:
        wrong.add("sections", f"must have at most {MOST_ITEMS} items", "field.too_long")
    return sections


def _items(
    raw: object, path: str, new_id: Callable[[], UUID], seen: set[str], wrong: Gathering
) -> Iterator[dict[str, Any]]:
    if not isinstance(raw, list) or not raw:
        wrong.add(path, "needs at least one item", "field.required")
        return
    for place, one in enumerate(raw):
        where = f"{path}[{place}]"
        if not isinstance(one, Mapping):
            wrong.add(where, "must be an object")
            continue
        item_id = one.get("item_id")
        if not isinstance(item_id, str) or not 0 < len(item_id) <= 64 or item_id in seen:
            item_id = str(new_id())
        seen.add(item_id)
        yield {"item_id": item_id, **_item(one, where, wrong)}


def _item(one: Mapping[str, Any], where: str, wrong: Gathering) -> dict[str, Any]:
    kind = wrong.read(f"{where}.kind", checks.one_of, f"{where}.kind", one.get("kind"), KINDS)
    most = 1
    if kind == POINTS:
        most = wrong.read(
            f"{where}.max", whole_number, f"{where}.max", one.get("max"), 1, MOST_POINTS
        )
    below = one.get("comment_below")
    if below is not None:
        place = f"{where}.comment_below"
        below = wrong.read(place, whole_number, place, below, 1, most or 1)
    weight = f"{where}.weight"
    fatal = f"{where}.is_fatal"
    guide = f"{where}.guide"
    return {
        "name": _text(wrong, f"{where}.name", one.get("name")),
        "guide": wrong.read(guide, checks.optional_text, guide, one.get("guide")),
        "kind": kind,
        "max": most,
        "weight": wrong.read(weight, whole_number, weight, one.get("weight", 1), 1, MOST_WEIGHT),
        "is_fatal": wrong.read(fatal, truth, fatal, one.get("is_fatal", False)),
        "comment_below": below,
    }


def _text(wrong: Gathering, path: str, value: object) -> Any:
    return wrong.read(path, checks.required_text, path, value, NAME_LIMIT)


def whole_number(field: str, value: object, least: int, most: int) -> int:
    """A whole number within these bounds; raises InvalidInput naming `field`."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise field_error(field, f"must be a whole number from {least} to {most}")
    return value


def truth(field: str, value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise field_error(field, "must be true or false")
    return value
