"""What an author writes: read from JSON, checked as a whole, shown as one answer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from html import escape
from typing import Any
from uuid import UUID

from libs.common.errors import DeskError
from libs.common.instants import read_instant
from services.kb.domain.html import MAX_SOURCE, sanitise, text_of
from services.kb.domain.reading import Reading

KINDS = ("faq", "solution", "document", "training")
LANGUAGES = ("zh", "en")
AUDIENCES = ("public", "staff")
MAX_TAGS, MAX_STEPS, MAX_CAUTIONS, MAX_VIDEOS = 20, 50, 20, 10
# Not to be taken for an id.
_SLUG = re.compile(r"(?![0-9a-f]{8}-)[a-z0-9]+(?:-[a-z0-9]+)*")
_HEADINGS = {
    "zh": {"steps": "操作步骤", "cautions": "注意事项", "videos": "操作视频"},
    "en": {"steps": "Steps", "cautions": "Cautions", "videos": "Videos"},
}
_OF_SOLUTIONS = ("steps", "cautions")


@dataclass(frozen=True)
class Video:
    """A guide elsewhere, shown as a link."""

    url: str
    title: str


@dataclass(frozen=True)
class Content:
    """One version's words, and whom they are for."""

    title: str
    kind: str = "faq"
    language: str = "zh"
    audience: str = "staff"
    summary: str = ""
    body_html: str = ""
    body_text: str = ""
    steps: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    videos: tuple[Video, ...] = ()
    category_id: UUID | None = None
    tags: tuple[str, ...] = ()
    slug: str | None = None
    valid_until: datetime | None = None

    def full_text(self) -> str:
        """Everything below the title as plain text."""
        return "\n".join(
            part for part in (self.summary, self.body_text, *self.steps, *self.cautions) if part
        )

    def answer_html(self) -> str:
        """The whole below the title, ready for an answer to a customer."""
        words = _HEADINGS[self.language]
        parts = [self.body_html]
        for name, tag in (("steps", "ol"), ("cautions", "ul")):
            if lines := getattr(self, name):
                items = "".join(f"<li>{escape(line)}</li>" for line in lines)
                parts.append(f"<h3>{words[name]}</h3><{tag}>{items}</{tag}>")
        if self.videos:
            links = "".join(
                f'<li><a href="{escape(one.url)}" rel="noopener noreferrer nofollow">'
                f"{escape(one.title)}</a></li>"
                for one in self.videos
            )
            parts.append(f"<h3>{words['videos']}</h3><ul>{links}</ul>")
        return "".join(part for part in parts if part)

    def answer_text(self) -> str:
        """The same without formatting."""
        words = _HEADINGS[self.language]
        lines = [self.body_text] if self.body_text else []
        if self.steps:
            numbered = (f"{place}. {step}" for place, step in enumerate(self.steps, 1))
            lines += [f"{words['steps']}:", *numbered]
        if self.cautions:
            lines += [f"{words['cautions']}:", *(f"- {caution}" for caution in self.cautions)]
        if self.videos:
            lines += [f"{words['videos']}:", *(f"- {v.title} {v.url}" for v in self.videos)]
        return "\n".join(lines)


NAMES = tuple(one.name for one in fields(Content) if one.name != "body_text")


@dataclass(frozen=True)
class _Rules:
    """How each field is read."""

    reading: Reading = field(default_factory=Reading)

    def read(self, name: str, raw: Any) -> Any:
        return getattr(self, f"_{name}")(raw)

    def _title(self, raw: Any) -> str:
        return self.reading.line(raw, "title", 200)

    def _kind(self, raw: Any) -> str:
        return self.reading.one_of(raw, KINDS, "kind")

    def _language(self, raw: Any) -> str:
        return self.reading.one_of(raw, LANGUAGES, "language")

    def _audience(self, raw: Any) -> str:
        return self.reading.one_of(raw, AUDIENCES, "audience")

    def _summary(self, raw: Any) -> str:
        return self.reading.line(raw, "summary", 500, least=0)

    def _body_html(self, raw: Any) -> str:
        return sanitise(self.reading.text(raw, "body_html", MAX_SOURCE))

    def _steps(self, raw: Any) -> tuple[str, ...]:
        return self._lines(raw, "steps", MAX_STEPS, 1_000)

    def _cautions(self, raw: Any) -> tuple[str, ...]:
        return self._lines(raw, "cautions", MAX_CAUTIONS, 1_000)

    def _tags(self, raw: Any) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._lines(raw, "tags", MAX_TAGS, 40)))

    def _videos(self, raw: Any) -> tuple[Video, ...]:
        found = []
        for place, one in enumerate(self.reading.list_of(raw, "videos", MAX_VIDEOS)):
            known = one if isinstance(one, Mapping) else {}
            url = self.reading.address(known.get("url"), f"videos[{place}].url")
            title = self.reading.line(known.get("title"), f"videos[{place}].title", 200)
            found.append(Video(url, title))
        return tuple(found)

    def _category_id(self, raw: Any) -> UUID | None:
        try:
            return None if raw is None else UUID(raw)
        except (ValueError, TypeError, AttributeError):
            self.reading.wrong("category_id", "must be a UUID")
            return None

    def _slug(self, raw: Any) -> str | None:
        if raw is None:
            return None
        if not isinstance(raw, str) or len(raw) > 80 or not _SLUG.fullmatch(raw):
            self.reading.wrong("slug", "must be small letters, digits and single hyphens, up to 80")
        return raw

    def _valid_until(self, raw: Any) -> datetime | None:
        try:
            return None if raw is None else read_instant("valid_until", raw)
        except DeskError as error:
            self.reading.wrong("valid_until", error.details["errors"]["valid_until"][0])
            return None

    def _lines(self, raw: Any, path: str, most: int, longest: int) -> tuple[str, ...]:
        lines = self.reading.list_of(raw, path, most)
        return tuple(
            self.reading.line(one, f"{path}[{place}]", longest) for place, one in enumerate(lines)
        )


def read_content(raw: Mapping[str, Any], before: Content | None = None) -> Content:
    """A whole content, or changes of one. Raises InvalidInput with everything that is wrong."""
    rules = _Rules()
    rules.reading.only(raw, NAMES)
    read = {name: rules.read(name, raw[name]) for name in NAMES if name in raw}
    if before is None and "title" not in raw:
        rules.reading.wrong("title", "is required")
    content = replace(before or Content(title=""), **read)
    if content.kind != "solution":
        for name in _OF_SOLUTIONS:
            if getattr(content, name):
                rules.reading.wrong(name, "only a solution has them")
    rules.reading.conclude()
    return replace(content, body_text=text_of(content.body_html))


def changed_names(before: Content, after: Content) -> Sequence[str]:
    """The fields in which two contents differ."""
    return [name for name in NAMES if getattr(before, name) != getattr(after, name)]
