"""The connection to the mail server: encrypted, logged in, and clear about whose fault it is."""

from pathlib import Path

import pytest

from services.notify.clients.smtp import MailServer, Refused, Unreachable
from tests.support.smtp_sink import Scheme, SmtpSink

MAIL = [b"Subject: x\r\n\r\n", b".a line that begins with a dot\r\n", b"..\r\n"]


def send(server: MailServer) -> None:
    connection = server.connect()
    connection.send("a@tidedesk.local", "han@example.com", MAIL)
    connection.close()


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_an_encrypted_server_that_wants_a_login_is_given_both(
    tmp_path: Path, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SmtpSink(tmp_path, scheme) as sink:
        monkeypatch.setenv("SSL_CERT_FILE", str(sink.certificate))
        send(MailServer(sink.url, "tidedesk.local"))
        assert sink.count() == 1


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_certificate_that_is_not_trusted_is_not_spoken_to(tmp_path: Path, scheme: Scheme) -> None:
    with SmtpSink(tmp_path, scheme) as sink, pytest.raises(Unreachable, match="certificate"):
        MailServer(sink.url, "tidedesk.local").connect()


def test_a_wrong_password_is_the_servers_trouble_and_no_mails_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SmtpSink(tmp_path, "smtps") as sink:
        monkeypatch.setenv("SSL_CERT_FILE", str(sink.certificate))
        with pytest.raises(Unreachable, match="535"):
            MailServer(sink.url.replace("s3cret", "wrong"), "tidedesk.local").connect()


def test_a_server_that_speaks_no_tls_is_not_told_the_password(sink: SmtpSink) -> None:
    url = sink.url.replace("smtp://", "smtp+starttls://me:secret@")
    with pytest.raises(Unreachable):
        MailServer(url, "tidedesk.local").connect()


def test_lines_that_begin_with_a_dot_arrive_as_they_are(sink: SmtpSink) -> None:
    send(MailServer(sink.url, "tidedesk.local"))
    assert sink.mails()[0].raw == b"".join(MAIL)


def test_a_connection_serves_on_after_a_refusal(sink: SmtpSink) -> None:
    connection = MailServer(sink.url, "tidedesk.local").connect()
    sink.behave("refuse", "bad@example.com")
    with pytest.raises(Refused, match="550"):
        connection.send("a@tidedesk.local", "bad@example.com", MAIL)
    connection.send("a@tidedesk.local", "good@example.com", MAIL)
    assert connection.is_usable()
    connection.close()
    assert not connection.is_usable()
    assert [mail.recipient for mail in sink.mails()] == ["good@example.com"]


def test_half_a_mail_is_never_taken_for_a_whole_one(sink: SmtpSink) -> None:
    def breaks_off() -> object:
        yield MAIL[0]
        raise LookupError("the file is gone")

    connection = MailServer(sink.url, "tidedesk.local").connect()
    with pytest.raises(LookupError):
        connection.send("a@tidedesk.local", "han@example.com", breaks_off())  # type: ignore[arg-type]
    assert not connection.is_usable()
    send(MailServer(sink.url, "tidedesk.local"))
    assert sink.count() == 1


def test_nobody_at_home_is_unreachable(sink: SmtpSink) -> None:
    sink.stop()
    with pytest.raises(Unreachable):
        MailServer(sink.url, "tidedesk.local").connect()
    sink.start()


@pytest.mark.parametrize("url", ["http://mail:25", "mail:25", "smtp://", "smtp+tls://mail"])
def test_an_address_of_another_kind_is_refused_by_name(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        MailServer(url, "tidedesk.local")
