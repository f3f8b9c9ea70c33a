"""What is new in an answer, for the mailers that our customers use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.mail.quotes import OUR_MARK, OUR_MARK_EN, cut_quotes

NEW = "还是不行,请再看一下。\n谢谢!"
OLD = "您好,问题已处理。\n客服小王"
QUOTED = "\n".join(f"> {line}" for line in OLD.split("\n"))

QQ_RULE = "------------------"
OUTLOOK = "发件人: 客服 <s@t.cn>\n发送时间: 2023年10月1日 10:00\n收件人: 张三\n主题: 回复"
OUTLOOK_EN = "From: Desk <s@t.cn>\nSent: Sunday, 1 October 2023\nTo: Z\nSubject: Re"

ENDINGS = {
    "QQ": f'------------------ 原始邮件 ------------------\n发件人: "客服" <s@t.cn>;\n{OLD}',
    "QQ with blank": f"{QQ_RULE}&nbsp;\n{QQ_RULE} 原始邮件 {QQ_RULE}\n{OLD}",
    "163": f'在 2023-10-01 10:00:00，"客服" <s@t.cn> 写道：\n{QUOTED}',
    "163 without quotes": f'在 2023-10-01 10:00:00，"客服" <s@t.cn> 写道：\n{OLD}',
    "163 English": f'At 2023-10-01 10:00:00, "客服" <s@t.cn> wrote:\n{QUOTED}',
    "Gmail": f"On Sun, Oct 1, 2023 at 10:00 AM 客服 <s@t.cn> wrote:\n\n{QUOTED}",
    "Gmail in two lines": f"On Sun, Oct 1, 2023 at 10:00 AM 客服\n<s@t.cn> wrote:\n\n{QUOTED}",
    "Gmail Chinese": f"客服 <s@t.cn> 于2023年10月1日周日 10:00写道：\n\n{QUOTED}",
    "Apple": f"> 在 2023年10月1日，上午10:00，客服 <s@t.cn> 写道：\n> \n{QUOTED}",
    "Apple unquoted": f"在 2023年10月1日，上午10:00，客服 <s@t.cn> 写道：\n\n{QUOTED}",
    "Outlook": f"{OUTLOOK}\n\n{OLD}",
    "Outlook with rule": f"________________________________\n{OUTLOOK}\n\n{OLD}",
    "Outlook English": f"{OUTLOOK_EN}\n\n{OLD}",
    "Outlook bold": f"*From:* Desk <s@t.cn>\n*Sent:* Sunday\n*To:* Z\n*Subject:* Re\n\n{OLD}",
    "original message": f"-----Original Message-----\nFrom: Desk\n{OLD}",
    "Chinese original": f"-----原始邮件-----\n发件人: 客服\n{OLD}",
    "Foxmail": f"\n发件人： 客服\n发送时间： 2023-10-01 10:00\n收件人： 张三\n主题： 回复\n{OLD}",
    "our mark": f"在 2023年10月1日 客服写道:\n> ---- {OUR_MARK} / {OUR_MARK_EN} ----\n{QUOTED}",
    "our mark alone": f"---- {OUR_MARK} / {OUR_MARK_EN} ----\n{OLD}",
    "only angles": QUOTED,
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS.keys())
def test_the_quotation_is_cut_off(ending: str) -> None:
    answer = cut_quotes(f"{NEW}\n\n{ending}")
    assert answer.startswith(NEW)
    assert "客服小王" not in answer
    assert "写道" not in answer
    assert "发件人" not in answer


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS.keys())
def test_the_whole_text_stays_if_nothing_else_would(ending: str) -> None:
    assert "客服小王" in cut_quotes(ending)


def test_an_answer_below_the_quotation_is_found() -> None:
    assert cut_quotes(f"在 2023-10-01 10:00，客服 <s@t.cn> 写道：\n{QUOTED}\n\n{NEW}") == NEW


def test_answers_between_quotations_keep_them() -> None:
    text = f"On 1 Oct 2023 s@t.cn wrote:\n> 哪一台?\n左边那台\n> 什么时候?\n{NEW}"
    assert cut_quotes(text) == text


def test_what_is_forwarded_is_the_message() -> None:
    text = f"请看下面\n\n------------------ 原始邮件 ------------------\n发件人: 商家\n{OLD}"
    assert cut_quotes(text, "转发: 订单") == text
    assert cut_quotes(text, "Fwd: order") == text


@pytest.mark.parametrize(
    "text",
    [
        "发件人: 我不知道是谁,请查。",
        "在你们网站上,客服写道:\n可以退货。但是现在不行。",
        "他说:\n可以",
        "价格 > 100 的都不行",
        "---\n以上",
        "From: 北京\n到上海的订单",
    ],
)
def test_ordinary_text_is_not_cut(text: str) -> None:
    assert cut_quotes(text) == text


@given(st.text(max_size=500))
def test_cutting_never_raises_and_never_empties_a_text(text: str) -> None:
    assert bool(cut_quotes(text)) == bool(text.strip())


@given(st.lists(st.sampled_from([*ENDINGS.values(), NEW, "", ">", "> a", "---"]), max_size=8))
def test_mixtures_of_quotations_leave_something(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    assert bool(cut_quotes(text)) == bool(text.strip())
