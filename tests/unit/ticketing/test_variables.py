"""Variables in texts: a closed list, filled in without ever refusing or running anything."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.errors import InvalidInput
from services.ticketing.domain.variables import VARIABLES, Setting, check_variables, fill_in
from tests.unit.ticketing.making import new_ticket

NIGHT = datetime(2026, 11, 2, 17, 30, tzinfo=UTC)  # half past one of the next day in Shanghai

anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=30)
)


def setting(language: str = "zh", **fields: Any) -> Setting:
    ticket = new_ticket(fields=fields)
    ticket.number = "G20261102001"
    return Setting(ticket, "李雷", NIGHT, ZoneInfo("Asia/Shanghai"), language)


def filled(text: str, language: str = "zh", **fields: Any) -> str:
    return fill_in(text, setting(language, **fields)).text


def test_variables_get_the_tickets_values():
    text = (
        "{{customer.name}}您好,工单 {{ ticket.number }}「{{ticket.subject}}」由{{agent.name}}处理。"
    )
    assert filled(text) == "陈先生您好,工单 G20261102001「电脑无法开机」由李雷处理。"


def test_dates_are_those_of_the_business_in_the_texts_language():
    assert filled("{{today}} {{ticket.created_on}}") == "2026年11月3日 2026年11月2日"
    assert filled("{{today}}", "en") == "2026-11-03"


def test_fields_are_shown_as_people_read_them():
    given_fields = {"订单号": "A-1", "数量": 3, "已发货": True, "颜色": ["红", "蓝"]}
    text = "{{fields.订单号}} {{fields.数量}} {{fields.已发货}} {{fields.颜色}}"
    assert filled(text, **given_fields) == "A-1 3 是 红、蓝"
    assert filled("{{fields.已发货}} {{fields.颜色}}", "en", **given_fields) == "yes 红, 蓝"


def test_what_has_no_value_becomes_nothing_and_is_told():
    made = fill_in("[{{ticket.assignee}}{{fields.x}}{{ticket.assignee}}]", setting())
    assert (made.text, made.missing) == ("[]", ("ticket.assignee", "fields.x"))


def test_a_value_that_looks_like_a_variable_stays_as_it_is():
    assert filled("{{fields.a}}", a="{{agent.name}}") == "{{agent.name}}"


@pytest.mark.parametrize(
    "text", ["{{customer.phone}}", "{{}}", "{{fields.}}", "{{ticket.__class__}}", "{{7*7}}"]
)
def test_an_unknown_variable_is_refused_by_name(text: str):
    with pytest.raises(InvalidInput) as refusal:
        check_variables("body", text)
    [message] = refusal.value.details["errors"]["body"]
    assert text[2:-2] in message


@pytest.mark.parametrize("text", ["{{customer.name", "customer.name}}", "{{customer.name}", "{{{{"])
def test_a_variable_that_is_not_closed_is_refused(text: str):
    with pytest.raises(InvalidInput):
        check_variables("body", text)


def test_single_braces_are_text():
    check_variables("body", '{"a": {"b": 1}, "c": 2}')


@given(
    st.text(alphabet="{}% .afieldscustomer名_\n", max_size=200),
    st.dictionaries(st.text(), anything),
)
def test_filling_in_never_raises_and_runs_nothing(text: str, fields: dict[str, Any]):
    given_setting = setting()
    given_setting.ticket.fields = fields
    made = fill_in(text, given_setting)
    if "{{" not in text:
        assert made.text == text


@given(st.lists(st.one_of(st.sampled_from([f"{{{{{name}}}}}" for name in VARIABLES]), st.text())))
def test_what_may_be_saved_leaves_no_variable_behind(parts: list[str]):
    text = "".join(parts)
    try:
        check_variables("body", text)
    except InvalidInput:
        return
    assert "{{" not in filled(text)
