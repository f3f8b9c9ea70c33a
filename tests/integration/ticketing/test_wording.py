"""What a ticket is about, for whoever looks for articles that may help."""

import secrets

import pytest

from libs.common.crypto import KeyRing
from libs.common.database.unit_of_work import Database
from libs.common.errors import NotFound
from services.ticketing.queries.wording import get_wording
from services.ticketing.use_cases import working
from tests.integration.ticketing.desk import Ask, Desk, created, message

CAME = "杯子碎了,寄到人民路八号"


@pytest.mark.parametrize("seals_texts", [False, True])
def test_the_first_thing_the_customer_wrote_is_told(database: Database, seals_texts: bool) -> None:
    ring = KeyRing({"k1": secrets.token_bytes(32)})
    desk = Desk(Database(database.engine, "ticketing", ring, seals_texts=seals_texts))
    came = message(text=CAME)
    desk.file(came)
    number = desk.number_of(came.data["ticket_id"])
    desk.change(working.reply, desk.boss, number=number, text="我们补寄一个")
    told = desk.ask(get_wording, desk.boss, number)
    assert (told["text"], told["number"]) == (CAME, number)
    assert told["ticket_id"] == str(came.data["ticket_id"])
    assert told.keys() == {"ticket_id", "number", "subject", "kind", "text"}


def test_a_ticket_by_hand_has_words_too(ask: Ask) -> None:
    number = created(ask)["number"]
    told = ask("get_wording", number=number)
    assert (told["subject"], told["kind"]) == ("无法登录", "inquiry")
    with pytest.raises(NotFound):
        ask("get_wording", number="G20200101001")
