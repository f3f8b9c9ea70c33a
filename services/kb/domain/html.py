"""What of an author's HTML is kept, and its plain text. Nothing that runs, nothing hidden."""

from html.parser import HTMLParser

import nh3

MAX_SOURCE = 50_000  # characters; four bytes each stay below what the bus carries
_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "strong", "em", "b", "i", "u", "s", "code", "pre"),
    *("blockquote", "ul", "ol", "li", "a", "img", "figure", "figcaption"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
_DROPPED_WHOLE = {"script", "style", "head", "title", "noscript", "iframe", "object", "svg", "math"}
# Pictures of our own, or over TLS from elsewhere.
_PICTURES = ("https://", "/api/v1/")
_BLOCKS = {
    *("p", "br", "hr", "h2", "h3", "h4", "pre", "blockquote", "ul", "ol", "li", "tr", "table"),
    *("figure", "figcaption", "caption"),
}


def sanitise(html: str) -> str:
    """Headings, lists, tables, links and pictures; headings begin below the article's own."""
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    ).strip()


def _filter(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if value.startswith(_PICTURES) and ".." not in value else None
    if name in ("width", "height", "colspan", "rowspan", "start"):
        return value if value.isascii() and value.isdecimal() and len(value) < 5 else None
    return value


def text_of(html: str) -> str:
    """What is read when nothing is formatted, a line for each block."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)

    def handle_data(self, data: str) -> None:
        self.pieces.append(data.replace("\n", " "))

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append(" ")
