"""From what is told to words: one's own texts, else the shipped ones, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nh3
from jinja2 import FileSystemLoader
from markupsafe import Markup

from services.notify.clients import sandbox
from services.notify.clients.shipped_texts import FOLDER, WITH_FILES, shipped
from services.notify.domain.codes import Purpose
from services.notify.domain.happenings import CUSTOMER, Audience
from services.notify.domain.headers import MAX_NAME, MAX_SUBJECT, one_line
from services.notify.domain.occasions import occasion_named
from services.notify.domain.texts import (
    LANGUAGES,
    TEMPLATE_OF,
    Source,
    TextKey,
    default_key,
    other_language,
)
from services.notify.domain.wording import (
    REPLY_MARK,
    choose_language,
    code_subject,
    footer,
    name_purpose,
)

_MAX_SMS, _MAX_ROBOT = 500, 4_000  # characters; robots take some 20 kB, which is 5,000 of ours


@dataclass(frozen=True)
class Wording:
    """A message as it reads. `params` are the provider's variables, by name and in its order."""

    subject: str
    text: str
    html: str | None = None
    language: str = "zh"
    provider_code: str | None = None
    params: tuple[tuple[str, str], ...] = field(default=())
    is_shipped: bool = True


@dataclass(frozen=True)
class CodeWording:
    """A code as a mail in its two forms, and as a text message."""

    subject: str
    text: str
    html: str
    sms: str


@dataclass(frozen=True)
class Asked:
    """Which words are wanted. `channel` is a delivery's; `key` names one's own texts, if any."""

    occasion: str
    audience: Audience
    channel: str
    language: str
    key: str | None = None


class NoText(Exception):
    """Nobody has written what such a recipient is told of such an occasion."""


class Templates:
    """Compiled once; rendering costs a fraction of a millisecond."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._environment = sandbox.environment(
            loader=FileSystemLoader(folder),
            autoescape=lambda name: bool(name) and name.endswith(".html"),
        )

    def render(
        self, asked: Asked, values: Mapping[str, Any], own: Mapping[TextKey, Source] | None = None
    ) -> Wording:
        """`values`: every variable of the occasion. `own` are texts beside the shipped ones.

        Raises NoText, and ValueError for a text that cannot be made.
        """
        source, language, is_shipped = find_text(asked, own or {})
        return self.render_source(source, asked, values, language, is_shipped=is_shipped)

    def render_source(
        self,
        source: Source,
        asked: Asked,
        values: Mapping[str, Any],
        language: str,
        *,
        is_shipped: bool = False,
    ) -> Wording:
        """This very text, whoever wrote it."""
        known = occasion_named(asked.occasion)
        given = {name: values.get(name) or "" for name in known.names}
        subject = one_line(sandbox.render(source.subject or "", given), MAX_SUBJECT)
        text = sandbox.render(source.body, given).strip()
        params = tuple((name, str(given[name])) for name in source.provider_params)
        html = None
        if asked.channel == "mail":
            mark = REPLY_MARK if asked.audience == CUSTOMER else ""
            html = self._html(
                source, asked, given | {"reply_mark": mark}, text, language, is_shipped
            )
            text = f"{mark}\n\n{text}\n" if mark else f"{text}\n"
        return Wording(
            subject,
            _fitting(asked.channel, text),
            html,
            language,
            source.provider_code,
            params,
            is_shipped,
        )

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

    def _html(
        self,
        source: Source,
        asked: Asked,
        values: Mapping[str, Any],
        text: str,
        language: str,
        is_shipped: bool,
    ) -> str:
        rich = {"rich_text": clean(values.get("rich_text"))}
        if is_shipped and asked.audience == CUSTOMER and (key := _file_of(asked.occasion)):
            page = self._environment.get_template(f"{language}/{key}.html")
            return page.render({**values, **rich})
        if source.html:
            fragment = clean(sandbox.render_html(source.html, {**values, **rich})) or Markup()
        else:
            fragment = sandbox.paragraphs(text)
        return self._environment.get_template("plain.html").render(
            fragment=fragment,
            language=language,
            reply_mark=values["reply_mark"],
            footer=footer(language, values["number"], values["company"], asked.audience),
        )


def find_text(asked: Asked, own: Mapping[TextKey, Source]) -> tuple[Source, str, bool]:
    """The text, its language and whether it is a shipped one; raises NoText.

    The key's own text comes first, in the other language too; then the occasion's own, then the
    shipped one.
    """
    wanted = choose_language(asked.language)
    kind = TEMPLATE_OF[asked.channel]
    occasion = occasion_named(asked.occasion)
    for key in filter(None, (asked.key, default_key(occasion, asked.audience))):
        for language in (wanted, other_language(wanted)):
            if source := own.get((key, kind, language)):
                return source, language, False
    for language in (wanted, *LANGUAGES):
        if source := shipped(occasion.key, asked.audience, kind, language):
            return source, language, True
    raise NoText(f"no text of {occasion.key} for {asked.audience} on {kind}")


def clean(html: str | None) -> Markup | None:
    """What may stand in a mail, and nothing else."""
    return Markup(nh3.clean(html)) if html else None


def _file_of(occasion: str) -> str | None:
    key = occasion_named(occasion).key
    return key if key in WITH_FILES else None


def _fitting(channel: str, text: str) -> str:
    if channel == "mail":
        return text
    limit = _MAX_SMS if channel == "sms" else _MAX_ROBOT
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
