"""HTML of strangers: what may be kept of it, and its text."""

import re
from collections.abc import Mapping
from html import escape, unescape
from html.parser import HTMLParser

import nh3

from services.intake.domain.texts import clean_text

MAX_SOURCE = 500_000  # characters of HTML that are sanitised; of longer ones only the text is kept
_MAX_STRIPPED = 2_000_000  # characters whose tags are merely taken off
_MAX_DEPTH = 1_000  # time grows with the square of the depth, and no letter is deeper
_MAX_ELEMENTS = 200_000
_MAX_REFERENCES = 100_000  # the sanitiser takes quadratic time for bare ampersands

_TAGS = {
    "a", "b", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "dd", "del",
    "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins",
    "li", "ol", "p", "pre", "s", "small", "span", "strike", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "col": {"span"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
}
_DROPPED_WHOLE = {"script", "style", "head", "title", "noscript", "iframe", "object", "svg", "math"}
_BLOCKS = {
    "address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "ol", "p", "pre", "section",
    "table", "tr", "ul",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# They close themselves, or each other.
_SHALLOW = {"area", "base", "br", "col", "dd", "dt", "hr", "img", "input", "li", "link", "meta",
            "option", "p", "td", "th", "tr", "wbr"}  # fmt: skip
_ANY_TAG = re.compile(r"<[^<>]*>")
# An open one is opened again in each paragraph that follows it, three of a kind that are alike.
_FORMATTING = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])[^>]*(?:>|\Z)", re.IGNORECASE
)
_INLINE_IMAGE = re.compile(r'(<img\b[^>]*?\bsrc=")cid:([^"]*)(")')


def sanitise(html: str) -> str | None:
    """Without scripts, styles and anything fetched from elsewhere; None if nothing is left.

    Images of the mail itself keep `cid:`; remote ones lose their source, so that opening a
    ticket tells no stranger that it was read. Nothing is kept of what would take seconds.
    """
    html = _FORMATTING.sub(r"<\1>", html) if len(html) <= MAX_SOURCE else ""
    if not html or _is_bottomless(html) or _is_boundless(html):
        return None
    cleaned = nh3.clean(
        clean_text(html),
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=_own_images_only,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )
    return cleaned.strip() or None


def _is_bottomless(html: str) -> bool:
    depth = 0
    for closing, tag in _TAG.findall(html):
        if tag.lower() not in _SHALLOW:
            depth = max(depth - 1, 0) if closing else depth + 1
            if depth > _MAX_DEPTH:
                return True
    return False


def _is_boundless(html: str) -> bool:
    """Whether a tree might be made of it that is many times as large as the text."""
    kinds = {tag.lower() for tag in _FORMATTING.findall(html)}
    elements = html.count("<") * max(3 * len(kinds), 1)
    return elements > _MAX_ELEMENTS or html.count("&") > _MAX_REFERENCES


def _own_images_only(tag: str, attribute: str, value: str) -> str | None:
    is_own = value.lower().startswith("cid:")
    if tag == "img" and attribute == "src":
        return value if is_own else None
    return None if is_own else value


def relink_images(html: str, attachments: Mapping[str, str]) -> str:
    """Sanitised HTML whose `cid:` names are our attachment ids; unknown images lose theirs."""

    def relink(match: re.Match[str]) -> str:
        known = attachments.get(unescape(match[2]).strip())
        return f"{match[1]}cid:{known}{match[3]}" if known else match[1] + match[3]

    return _INLINE_IMAGE.sub(relink, html)


def escape_text(text: str) -> str:
    """Plain text as HTML."""
    return escape(text, quote=False).replace("\n", "<br>")


class _TextMaker(HTMLParser):
    """Feeds on sanitised HTML only: well-formed, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "blockquote":
            self._quoted += 1
        if tag in _BLOCKS or tag == "br":
            self._break()
        elif tag in ("td", "th"):
            self.pieces.append(" ")
        elif tag == "hr":
            self.pieces.append("\n--------\n")
        if tag == "li":
            self.pieces.append("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self._quoted = max(self._quoted - 1, 0)
        if tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        self.pieces.append(re.sub(r"\s+", " ", data))

    def _break(self) -> None:
        self.pieces.append("\n" + "> " * min(self._quoted, 5))


def text_of(html: str) -> str:
    """The text as a reader sees it; quotations become lines that begin with `>`."""
    sanitised = sanitise(html)
    if sanitised is None:
        return strip_tags(html)
    maker = _TextMaker()
    maker.feed(sanitised)
    maker.close()
    return _tidy("".join(maker.pieces))


def strip_tags(html: str) -> str:
    """The text of what is too large or too hostile for a look at its structure."""
    return _tidy(unescape(_ANY_TAG.sub(" ", html[:_MAX_STRIPPED])))


def _tidy(text: str) -> str:
    """Blocks within blocks leave empty lines; one of them says as much as five."""
    kept: list[str] = []
    for line in clean_text(text).split("\n"):
        line = " ".join(line.split())
        if line.strip("> ") or not kept or kept[-1].strip("> "):
            kept.append(line)
    return clean_text("\n".join(kept))
