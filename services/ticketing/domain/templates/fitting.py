"""Other forms of a value by which it may fit a field: a text that is a number, a choice's label."""

import re
from typing import Any

from services.ticketing.domain.templates.faults import Fault
from services.ticketing.domain.templates.fields import Field
from services.ticketing.domain.templates.telling import told_value

_BETWEEN = re.compile(r"[、,，;；\n]")


def fitted(target: Field, value: Any, known: Field | None = None) -> Any:
    """What the field keeps of the value; raises the Fault of the value as it came.

    `known` is the field that the value comes from.
    """
    try:
        return target.read(value)
    except Fault as fault:
        for form in _other_forms(target, known, value):
            try:
                return target.read(form)
            except Fault:
                continue
        raise fault from None


def _other_forms(target: Field, known: Field | None, value: Any) -> list[Any]:
    """What a value might become in a field of another type, the likeliest first."""
    told = told_value(known, value)
    forms: list[Any] = []
    if target.type in ("choice", "tree_choice", "multi_choice"):
        forms += [_value_of(target.options["choices"], one) for one in (told, str(value))]
    if target.type == "multi_choice":
        forms += [[one] for one in (value, *forms) if isinstance(one, str)]
        parts = [part.strip() for part in _BETWEEN.split(told) if part.strip()]
        forms.append([_value_of(target.options["choices"], part) or part for part in parts])
    if target.type in ("number", "money") and isinstance(value, str):
        forms += _numbers(value)
    if target.type == "place":
        forms.append({"text": told})
    if target.type in ("text", "long_text", "phone", "mail", "order_number"):
        forms.append(told)
    return forms


def _value_of(choices: Any, label: str) -> str | None:
    for one in choices:
        if label in (one["value"], *one["label"].values()):
            return str(one["value"])
        if found := _value_of(one.get("children") or (), label):
            return found
    return None


def _numbers(text: str) -> list[float]:
    try:
        return [float(text.replace(",", "").strip())]
    except ValueError:
        return []
