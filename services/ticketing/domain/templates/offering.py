"""Which categories a template's tickets may have: those that it names, with all below them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from libs.common.errors import field_error
from services.ticketing.domain.categories import Category, Tree
from services.ticketing.domain.templates.notes import Notes
from services.ticketing.domain.templates.version import TemplateVersion

_MOST = 200
NOT_OFFERED = "category.not_offered"


def read_offered(notes: Notes, path: str, raw: Any) -> tuple[UUID, ...]:
    """Ids, each once; notes what is none by its path. None named: every category.

    A list is a path of names that an import could not find.
    """
    found: list[UUID] = []
    for index, one in enumerate(notes.list(path, raw, _MOST)):
        try:
            found.append(one if isinstance(one, UUID) else UUID(str(one)))
        except ValueError:
            told = "there is no such category" if isinstance(one, list) else "must be a UUID"
            notes.wrong(f"{path}[{index}]", told)
    return tuple(dict.fromkeys(found))


def stored_offered(raw: Any) -> tuple[UUID, ...]:
    """The same as a version has stored it."""
    return read_offered(Notes(), "categories", raw)


def refuse_unoffered(template: TemplateVersion | None, category: Category | None) -> None:
    """Raises InvalidInput for a category that tickets with this template may not have."""
    if template is not None and not template.offers(category):
        raise field_error("category_id", "is not among those of the template", NOT_OFFERED)


def check_offered(notes: Notes, path: str, offered: Sequence[UUID], tree: Tree) -> None:
    """Notes categories that are not there, and an offer of which nothing is in use."""
    for index, one in enumerate(offered):
        if one not in tree.nodes:
            notes.wrong(f"{path}[{index}]", "there is no such category")
    if offered and not any(tree.is_in_use(one) for one in offered):
        notes.wrong(path, "tickets could have none of them: all are archived")


def check_beginnings(
    notes: Notes, path: str, key: str, offered: Sequence[UUID], tree: Tree
) -> None:
    """Notes categories in use that give their tickets the template but are not offered by it."""
    for node in tree.nodes.values():
        if node.defaults.get("template_key") != key or not tree.is_in_use(node.category_id):
            continue
        place = tree.place(node.category_id)
        if offered and not set(offered) & set(place.path):
            told = " › ".join(place.names_zh)
            notes.wrong(path, f"tickets of {told} begin with this template: offer it, too")


def offered_in(tree: Tree, offered: Iterable[UUID]) -> list[Category]:
    """What of the tree may be chosen, siblings in their order, each followed by what is below it.

    Only what is in use; by nobody named, all of that.
    """
    named = set(offered)
    places = [tree.place(one) for one in tree.walk() if tree.is_in_use(one)]
    return [one for one in places if not named or named & set(one.path)]


def requesters_choice(template: TemplateVersion | None, tree: Tree) -> list[Category]:
    """What of the tree whoever asks may choose; nothing where that is not for requesters."""
    if template is None or not template.lets_requesters_choose:
        return []
    return offered_in(tree, template.categories)


def chosen_by(tree: Tree, choice: Iterable[Category], words: str) -> list[Category]:
    """Those that somebody may mean who names an id, a path or its end: of a whole path, one."""
    named = set(tree.named(words))
    found = [one for one in choice if one.category_id in named]
    return [one for one in found if tree.is_whole(one.category_id, words)] or found


def place_named(tree: Tree, names: Sequence[Any]) -> UUID | None:
    """The category at this path of Chinese names, from the top down; None where there is none."""
    wanted = tuple(str(name) for name in names)
    found = (one for one in tree.nodes if tree.place(one).names_zh == wanted)
    return next(found, None)
