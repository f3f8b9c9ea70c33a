"""Mail written by machines: answers of absent people, bounces, lists, and our own come back."""

from services.intake.domain.mail.headers import Headers

LOOP_HEADER = "x-tidedesk-loop"

_BULK = {"bulk", "junk", "list", "auto_reply"}
_DAEMONS = ("mailer-daemon@", "postmaster@", "mdaemon@")


def has_loop_mark(headers: Headers) -> bool:
    """We sent it ourselves: it is dropped, or two systems would write to one another for ever."""
    return LOOP_HEADER in headers


def is_bounce(headers: Headers, content_type: str, address: str) -> bool:
    """A delivery report: it tells of a mail of ours and is never to be answered."""
    is_report = content_type == "multipart/report" and "delivery-status" in headers.raw(
        "content-type"
    )
    is_daemon = address.lower().startswith(_DAEMONS)
    return is_report or is_daemon or "x-failed-recipients" in headers


def is_automatic(headers: Headers, content_type: str, address: str) -> bool:
    """Nobody wrote it by hand, so nothing automatic may answer it (RFC 3834)."""
    return (
        headers.word("auto-submitted") not in ("", "no")
        or headers.word("precedence") in _BULK
        or headers.word("x-auto-response-suppress") not in ("", "none")
        or any(name in headers for name in ("x-autoreply", "x-autorespond", "list-id"))
        or content_type == "multipart/report"
        or headers.raw("return-path").replace(" ", "") == "<>"
        or is_bounce(headers, content_type, address)
    )


def ignored_because(has_mark: bool, address: str | None, own: frozenset[str]) -> str | None:
    """Why a mail is not filed at all; None if it is. `own`: the addresses we write from."""
    if has_mark:
        return "loop: the mail carries our own mark"
    if address in own:
        return "loop: the mail comes from an address of ours"
    return None
