"""Another template for a running ticket: what of its values stays, is lost, or is made anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.ticketing.domain.categories import Category
from services.ticketing.domain.templates.definition import Definition, Facts, Values
from services.ticketing.domain.templates.faults import Fault, Faults
from services.ticketing.domain.templates.fields import Field, is_empty
from services.ticketing.domain.templates.fitting import fitted
from services.ticketing.domain.templates.requirements import CREATE
from services.ticketing.domain.templates.telling import told_value
from services.ticketing.domain.templates.version import TemplateVersion

# From each field of the new template, the key whose value it takes over; null: none.
Mapped = Mapping[str, str | None]


@dataclass(frozen=True)
class Move:
    """A value on its way: `from_key` None for what comes from the new template alone."""

    to_key: str
    from_key: str | None
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """As clients see it."""
        return {
            "key": self.to_key,
            "from_key": self.from_key,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True)
class Loss:
    """A value that the new template has no place for, told so that people can read it."""

    key: str
    label: Mapping[str, str]
    value: Any
    told: str

    def as_json(self) -> dict[str, Any]:
        """As clients see it."""
        return {"key": self.key, "label": dict(self.label), "value": self.value, "text": self.told}


@dataclass(frozen=True)
class Plan:
    """`values` is what the ticket would hold; `missing` what the form still asks for.

    `lost_category`: the ticket's, where the new template does not offer it.
    """

    values: dict[str, Any] = field(default_factory=dict)
    kept: list[Move] = field(default_factory=list)
    recomputed: list[Move] = field(default_factory=list)
    lost: list[Loss] = field(default_factory=list)
    missing: Faults = field(default_factory=dict)
    lost_category: Category | None = None


def plan_change(
    old: TemplateVersion | None, new: TemplateVersion, values: Values, mapped: Mapped, facts: Facts
) -> Plan:
    """By `mapped`, else by equal keys; a value that has to change its form to fit is recomputed.

    What no template has known, as a web form's own fields, stays beside the new one's.
    """
    known = old.definition.known_fields() if old else {}
    target = new.definition.known_fields()
    plan = Plan()
    taken: set[str] = set()
    for key, one in target.items():
        source = mapped.get(key, key)
        if source is None or is_empty(values.get(source)):
            continue
        if _move(plan, one, source, known.get(source), values[source]):
            taken.add(source)
    for key, value in values.items():
        if key in taken or is_empty(value):
            continue
        if key in known or key in target:
            _lose(plan, key, known.get(key), value)
        else:
            plan.values[key] = value
            plan.kept.append(Move(key, key, value, value))
    _fill_defaults(plan, new.definition)
    return Plan(**{**vars(plan), "missing": new.definition.missing(CREATE, plan.values, facts)})


def _move(plan: Plan, target: Field, source: str, known: Field | None, value: Any) -> bool:
    """Whether the value found its place."""
    try:
        read = fitted(target, value, known)
    except Fault:
        return False
    plan.values[target.key] = read
    moves = plan.kept if read == value else plan.recomputed
    moves.append(Move(target.key, source, value, read))
    return True


def _lose(plan: Plan, key: str, known: Field | None, value: Any) -> None:
    label = known.label if known else {"zh": key, "en": key}
    plan.lost.append(Loss(key, label, value, told_value(known, value)))


def _fill_defaults(plan: Plan, definition: Definition) -> None:
    for key, value in definition.defaults().items():
        if key not in plan.values:
            plan.values[key] = value
            plan.recomputed.append(Move(key, None, None, value))
