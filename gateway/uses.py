"""What names something that somebody may put away, put together from the services that know.

Ticketing answers for what it keeps and says, as `named`, after what the others are to be asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.auth.guard import caller
from gateway.parts import parts
from gateway.request_ids import request_id
from gateway.schemas.use import ELSEWHERE
from libs.common.errors import DeskError

# Whoever does not answer is named in the answer instead: nobody waits long for it.
_TIMEOUT = 2.0  # seconds

Json = dict[str, Any]


def with_uses(answer: Mapping[str, Any]) -> Json:
    """An answer of ticketing with `uses` of all services, and which of them have not answered."""
    [told] = together([answer])
    return told


def together(answers: Sequence[Mapping[str, Any]]) -> list[Json]:
    """The same of several at once. What says nothing of `named` has been asked after nowhere."""
    told = [dict(one) for one in answers]
    open_ones = [one for one in told if "named" in one]
    asked = [one.pop("named") for one in open_ones]
    if not any(asked):
        return told
    unanswered = []
    for service in ELSEWHERE:
        try:
            found = _ask(service, asked)
        except DeskError:
            unanswered.append(service)
            continue
        for one, uses in zip(open_ones, found, strict=True):
            one["uses"] = [*one["uses"], *uses]
    for one in open_ones:
        one["unanswered"] = unanswered
    return told


def _ask(service: str, asked: list[Json]) -> list[list[Json]]:
    answer = parts().rpc.query(
        service,
        "find_uses",
        {"asked": asked},
        actor=caller().actor,
        request_id=request_id(),
        timeout=_TIMEOUT,
    )
    items: list[list[Json]] = answer["items"]
    return items
