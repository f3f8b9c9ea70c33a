"""The SMTP listener on a real socket."""

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import create_engine

from libs.common.supervisor.ports import free_port
from libs.common.testing.eventually import eventually
from services.intake.service.keeping import open_doorkeeper
from services.intake.service.smtp import MAX_MAIL, House, MailHandler, make_session
from services.intake.storage.known_accounts import Accounts
from tests.integration.intake.desk import SUPPORT, Desk
from tests.unit.intake.mails import plain

ANN = "ann@example.com"


class Listener:
    """The listener in a thread of its own."""

    def __init__(self, handler: MailHandler, house: House | None = None) -> None:
        self.port = free_port()
        self._loop = asyncio.new_event_loop()
        self._house = house or House()
        self._thread = threading.Thread(target=self._run, args=(handler,))
        self._thread.start()
        eventually(lambda: self.connect().quit(), trouble=(OSError, smtplib.SMTPException))

    def _run(self, handler: MailHandler) -> None:
        session = self._loop.create_server(
            lambda: make_session(handler, self._house), "127.0.0.1", self.port
        )
        server = self._loop.run_until_complete(session)
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(asyncio.sleep(0.1))
        self._loop.close()

    def connect(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.port, timeout=30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


@pytest.fixture(scope="module")
def listener(desk: Desk) -> Iterator[Listener]:
    handler = MailHandler(open_doorkeeper(desk.config, desk.engine), Accounts(desk.engine))
    started = Listener(handler)
    yield started
    started.close()


def receipts(desk: Desk, message_id: str) -> list[str]:
    rows = desk.rows("SELECT * FROM receipts WHERE external_id = :id", id=message_id)
    return [str(row["receipt_id"]) for row in rows]


def test_a_mail_is_taken_once_it_is_committed(desk: Desk, listener: Listener) -> None:
    name = f"<{uuid4()}@example.com>"
    with listener.connect() as smtp:
        smtp.sendmail(ANN, [SUPPORT], plain(Message_ID=name))
    (receipt_id,) = receipts(desk, name)
    desk.file()
    received = desk.received(receipt_id)
    assert received["channel"] == "mail"
    assert not received["is_auto_reply"]


def test_the_same_mail_twice_is_one(desk: Desk, listener: Listener) -> None:
    name = f"<{uuid4()}@example.com>"
    for _ in range(2):
        with listener.connect() as smtp:
            smtp.sendmail(ANN, [SUPPORT, SUPPORT.upper()], plain(Message_ID=name))
    assert len(receipts(desk, name)) == 1


def test_a_mail_by_smtp_and_by_http_is_one(desk: Desk, listener: Listener) -> None:
    mail = plain(Message_ID=f"<{uuid4()}@example.com>")
    with listener.connect() as smtp:
        smtp.sendmail(ANN, [SUPPORT], mail)
    receipt_id = desk.send_mail(mail).json["receipt_id"]
    assert receipts(desk, mail.split(b"Message-ID: ")[1].split(b"\n")[0].decode()) == [receipt_id]


def test_a_null_sender_is_a_robot(desk: Desk, listener: Listener) -> None:
    name = f"<{uuid4()}@example.com>"
    with listener.connect() as smtp:
        smtp.sendmail("", [SUPPORT], plain(Message_ID=name))
    desk.file()
    assert desk.received(receipts(desk, name)[0])["is_auto_reply"]


@pytest.mark.parametrize("address", ["nobody@tidedesk.local", "root", "support@elsewhere.example"])
def test_others_mail_is_refused(listener: Listener, address: str) -> None:
    with listener.connect() as smtp, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.sendmail(ANN, [address], plain())
    assert refused.value.recipients[address][0] == 550


def test_an_account_id_is_no_mailbox(desk: Desk, listener: Listener) -> None:
    account = desk.scalar("SELECT account_id FROM channel_accounts WHERE channel = 'mail'")
    with listener.connect() as smtp:
        smtp.ehlo()
        smtp.mail(ANN)
        assert smtp.rcpt(str(account))[0] == 550


def test_an_announced_giant_is_refused_at_once(listener: Listener) -> None:
    with listener.connect() as smtp:
        smtp.ehlo()
        code, _ = smtp.mail(ANN, [f"SIZE={MAX_MAIL + 1}"])
    assert code == 552


def test_a_giant_is_refused_at_its_end(desk: Desk, listener: Listener) -> None:
    name = f"<{uuid4()}@example.com>"
    line = b"x" * 900 + b"\r\n"
    mail = plain(Message_ID=name) + line * (MAX_MAIL // len(line) + 1)
    with listener.connect() as smtp:
        smtp.ehlo()
        smtp.mail(ANN)
        smtp.rcpt(SUPPORT)
        assert smtp.data(mail)[0] == 552
        assert smtp.noop()[0] == 250
    assert receipts(desk, name) == []


def test_long_lines_and_raw_bytes_are_taken(desk: Desk, listener: Listener) -> None:
    name = f"<{uuid4()}@example.com>"
    mail = f"From: {ANN}\r\nMessage-ID: {name}\r\n\r\n".encode() + "长".encode("gbk") * 9000
    with listener.connect() as smtp:
        smtp.sendmail(ANN, [SUPPORT], mail)
    desk.file()
    assert desk.received(receipts(desk, name)[0])["text"] == "长" * 9000


def test_trouble_is_temporary(desk: Desk) -> None:
    broken = create_engine("postgresql+psycopg2://nobody@127.0.0.1:1/nothing")
    cut_off = Listener(MailHandler(open_doorkeeper(desk.config, broken), Accounts(desk.engine)))
    nothing_known = Listener(MailHandler(open_doorkeeper(desk.config, broken), Accounts(broken)))
    try:
        with cut_off.connect() as smtp, pytest.raises(smtplib.SMTPDataError) as refused:
            smtp.sendmail(ANN, [SUPPORT], plain())
        assert refused.value.smtp_code == 451
        with nothing_known.connect() as smtp:
            smtp.ehlo()
            smtp.mail(ANN)
            assert smtp.rcpt(SUPPORT)[0] == 451
    finally:
        cut_off.close()
        nothing_known.close()


def test_who_finds_the_house_full_may_come_again(desk: Desk) -> None:
    handler = MailHandler(open_doorkeeper(desk.config, desk.engine), Accounts(desk.engine))
    small = Listener(handler, House(most=1))
    try:
        first = eventually(small.connect, trouble=(smtplib.SMTPException, OSError))
        with pytest.raises((smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected)):
            small.connect()
        first.quit()
        eventually(lambda: small.connect().quit(), trouble=(smtplib.SMTPException, OSError))
    finally:
        small.close()
