"""Mail that machines wrote."""

import pytest

from services.intake.domain.mail.automatic import ignored_because
from services.intake.domain.mail.reading import read_mail
from tests.unit.intake.mails import bounce, plain


def test_a_person_is_no_machine() -> None:
    message = read_mail(plain(Auto_Submitted="no", Return_Path="<zhang@example.com>"))
    assert not message.is_auto_reply
    assert not message.has_loop_mark


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Auto_Submitted", "auto-replied"),
        ("Auto_Submitted", "auto-generated; owner-email=x@y.cn"),
        ("Precedence", "bulk"),
        ("Precedence", "Auto_Reply"),
        ("Precedence", "junk"),
        ("X_Auto_Response_Suppress", "OOF, AutoReply"),
        ("X_Autoreply", "yes"),
        ("List_Id", "<news.example.com>"),
        ("Return_Path", "<>"),
    ],
)
def test_marks_of_machines_are_seen(header: str, value: str) -> None:
    assert read_mail(plain(**{header: value})).is_auto_reply


def test_daemons_are_recognised_by_their_address() -> None:
    message = read_mail(plain(sender="Mail <MAILER-DAEMON@mx.example.com>"))
    assert message.is_auto_reply
    assert message.is_bounce


def test_a_bounce_refers_to_the_mail_that_came_back() -> None:
    message = read_mail(bounce("<ours@tidedesk.local>"))
    assert message.is_bounce
    assert message.references == "<ours@tidedesk.local>"
    assert "could not be delivered" in message.text


def test_an_absence_note_refers_to_what_it_answers() -> None:
    message = read_mail(plain(Auto_Submitted="auto-replied", In_Reply_To="<ours@tidedesk.local>"))
    assert message.is_auto_reply
    assert not message.is_bounce
    assert message.references == "<ours@tidedesk.local>"


def test_our_own_mail_is_ignored_with_a_reason() -> None:
    own = frozenset({"support@tidedesk.local"})
    marked = read_mail(plain(X_Tidedesk_Loop="1"))
    assert "mark" in (ignored_because(marked.has_loop_mark, marked.sender.email, own) or "")
    assert "address" in (ignored_because(False, "support@tidedesk.local", own) or "")
    assert ignored_because(False, "zhang@example.com", own) is None
    assert ignored_because(False, None, own) is None
