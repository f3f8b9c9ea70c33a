"""What a claimed delivery says, in its reader's language and local time."""

from typing import Any

from services.notify.clients.templates import Asked, Wording
from services.notify.domain.deliveries import RecipientKind
from services.notify.domain.happenings import CUSTOMER, STAFF
from services.notify.domain.wording import choose_language, variables_of
from services.notify.use_cases.claim import Ready
from services.notify.use_cases.desk import Desk


def word(desk: Desk, ready: Ready, content: dict[str, Any]) -> Wording:
    """Raises NoText, and ValueError for a text that cannot be made."""
    delivery = ready.delivery
    is_customer = delivery.recipient_kind is RecipientKind.CUSTOMER
    wish = ready.wish
    language = choose_language(delivery.language or wish.language or ready.go.language)
    promise = ready.promise
    due_at = promise and promise.first_reply_due_at
    values = variables_of(
        content,
        language,
        wish.zone or desk.zone,
        number=delivery.ticket_number or "",
        customer=ready.go.name if is_customer else content.get("customer") or "",
        company=desk.company,
        ticket_url=desk.ticket_url(delivery.ticket_number, delivery.recipient_kind),
        promised_at=due_at.isoformat() if due_at else "",
    )
    audience = CUSTOMER if is_customer else STAFF
    asked = Asked(delivery.occasion, audience, delivery.channel, language, delivery.template_key)
    return desk.templates.render(asked, values, ready.book.texts)
