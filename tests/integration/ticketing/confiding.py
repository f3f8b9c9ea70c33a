"""What is confidential in the tests: a template with a card, and a ticket's life with secrets."""

from typing import Any

from tests.integration.ticketing.desk import Ask, Desk, created, staged
from tests.integration.ticketing.hearing import colleague
from tests.integration.ticketing.keyed import secret_template

SAID, CARD, ROOM = "我的银行卡被盗刷了三千元", "6222020200112233445", "三楼东侧"
ANSWER, NOTED, SOLVED = "已经为您冻结账户", "客户情绪激动请注意", "款项已全部追回"
ASKED, SPENT, DRAFTED, CHECKED = (
    "请法务核对合同",
    "电话沟通半小时",
    "还没发出的话",
    "身份证后四位无误",
)
CHANGED = "6222020299998888777"
SECRETS = (SAID, CARD, ANSWER, NOTED, SOLVED, ASKED, SPENT, DRAFTED, CHECKED, CHANGED)


def text_field(key: str) -> dict[str, Any]:
    return {"key": key, "type": "text", "label": {"zh": key}}


def card_template(ask: Ask, *, is_open: bool = False, check: bool = False) -> str:
    """The key of a template with a room and a card; the card is sealed unless all is open."""
    secret = None if is_open else ("card",)
    return secret_template(ask, text_field("card"), text_field("room"), secret=secret, check=check)


def begun(ask: Ask, key: str, **more: Any) -> dict[str, Any]:
    given = {"fields": {"card": CARD, "room": ROOM}, "text": SAID, "subject": "盗刷投诉"} | more
    return created(ask, template_key=key, **given)


def live(ask: Ask, desk: Desk, number: str) -> dict[str, Any]:
    """All that people may write to a ticket; returns the ids of an answer's file and of a part."""
    helper = colleague(desk, "法务")
    file = staged(ask)["attachment_id"]
    ask("reply", number=number, text=ANSWER, attachment_ids=[file])
    ask("add_note", number=number, text=NOTED)
    parts = [{"target_kind": "person", "target_id": str(helper.data["person_id"]), "duty": ASKED}]
    [part] = ask("start_collaboration", number=number, parts=parts)["items"]
    ask("log_effort", number=number, minutes=30, note=SPENT)
    ask("save_draft", number=number, kind="note", text=DRAFTED)
    ask("edit_ticket", number=number, version=None, changes={"fields": {"card": CHANGED}})
    ask("cancel_collaboration", number=number, collaboration_id=part["collaboration_id"])
    ask("check_identity", number=number, method="document", result="passed", note=CHECKED)
    ask("solve_ticket", number=number, text=SOLVED)
    return {"file": file, "part": part["collaboration_id"]}
