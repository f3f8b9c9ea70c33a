"""The one language of conditions, shared by dispatch rules, SLA policies, triggers and views.

    {"all": [{"field": "kind", "op": "is", "value": "complaint"},
             {"field": "tags", "op": "has_any", "value": ["商家"]}]}

`docs/conditions.md` tells it to those who write rules. Conditions are pure functions of facts;
`libs.common.conditions.sql` is the same truth for rows.
"""

from libs.common.conditions.condition import Condition, explain
from libs.common.conditions.facts import facts_of
from libs.common.conditions.fields import FIELDS, STATUSES, URGENCIES, catalogue
from libs.common.conditions.parsing import parse_condition
from libs.common.conditions.values import Known

__all__ = [
    "FIELDS",
    "STATUSES",
    "URGENCIES",
    "Condition",
    "Known",
    "catalogue",
    "explain",
    "facts_of",
    "parse_condition",
]
