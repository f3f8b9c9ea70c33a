"""What whoever made a webhook is told of it."""

from datetime import datetime
from uuid import UUID

from services.notify.domain.notices import NoticeOrder
from services.notify.domain.webhooks import DisabledReason

OCCASION = "webhook_off"

_TITLES = {
    DisabledReason.GONE: "Webhook 已停用：对方不再接收",
    DisabledReason.FAILING: "Webhook 已停用：连续失败超过一天",
}


def notice_of_end(
    recipient_id: UUID, webhook_id: UUID, name: str, reason: DisabledReason, now: datetime
) -> NoticeOrder:
    """It was switched off by its own failures; each time anew."""
    return NoticeOrder(
        recipient_id=recipient_id,
        occasion=OCCASION,
        occasion_key=f"{OCCASION}:{webhook_id}:{now.isoformat()}",
        title=_TITLES[reason],
        text=name,
        facts={"name": name, "reason": reason.value},
    )
