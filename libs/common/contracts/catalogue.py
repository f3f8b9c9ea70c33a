"""All types of events that the product publishes, with their stored examples."""

import sys
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson

import libs.common.contracts
from libs.common.contracts.envelope import REGISTRY, EventSchema, private_fields, public_body
from libs.common.contracts.json_schema import JsonSchema, paragraphs, public_schema

_OURS = f"{libs.common.contracts.__name__}."
EXAMPLES = Path(__file__).with_name("examples")


class EventType:
    """One type of event as other teams know it."""

    def __init__(self, schema: type[EventSchema]) -> None:
        self.schema = schema
        self.name = schema.type
        self.producer = schema.producer
        self.exchange = f"{schema.producer}.events"

    @property
    def description(self) -> str:
        """What has happened, and what its fields mean as far as their names do not say."""
        return paragraphs(self.schema.__doc__ or "")

    @property
    def summary(self) -> str:
        """The description's first sentence."""
        first, dot, _ = self.description.replace("\n\n", " ").partition(". ")
        return first + dot.strip()

    @property
    def family(self) -> type[EventSchema] | None:
        """The schema that has what several types share, and is no type itself."""
        parent = self.schema.__mro__[1]
        is_family = parent is not EventSchema and "type" not in parent.__dict__
        return parent if is_family and issubclass(parent, EventSchema) else None

    @property
    def about_family(self) -> str:
        """What is said of all events of its family; empty if there is none."""
        return paragraphs(self.family.__doc__ or "") if self.family else ""

    @property
    def private(self) -> frozenset[str]:
        """Fields that the services have and other teams have not."""
        return private_fields(self.name)

    def data_schema(self, pieces: dict[str, JsonSchema]) -> JsonSchema:
        """The public data's JSON Schema; what it refers to goes to `pieces`."""
        about = "\n\n".join(part for part in (self.description, self.about_family) if part)
        return public_schema(self.schema, pieces) | {"description": about}

    @cached_property
    def example(self) -> dict[str, Any]:
        """The stored example as other teams would receive it; OSError if there is none."""
        body = (EXAMPLES / f"{self.name}.json").read_bytes()
        found: dict[str, Any] = orjson.loads(public_body(self.name, body))
        return found


def event_types() -> list[EventType]:
    """By name. Types of tests are not ours."""
    schemas = [one for one in REGISTRY.values() if one.__module__.startswith(_OURS)]
    return [EventType(one) for one in sorted(schemas, key=lambda one: one.type)]


def producers() -> dict[str, str]:
    """Producers by name, each with what its module of contracts says of its events."""
    modules = {one.producer: _producer_module(one.schema) for one in event_types()}
    return {name: paragraphs(modules[name].__doc__ or "") for name in sorted(modules)}


def _producer_module(schema: type[EventSchema]) -> ModuleType:
    """The module below `contracts`; where it is a folder, the folder's own words count."""
    within = schema.__module__.removeprefix(_OURS).partition(".")[0]
    return sys.modules[_OURS + within]
