"""Rules: for one occasion, who is told on which channels if a condition holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.common.actions import Recipient
from libs.common.conditions import Condition
from services.notify.domain.happenings import CUSTOMER, Audience, Happening

IN_APP, MAIL, SMS, WECOM_APP = "in_app", "mail", "sms", "wecom_app"
DINGTALK_ROBOT, WECOM_ROBOT = "dingtalk_robot", "wecom_robot"

CHANNELS: Mapping[Audience, Sequence[str]] = {
    "customer": (MAIL, SMS),
    "staff": (IN_APP, MAIL, SMS, WECOM_APP),
}
# What a provider may have sent although nobody knows must not be sent twice: none of these has a
# key by which the provider would know a repetition. A mail has its Message-ID.
REPEATABLE = (MAIL,)


@dataclass(frozen=True)
class Rule:
    """All rules of an occasion whose condition holds apply.

    A customer is told on the first of `channels` that reaches them, or on all; staff on all.
    No `recipients`: whom the occasion itself means. `template_key` None: the occasion's own texts.
    """

    rule_id: UUID
    name: str
    occasion: str
    audience: Audience
    recipients: Sequence[Recipient]
    channels: Sequence[str]
    all_channels: bool
    condition: Condition
    template_key: str | None = None
    endpoint_ids: Sequence[UUID] = ()
    is_urgent: bool = False

    def holds(self, happening: Happening, facts: Mapping[str, Any]) -> bool:
        """Whether it speaks of this: `facts` as libs.common.conditions makes them."""
        return (
            self.occasion == happening.occasion
            and self.audience in happening.audiences
            and bool(self.condition.holds(facts))
        )


def rules_that_hold(
    rules: Iterable[Rule], happening: Happening, facts: Mapping[str, Any]
) -> list[Rule]:
    """In their order."""
    return [rule for rule in rules if rule.holds(happening, facts)]


def is_urgent(rule: Rule, happening: Happening) -> bool:
    """Whether quiet hours are broken: for the most urgent tickets always."""
    return rule.is_urgent or happening.is_urgent or happening.header.get("urgency") == "critical"


def is_for_customer(rule: Rule) -> bool:
    return rule.audience == CUSTOMER
