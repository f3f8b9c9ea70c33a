"""The texts of mails: Jinja2 in a sandbox, one folder a language, HTML escaped by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nh3
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from services.notify.domain.codes import Purpose
from services.notify.domain.headers import MAX_NAME, MAX_SUBJECT, one_line
from services.notify.domain.orders import Occasion
from services.notify.domain.wording import (
    REPLY_MARK,
    choose_language,
    code_subject,
    describe_ticket,
    name_purpose,
)

_FOLDER = Path(__file__).resolve().parents[1] / "templates"


@dataclass(frozen=True)
class Wording:
    """The two forms of a mail's text."""

    text: str
    html: str


@dataclass(frozen=True)
class CodeWording:
    """A code as a mail in its two forms, and as a text message."""

    subject: str
    text: str
    html: str
    sms: str


class Templates:
    """Compiled once; rendering costs a fraction of a millisecond."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            autoescape=lambda name: bool(name) and name.endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["lines"] = _lines
        self._environment.filters["quoted"] = _quoted

    def render(
        self, occasion: Occasion, language: str, content: Mapping[str, Any], **names: str
    ) -> Wording:
        """`names`: `number`, `customer` and `company`, as the mail calls them."""
        folder = choose_language(language)
        values = {
            **content,
            **describe_ticket(content, folder),
            **{key: one_line(name, MAX_NAME) for key, name in names.items()},
            "subject": one_line(content["subject"], MAX_SUBJECT),
            "rich_text": _clean(content["html"]),
            "reply_mark": REPLY_MARK,
        }
        forms = (f"{folder}/{occasion}.txt", f"{folder}/{occasion}.html")
        text, html = (self._environment.get_template(form).render(values) for form in forms)
        return Wording(text, html)

    def render_code(
        self, purpose: Purpose, language: str, code: str, minutes: int, company: str
    ) -> CodeWording:
        """What brings a one-time code, in any of its forms."""
        folder = choose_language(language)
        values = {
            "purpose": name_purpose(purpose, folder),
            "code": code,
            "minutes": minutes,
            "company": one_line(company, MAX_NAME),
            "reply_mark": "",
        }
        text, html, sms = (
            self._environment.get_template(f"{folder}/code.{form}").render(values)
            for form in ("txt", "html", "sms")
        )
        return CodeWording(code_subject(purpose, folder), text, html, sms.strip())


def _clean(html: str | None) -> Markup | None:
    return Markup(nh3.clean(html)) if html else None


def _lines(text: str) -> Markup:
    return Markup("<br>\n").join(escape(line) for line in text.strip().splitlines())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
