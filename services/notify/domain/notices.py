"""Lines in the console: one for one person and occasion."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

_ENDS = {"grabbed": "工单 {} 已被抢走", "taken": "工单 {} 已被领取"}
_OTHER_END = "工单 {} 的抢单已结束"


@dataclass(frozen=True)
class NoticeOrder:
    """One line for one person, once per occasion key.

    `occasion` is the console's word; `facts` are for occasions that the console words itself.
    `is_urgent`: it is to stand in their way.
    """

    recipient_id: UUID
    occasion: str
    occasion_key: str
    title: str
    text: str
    ticket_id: UUID | None = None
    ticket_number: str | None = None
    facts: Mapping[str, Any] | None = None
    is_urgent: bool = False


def notices_of_closed_offer(offer: Mapping[str, Any]) -> Iterator[NoticeOrder]:
    """It can no longer be grabbed; `taken_by_name` is who was first, if anybody was.

    An offer is one notice of each person's, from its opening to its end.
    """
    name = offer.get("taken_by_name") or ""
    title = _ENDS.get(offer["cause"], _OTHER_END).format(offer["number"])
    # Who has it now may have been told of the offer too.
    people = dict.fromkeys([*offer["recipients"], offer.get("taken_by")])
    for recipient_id in (one for one in people if one is not None):
        yield NoticeOrder(
            recipient_id=recipient_id,
            occasion="offer",
            occasion_key=f"offer:{offer['offer_id']}",
            ticket_id=offer["ticket_id"],
            ticket_number=offer["number"],
            title=title,
            text=name,
            facts={"cause": offer["cause"], "taken_by_name": name},
        )
