"""One-time codes: what reaches the reader, and what does not when something is in the way."""

from uuid import UUID

import pytest
from sqlalchemy import text

from libs.common.errors import InvalidInput, Unavailable
from libs.common.testing.eventually import eventually
from services.notify.clients.post import Parcel
from services.notify.domain.codes import Channel, Purpose
from services.notify.storage.codes import address_context, code_context
from services.notify.use_cases.forget import tidy_codes
from services.notify.use_cases.hand_over_codes import claim_codes, hand_over_codes
from services.notify.use_cases.send_code import CodeDesk, send_code
from services.notify.use_cases.send_mails import send_mails
from tests.integration.notify.desk import CODE, Desk, ticket_of
from tests.support.sms_sink import Kind, SmsSink
from tests.support.smtp_sink import SmtpSink

NUMBER = CODE["address"]
BY_MAIL = {"channel": Channel.MAIL, "address": "han@example.com"}


def test_a_code_by_sms_reaches_its_number_signed(desk: Desk, sms: SmsSink) -> None:
    desk.send_code()
    desk.hand_over()
    (request,) = sms.requests()
    assert request.is_signed
    assert request.to == NUMBER
    assert request.text.startswith("【Tidedesk 客服】您正在登录，验证码 864209，5 分钟内有效")
    assert UUID(request.message_id) == desk.code().code_id
    assert (desk.code().status, desk.code().attempts) == ("sent", 1)


@pytest.mark.parametrize(
    ("language", "purpose", "subject", "words"),
    [
        ("zh", Purpose.PORTAL, "查询工单验证码", "验证码在 5 分钟内有效"),
        ("en", Purpose.LOGIN, "Your code to sign in", "It is valid for 5 minutes"),
    ],
)
def test_a_code_by_mail_is_a_small_mail_of_no_ticket(
    desk: Desk, sink: SmtpSink, language: str, purpose: Purpose, subject: str, words: str
) -> None:
    desk.send_code(**BY_MAIL, language=language, purpose=purpose)
    desk.hand_over()
    (mail,) = sink.mails("han@example.com")
    assert mail.message["Subject"] == subject
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["References"] is None
    for form in ("plain", "html"):
        assert "864209" in mail.text(form)
    assert words in mail.text()
    assert "请在此行上方回复" not in mail.text("html")


def test_a_number_as_people_write_it_is_the_same_number(desk: Desk, sms: SmsSink) -> None:
    desk.send_code(address="138 0013 8000")
    desk.hand_over()
    assert [one.to for one in sms.requests()] == [NUMBER]


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.SMS, "12345"),
        (Channel.SMS, "han@example.com"),
        (Channel.MAIL, NUMBER),
        (Channel.MAIL, "韩@example.com"),
        (Channel.MAIL, ""),
    ],
)
@pytest.mark.parametrize("is_wanted", [True, False])
def test_what_is_no_address_is_refused_by_field(
    desk: Desk, channel: Channel, address: str, is_wanted: bool
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        desk.send_code(channel=channel, address=address, is_wanted=is_wanted)
    assert list(refusal.value.details["errors"]) == ["address"]


def test_without_a_provider_codes_by_sms_are_refused_wanted_or_not(desk: Desk) -> None:
    nobody = CodeDesk(desk.ordering.keys, has_sms=False)
    for is_wanted in (True, False):
        asked = CODE | {"is_wanted": is_wanted}
        with desk.database.begin() as uow, pytest.raises(Unavailable) as refusal:
            send_code(uow, nobody, desk.now, **asked)
        assert refusal.value.code == "sms.not_configured"
    assert desk.code_rows() == []


def test_a_code_that_is_not_wanted_is_kept_like_any_and_never_sent(
    desk: Desk, sms: SmsSink
) -> None:
    desk.send_code(is_wanted=False)
    desk.hand_over()
    assert sms.requests() == []
    assert desk.code().status == "skipped"


def test_address_and_code_are_sealed_and_bound_to_their_row(desk: Desk) -> None:
    desk.send_code()
    row, keys = desk.code(), desk.ordering.keys
    assert keys.decrypt_text(row.address_encrypted, address_context(row.code_id)) == NUMBER
    assert keys.decrypt_text(row.code_encrypted, code_context(row.code_id)) == "864209"
    assert b"864209" not in row.code_encrypted


@pytest.mark.parametrize("kind", ["fail", "throttle", "redirect"])
def test_a_provider_in_trouble_is_asked_again_with_the_same_id(
    desk: Desk, sms: SmsSink, kind: Kind
) -> None:
    desk.send_code()
    sms.behave(kind)
    desk.hand_over()
    assert desk.code().status == "waiting"
    sms.behave("accept")
    desk.wait(seconds=1)
    desk.hand_over()
    assert desk.code().status == "sent"
    assert len({one.message_id for one in sms.requests()}) == 1
    assert len(sms.requests()) == 2


def test_a_number_that_the_provider_refuses_is_not_tried_again(desk: Desk, sms: SmsSink) -> None:
    desk.send_code()
    sms.behave("refuse")
    desk.hand_over()
    assert (desk.code().status, desk.code().attempts) == ("failed", 1)
    assert desk.code().error == "the provider answered 422"


def test_after_four_attempts_a_code_is_given_up(desk: Desk, sms: SmsSink) -> None:
    desk.send_code()
    sms.behave("fail")
    for _ in range(6):
        desk.hand_over()
        desk.wait(seconds=16)
    assert (desk.code().status, desk.code().attempts) == ("failed", 4)
    assert len(sms.requests()) == 4


def test_a_code_is_not_tried_beyond_its_time(desk: Desk, sms: SmsSink) -> None:
    desk.send_code(valid_seconds=60)
    sms.behave("fail")
    for _ in range(3):
        desk.hand_over()
        desk.wait(seconds=25)
    assert desk.code().status == "failed"
    assert len(sms.requests()) == 3


@pytest.mark.parametrize("by", [{}, BY_MAIL])
def test_a_code_that_nobody_handed_over_in_time_expires_unsent(
    desk: Desk, sms: SmsSink, sink: SmtpSink, by: dict[str, object]
) -> None:
    desk.send_code(**by)
    desk.wait(seconds=300)
    desk.hand_over()
    assert desk.code().status == "expired"
    assert (sms.requests(), sink.count()) == ([], 0)


def test_a_code_whose_way_is_closed_expires_all_the_same(desk: Desk, sink: SmtpSink) -> None:
    sink.stop()
    desk.send_code(**BY_MAIL)
    desk.hand_over()
    desk.wait(seconds=300)
    tidy_codes(desk.database, desk.now)
    assert desk.code().status == "expired"
    sink.start()


def test_an_sms_whose_outcome_is_unknown_is_not_sent_twice(desk: Desk, sms: SmsSink) -> None:
    desk.send_code()
    assert len(claim_codes(desk.database, desk.codes, desk.now)) == 1
    desk.wait(seconds=30)
    desk.hand_over(desk.open_code_room())
    assert desk.code().status == "unknown"
    assert sms.requests() == []


def test_a_mail_whose_outcome_is_unknown_is_sent_again_the_same(desk: Desk, sink: SmtpSink) -> None:
    desk.send_code(**BY_MAIL)
    (lost,) = claim_codes(desk.database, desk.codes, desk.now)
    assert isinstance(lost, Parcel)
    desk.wait(seconds=29)
    desk.hand_over()
    assert sink.count() == 0
    desk.wait(seconds=1)
    desk.hand_over(desk.open_code_room())
    assert sink.mails()[0].raw == b"".join(lost.write())
    assert desk.code().status == "sent"


def test_what_a_process_knows_it_settles_though_the_lease_ran_out(desk: Desk, sms: SmsSink) -> None:
    desk.send_code()
    (item,) = claim_codes(desk.database, desk.codes, desk.now)
    way = desk.codes.ways[Channel.SMS]
    way.take([item])
    eventually(lambda: len(way.outcomes(0)) == 1)
    desk.wait(seconds=30)
    desk.hand_over()
    assert desk.code().status == "sent"
    assert len(sms.requests()) == 1


def test_a_hanging_provider_delays_neither_mails_nor_other_texts(
    desk: Desk, sms: SmsSink, sink: SmtpSink
) -> None:
    stuck = "+8613800138001"
    sms.behave("hang", stuck)
    for _ in range(3):
        desk.send_code(address=stuck)
    hand_over_codes(desk.database, desk.codes, desk.now)
    eventually(lambda: len(sms.requests(stuck)) == 3)
    desk.send_code()
    desk.send_code(**BY_MAIL)
    desk.acknowledge(ticket_of(desk.known_customer()))

    def others_are_sent() -> bool:
        hand_over_codes(desk.database, desk.codes, desk.now)
        return [row.status for row in desk.code_rows()] == ["sending"] * 3 + ["sent"] * 2

    eventually(others_are_sent)
    desk.send()
    assert desk.delivery().status == "sent"
    assert [row.status for row in desk.code_rows()][:3] == ["sending"] * 3
    sms.forget()
    desk.hand_over()


def test_codes_go_past_mails_that_hang(desk: Desk, sink: SmtpSink) -> None:
    sink.behave("hang", "stuck@example.com")
    stuck = {"contact_id": UUID(int=1), "kind": "email", "value": "stuck@example.com"}
    customer = desk.known_customer(contacts=[{**stuck, "is_verified": False}])
    desk.acknowledge(*(ticket_of(customer) for _ in range(20)))
    send_mails(desk.database, desk.room, desk.now)
    desk.send_code(**BY_MAIL)
    desk.hand_over()
    assert desk.code().status == "sent"
    assert len(sink.mails("han@example.com")) == 1


def test_a_code_that_no_key_opens_fails_alone(desk: Desk, sms: SmsSink) -> None:
    desk.send_code()
    with desk.database.engine.begin() as connection:
        connection.execute(text("UPDATE codes SET code_encrypted = 'x'"))
    desk.send_code()
    desk.hand_over()
    assert [row.status for row in desk.code_rows()] == ["failed", "sent"]


def test_codes_are_dropped_after_a_day_in_small_steps(desk: Desk) -> None:
    for _ in range(3):
        desk.send_code()
    desk.wait(hours=24)
    assert not tidy_codes(desk.database, desk.now)
    assert len(desk.code_rows()) == 3
    desk.wait(seconds=1)
    assert tidy_codes(desk.database, desk.now, step=2)
    assert len(desk.code_rows()) == 1
    assert not tidy_codes(desk.database, desk.now, step=2)
    assert desk.code_rows() == []
