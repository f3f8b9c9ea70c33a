"""Rules and their words without a database: what one happening comes to for one reader."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from libs.common.actions import parse_recipients
from libs.common.conditions import parse_condition
from services.notify.clients.templates import Asked, Templates, Wording
from services.notify.domain.happenings import CUSTOMER, Happening
from services.notify.domain.notices import NoticeOrder
from services.notify.domain.planning import Names, Person, content_of, staff_of
from services.notify.domain.rules import Rule
from services.notify.domain.wording import choose_language, variables_of
from services.notify.storage.rule_book import RuleBook, RuleShelf
from services.notify.use_cases.desk import Desk
from services.notify.use_cases.word_notices import word_notice

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEMPLATES = Templates()
NOBODY = Names({}, {})


def rule(occasion: str, audience: str = "staff", **fields: Any) -> Rule:
    """Holds always and tells in the console, unless the fields say otherwise."""
    values: dict[str, Any] = {"channels": ("in_app",), "all_channels": False} | fields
    return Rule(
        rule_id=uuid4(),
        name="规则",
        occasion=occasion,
        audience=audience,  # type: ignore[arg-type]
        recipients=parse_recipients(values.pop("recipients", [])),
        condition=parse_condition(values.pop("condition", {})),
        **values,
    )


def desk() -> Desk:
    return Desk(
        None,  # type: ignore[arg-type]
        "tidedesk.local",
        (bytes(32),),
        SHANGHAI,
        "Tidedesk 客服",
        "https://desk.example",
        TEMPLATES,
        RuleShelf(),
    )


def notices(
    happening: Happening | None, named: Sequence[UUID] = (), language: str = "zh"
) -> list[NoticeOrder]:
    """What the shipped rule tells in the console; `named` are found for the happening's roles."""
    assert happening is not None
    shipped = rule(happening.occasion)
    content = content_of(happening, NOBODY)
    return [
        word_notice(
            desk(), RuleBook(1), shipped, happening, Person(one, language=language), content
        )
        for one in staff_of(happening, (), named, shipped)
    ]


def worded(
    happening: Happening | None,
    language: str = "zh-CN",
    channel: str = "mail",
    *,
    customer: str = "韩梅梅",
    own: Mapping[Any, Any] | None = None,
    **given: str,
) -> Wording:
    """What a customer reads."""
    assert happening is not None
    told = choose_language(language)
    values = variables_of(
        content_of(happening, NOBODY),
        told,
        SHANGHAI,
        number=happening.header.get("number", ""),
        customer=customer,
        company="Tidedesk 客服",
        ticket_url="",
        **given,
    )
    asked = Asked(happening.occasion, CUSTOMER, channel, language)
    return TEMPLATES.render(asked, values, own or {})
