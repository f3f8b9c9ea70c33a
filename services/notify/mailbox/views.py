"""The mailbox's pages and its JSON, by route."""

import json
import re
import smtplib
from collections.abc import Callable
from dataclasses import asdict
from email.errors import MessageError
from urllib.parse import quote

from services.notify.mailbox.answers import send_answer, write_answer
from services.notify.mailbox.reading import Mail
from services.notify.mailbox.shown import NOTHING, PAGES, as_json, limit_of, page, see
from services.notify.mailbox.store import KEPT, MailStore, Summary
from services.notify.mailbox.web import Request, Response, Route

_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_ID = "(?P<mail_id>[0-9a-f]{32})"


class Views:
    """What each route answers."""

    def __init__(self, store: MailStore, answers_host: str, answers_port: int) -> None:
        self._store = store
        self._answers = (answers_host, answers_port)

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Callable[..., Response]]] = [
            ("GET", "/", self.list_page),
            ("GET", "/style.css", self.style),
            ("GET", f"/messages/{_ID}", self.mail_page),
            ("GET", f"/messages/{_ID}/html", self.html_part),
            ("POST", f"/messages/{_ID}/reply", self.reply_form),
            ("POST", "/clear", self.clear_form),
            ("GET", "/api/messages", self.list_mails),
            ("DELETE", "/api/messages", self.clear),
            ("GET", f"/api/messages/{_ID}", self.show_mail),
            ("GET", f"/api/messages/{_ID}/raw", self.raw_mail),
            ("GET", f"/api/messages/{_ID}/attachments/(?P<position>[0-9]+)", self.attachment),
            ("POST", f"/api/messages/{_ID}/reply", self.reply),
        ]
        return [(method, re.compile(pattern), self._known(view)) for method, pattern, view in table]

    def _known(self, view: Callable[..., Response]) -> Callable[..., Response]:
        """A mail that is gone is 404 on every route that names one."""

        def answer(request: Request, mail_id: str | None = None, **rest: str) -> Response:
            if mail_id is None:
                return view(request)
            summary = self._store.find(mail_id)
            if summary is None:
                return as_json({"detail": "no such mail"}, 404)
            return view(request, summary, Mail(self._store.raw(mail_id)), **rest)

        return answer

    def list_page(self, request: Request) -> Response:
        to = request.query.get("to", "")
        return page("list.html", mails=self._store.newest(to=to, limit=200), to=to)

    def style(self, request: Request) -> Response:
        return Response((PAGES / "style.css").read_bytes(), content_type="text/css; charset=utf-8")

    def mail_page(self, request: Request, summary: Summary, mail: Mail) -> Response:
        note = request.query.get("note", "")
        return page("mail.html", summary=summary, mail=mail, note=note)

    def html_part(self, request: Request, summary: Summary, mail: Mail) -> Response:
        return Response(mail.html.encode(), headers={"Content-Security-Policy": _SANDBOX})

    def reply_form(self, request: Request, summary: Summary, mail: Mail) -> Response:
        error = self._send(mail, request.form().get("text", ""))
        note = f"未能送达：{error}" if error else "已送达客服系统"
        return see(f"/messages/{summary.id}?note={quote(note)}")

    def clear_form(self, request: Request) -> Response:
        self._store.clear()
        return see("/")

    def list_mails(self, request: Request) -> Response:
        limit = limit_of(request.query, KEPT)
        if limit is None:
            return as_json({"detail": f"limit must be 1 to {KEPT}"}, 422)
        found = self._store.newest(to=request.query.get("to", ""), limit=limit)
        return as_json({"items": [_summary_form(summary) for summary in found]})

    def clear(self, request: Request) -> Response:
        self._store.clear()
        return NOTHING

    def show_mail(self, request: Request, summary: Summary, mail: Mail) -> Response:
        files = [
            {"position": at, "name": one.name, "media_type": one.media_type, "size": one.size}
            for at, one in enumerate(mail.files)
        ]
        parts = {"headers": mail.headers, "text": mail.text, "html": mail.html}
        return as_json({**_summary_form(summary), **parts, "attachments": files})

    def raw_mail(self, request: Request, summary: Summary, mail: Mail) -> Response:
        return Response(self._store.raw(summary.id), content_type="text/plain; charset=utf-8")

    def attachment(self, request: Request, summary: Summary, mail: Mail, position: str) -> Response:
        if int(position) >= len(mail.files):
            return as_json({"detail": "no such attachment"}, 404)
        file = mail.files[int(position)]
        named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"}
        return Response(file.content, content_type="application/octet-stream", headers=named)

    def reply(self, request: Request, summary: Summary, mail: Mail) -> Response:
        try:
            text = json.loads(request.body)["text"]
        except (ValueError, LookupError, TypeError):
            text = None
        if not isinstance(text, str) or not text.strip():
            return as_json({"detail": "text is required", "errors": {"text": ["required"]}}, 422)
        error = self._send(mail, text)
        return as_json({"detail": error}, 502) if error else as_json({"state": "taken"}, 202)

    def _send(self, mail: Mail, text: str) -> str | None:
        """Why our listener did not take the answer, or None."""
        try:
            send_answer(write_answer(mail, text), *self._answers)
        except (OSError, smtplib.SMTPException, MessageError, ValueError, LookupError) as error:
            return str(error)
        return None


def _summary_form(summary: Summary) -> dict[str, object]:
    form = asdict(summary)
    return {"id": form.pop("id"), "from": form.pop("sender"), **form}
