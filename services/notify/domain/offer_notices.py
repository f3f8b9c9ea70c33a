"""What the members of a group are told of tickets that they may grab (抢单).

An offer is one notice of each person's, from its opening to its end.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.notify.domain.notices import NoticeOccasion, NoticeOrder

_ENDS = {"grabbed": "工单 {} 已被抢走", "taken": "工单 {} 已被领取"}
_OTHER_END = "工单 {} 的抢单已结束"


def notices_of_offer(offer: Mapping[str, Any]) -> Iterator[NoticeOrder]:
    """Whoever is among the recipients may be the first."""
    ends_at = offer.get("ends_at")
    facts = {"urgency": offer["urgency"], "ends_at": ends_at and ends_at.isoformat()}
    return _notices(offer, "工单 {} 可以抢单", "", facts)


def notices_of_closed_offer(offer: Mapping[str, Any]) -> Iterator[NoticeOrder]:
    """It can no longer be grabbed; `taken_by_name` is who was first, if anybody was."""
    name = offer.get("taken_by_name") or ""
    facts = {"cause": offer["cause"], "taken_by_name": name}
    return _notices(offer, _ENDS.get(offer["cause"], _OTHER_END), name, facts)


def _notices(
    offer: Mapping[str, Any], title: str, text: str, facts: Mapping[str, Any]
) -> Iterator[NoticeOrder]:
    # Who has it now may have been told of the offer too.
    people = dict.fromkeys([*offer["recipients"], offer.get("taken_by")])
    for recipient_id in (one for one in people if one is not None):
        yield NoticeOrder(
            recipient_id=recipient_id,
            occasion=NoticeOccasion.OFFER,
            occasion_key=f"offer:{offer['offer_id']}",
            ticket_id=offer["ticket_id"],
            ticket_number=offer["number"],
            title=title.format(offer["number"]),
            text=text,
            facts=facts,
        )
