"""What a message says by the keys of a template: the template's own where it fits, told where not.

Nobody can be asked again, so nothing is refused and nothing is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.ticketing.domain.categories import Category, Tree
from services.ticketing.domain.templates import Fault, TemplateVersion
from services.ticketing.domain.templates.fields import Field, is_empty
from services.ticketing.domain.templates.fitting import fitted
from services.ticketing.domain.templates.offering import chosen_by, requesters_choice
from services.ticketing.domain.templates.telling import told_value

Values = Mapping[str, Any]
Forms = Sequence[TemplateVersion | None]


@dataclass(frozen=True)
class LeftOut:
    """Something that was said and has no place among the ticket's fields, and why."""

    name: str
    told: str
    fault: Fault

    def as_json(self) -> dict[str, Any]:
        """How the timeline names it; what was said stands in the entry's text."""
        return {"name": self.name, **self.fault.as_json()}


def read_received(
    form: TemplateVersion, given: Values
) -> tuple[dict[str, Any], tuple[LeftOut, ...]]:
    """What of the values the form can hold, and what it cannot."""
    own = form.definition.own_fields
    kept: dict[str, Any] = {}
    left: list[LeftOut] = []
    for key, value in given.items():
        if is_empty(value):
            continue
        if key not in own:
            unknown = Fault("unknown_field", "is no field of the template")
            left.append(LeftOut(key, told_value(None, value), unknown))
            continue
        try:
            kept[key] = fitted(own[key], value)
        except Fault as fault:
            left.append(LeftOut(own[key].label["zh"], told_value(None, value), fault))
    return kept, tuple(left)


def unknown_template(key: str) -> LeftOut:
    """The name of a template that is not in use, or not for requesters."""
    return LeftOut("template", key, Fault("unknown_template", "is no template for requesters"))


def read_category(
    form: TemplateVersion | None, words: str, tree: Tree
) -> tuple[Category | None, tuple[LeftOut, ...]]:
    """The category that the form's requesters may choose by these words, else why it is none."""
    found = chosen_by(tree, requesters_choice(form, tree), words)
    if len(found) == 1:
        return found[0], ()
    if found:
        fault = Fault("ambiguous_category", "several categories are called so: name the whole path")
    else:
        fault = Fault("unknown_category", "is no category that the form offers")
    return None, (LeftOut("category", words, fault),)


def came_late(
    values: Values, forms: Forms, category: Category | None = None
) -> tuple[LeftOut, ...]:
    """What a form said that came when staff had begun to fill in the ticket's."""
    fault = Fault("came_late", "staff had begun to work on the ticket")
    return _told_of(values, forms, category, fault)


def came_after(
    values: Values, forms: Forms, category: Category | None = None
) -> tuple[LeftOut, ...]:
    """What a form said that was appended to a ticket, whose own are staff's to change."""
    return _told_of(values, forms, category, Fault("came_after", "the ticket was there already"))


def _told_of(
    values: Values, forms: Forms, category: Category | None, fault: Fault
) -> tuple[LeftOut, ...]:
    """By the labels of the first form that knows them, in the words of its choices."""
    own: dict[str, Field] = {}
    for form in filter(None, forms):
        own = {**form.definition.own_fields, **own}
    fields = tuple(
        LeftOut(own[key].label["zh"] if key in own else key, told_value(own.get(key), value), fault)
        for key, value in values.items()
        if not is_empty(value)
    )
    if category is None:
        return fields
    return (LeftOut("category", " › ".join(category.names_zh), fault), *fields)


def tell(left: tuple[LeftOut, ...]) -> str:
    """As it was given, line by line."""
    return "\n".join(f"{one.name}: {one.told}" for one in left)
