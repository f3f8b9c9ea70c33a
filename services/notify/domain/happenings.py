"""Something that people may be told of: what the rules of an occasion are judged by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from libs.common.actions import Recipient

Audience = Literal["customer", "staff"]

CUSTOMER: Audience = "customer"
STAFF: Audience = "staff"


@dataclass(frozen=True)
class Happening:
    """One occasion. `occasion_key` makes it once for each recipient and channel, for all time.

    `header`: data of a ticket's event, or what is known of it ({} without a ticket). `extra`: the
    occasion's own variables beside the common ones, in JSON's types (domain.occasions lists them).
    `recipients` are staff that the occasion itself means, `named` such whom the directory's copy
    is to find; both count where a rule names nobody. `facts` go with the notice, for the console's
    own words. `language` overrides the recipient's. `is_urgent` breaks quiet hours.
    `audiences`: who may be told at all.
    """

    occasion: str
    occasion_key: str
    header: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    recipients: Sequence[UUID] | None = None
    named: Sequence[Recipient] = ()
    language: str | None = None
    is_urgent: bool = False
    facts: Mapping[str, Any] | None = None
    audiences: Sequence[Audience] = (CUSTOMER, STAFF)
