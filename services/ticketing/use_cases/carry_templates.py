"""Templates from one installation to another: written out as JSON, read back as drafts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import DeskError, InvalidInput, field_error
from services.ticketing.domain.categories import Tree
from services.ticketing.domain.templates.content import keep_unsaid, parse_content, parse_key
from services.ticketing.domain.templates.offering import place_named
from services.ticketing.storage import template_rows as rows
from services.ticketing.storage.category_rows import read_tree
from services.ticketing.use_cases.edit_templates import add_template, opened, read_content

FORMAT = "tidedesk.ticket-templates/1"
MOST = 50

Json = dict[str, Any]


def export_templates(uow: UnitOfWork, keys: Sequence[str] | None = None) -> Json:
    """All templates, or these, with what is being written of them."""
    found = rows.all_templates(uow.session)
    wanted = [row for row in found if keys is None or row["key"] in keys]
    tree = read_tree(uow.session)
    return {
        "format": FORMAT,
        "templates": [
            {"key": row["key"], **_named_by_paths(_content(row["content"]), tree)} for row in wanted
        ],
    }


def import_templates(
    uow: UnitOfWork, now: datetime, document: Mapping[str, Any], *, is_dry: bool
) -> Json:
    """Each becomes a draft, also of a template that is there already; nothing is published.

    All or none: raises InvalidInput that names what is wrong by `templates[0].…`. Dry, it tells
    the same of each and changes nothing.
    """
    if document.get("format") != FORMAT:
        raise field_error("format", f"must be {FORMAT}")
    given = document.get("templates")
    if not isinstance(given, list) or not 0 < len(given) <= MOST:
        raise field_error("templates", f"must be a list of 1 to {MOST} templates")
    rows.lock_templates(uow.session)
    tree = read_tree(uow.session)
    items = [_judged(uow.session, tree, f"templates[{n}].", one) for n, one in enumerate(given)]
    _refuse_twice(items)
    if not is_dry:
        _take(uow.session, now, items)
    return {"items": [_shown(item) for item in items], "is_dry": is_dry}


def _judged(session: Session, tree: Tree, where: str, raw: Any) -> Json:
    if not isinstance(raw, Mapping):
        return {"key": "", "outcome": "refused", "errors": {where[:-1]: ["must be an object"]}}
    values = {name: value for name, value in raw.items() if name != "key"}
    errors: dict[str, list[str]] = {}
    key, content = str(raw.get("key") or ""), {}
    row = None
    try:
        key = parse_key(raw.get("key"), f"{where}key")
        row = rows.find_template(session, key)
    except InvalidInput as refusal:
        errors |= refusal.details["errors"]
    try:
        values = keep_unsaid(values, row["content"] if row is not None else None)
        content = read_content(session, key, _found_by_paths(values, tree), where).as_json()
    except InvalidInput as refusal:
        errors |= refusal.details["errors"]
    if errors:
        return {"key": key, "outcome": "refused", "errors": errors}
    is_same = row is not None and _content(row["content"]) == content
    outcome = "same" if is_same else "added" if row is None else "changed"
    return {"key": key, "outcome": outcome, "errors": {}, "content": content}


def _refuse_twice(items: Sequence[Json]) -> None:
    seen: set[str] = set()
    for index, item in enumerate(items):
        if item["key"] and item["key"] in seen:
            item["outcome"] = "refused"
            item["errors"][f"templates[{index}].key"] = ["is used more than once"]
        seen.add(item["key"])


def _take(session: Session, now: datetime, items: Sequence[Json]) -> None:
    wrong = {path: told for item in items for path, told in item["errors"].items()}
    if wrong:
        raise InvalidInput(
            "ticket_template.invalid", "some templates cannot be read", {"errors": wrong}
        )
    for item in items:
        if item["outcome"] == "added":
            add_template(session, now, item["key"], item["content"])
        elif item["outcome"] == "changed":
            row = opened(session, item["key"], None)
            rows.save_draft(session, row["template_id"], item["content"], now)


def _named_by_paths(content: Json, tree: Tree) -> Json:
    """Categories by their names from the top down: another installation's have other ids."""
    if not content.get("categories"):
        return content
    ids = [UUID(str(one)) for one in content["categories"]]
    paths = [list(tree.place(one).names_zh) for one in ids if one in tree.nodes]
    return {**content, "categories": paths}


def _found_by_paths(values: Json, tree: Tree) -> Json:
    """The same read back; a path that leads nowhere stays, and is refused as no id."""
    given = values.get("categories")
    if not isinstance(given, list):
        return values
    found = [(isinstance(one, list) and place_named(tree, one)) or one for one in given]
    return {**values, "categories": found}


def _content(raw: Any) -> Json:
    """In the canonical form, where this release can read it."""
    try:
        return parse_content(raw).as_json()
    except DeskError:
        return dict(raw)


def _shown(item: Json) -> Json:
    return {name: item[name] for name in ("key", "outcome", "errors")}
