"""What commands answer: the shape of REST, and `audit` for the gateway's operation log.

It is a part of the stored result, so that a repeated command is logged as the first one was. What
kind of thing an action was about the log knows from its route.
"""

from typing import Any
from uuid import UUID

from services.dispatch.use_cases.configuration.change import Change

Json = dict[str, Any]


def told(one: UUID | None, before: Json, after: Json) -> Json:
    """What the operation log keeps; None where there is but one such thing."""
    thing = {"object": str(one)} if one else {}
    return {"audit": {**thing, "before": before, "after": after}}


def changed(one: UUID | None, change: Change) -> Json:
    """The same of a change of the configuration."""
    return told(one, change.before, change.after)
