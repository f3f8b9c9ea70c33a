"""The words of a notice in the console: in the language of who reads it."""

from collections.abc import Mapping
from typing import Any

from services.notify.clients.templates import Asked
from services.notify.domain.deliveries import RecipientKind
from services.notify.domain.happenings import STAFF, Happening
from services.notify.domain.notices import NoticeOrder
from services.notify.domain.occasions import OCCASIONS
from services.notify.domain.planning import Person
from services.notify.domain.rules import IN_APP, Rule, is_urgent
from services.notify.domain.ticket_happenings import shortened
from services.notify.domain.wording import choose_language, variables_of
from services.notify.storage.rule_book import RuleBook
from services.notify.use_cases.desk import Desk

# Says to the console that somebody chose these words: it shall not use its own.
OWN_WORDS = {"is_custom": "true"}


def word_notice(
    desk: Desk,
    book: RuleBook,
    rule: Rule,
    happening: Happening,
    person: Person,
    content: Mapping[str, Any],
) -> NoticeOrder:
    """What the person reads. An urgent one is to stand in their way."""
    header = happening.header
    wish = person.preference
    language = choose_language(happening.language or wish.language or person.language)
    number = header.get("number")
    values = variables_of(
        content,
        language,
        wish.zone or desk.zone,
        number=number or "",
        customer=header.get("customer_name") or "",
        company=desk.company,
        ticket_url=desk.ticket_url(number, RecipientKind.PERSON),
    )
    asked = Asked(rule.occasion, STAFF, IN_APP, language, rule.template_key)
    wording = desk.templates.render(asked, values, book.texts)
    own = {} if wording.is_shipped else OWN_WORDS
    facts = {**(happening.facts or {}), **own}
    return NoticeOrder(
        recipient_id=person.person_id,
        occasion=OCCASIONS[rule.occasion].notice,
        occasion_key=happening.occasion_key,
        title=wording.subject,
        text=shortened(wording.text),
        ticket_id=header.get("ticket_id"),
        ticket_number=number,
        facts=facts or None,
        is_urgent=is_urgent(rule, happening),
    )
