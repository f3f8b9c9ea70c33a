"""Texts that people write: Jinja2 with nothing in it but variables, conditions and a few filters.

What a text may hold is a list of what is allowed, not of what is not: no loops, no calls, no
attributes, no arithmetic, no other templates. A text that passes takes a time that grows with its
length and with what it is given, and can reach nothing else.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, nodes
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from services.notify.domain.texts import LIMITS, Source, Wrong

MAX_RENDERED = 1_000_000  # characters
_DEEPEST = 40

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Filter,
    nodes.Keyword,
)
_FILTERS = (
    "capitalize",
    "d",
    "default",
    "e",
    "escape",
    "lines",
    "lower",
    "quoted",
    "title",
    "trim",
    "truncate",
    "upper",
)


def _lines(text: str) -> Markup:
    return Markup("<br>\n").join(escape(line) for line in str(text).strip().splitlines())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in str(text).splitlines())


def environment(**options: Any) -> ImmutableSandboxedEnvironment:
    """What shipped and own texts are made with: a variable that is not given is an error."""
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        **options,
    )
    made.filters["lines"] = _lines
    made.filters["quoted"] = _quoted
    return made


_PLAIN = environment()
_HTML = environment(autoescape=True)


def check(source: Source, names: Collection[str]) -> list[Wrong]:
    """All that is wrong with a text whose variables may be these; empty if it may be kept."""
    wrongs = [one for field, text in source.fields() for one in _check(field, text, names)]
    strangers = [one for one in source.provider_params if one not in names]
    return wrongs + [Wrong("provider_params", 1, f"unknown variable {one}") for one in strangers]


def render(text: str, values: Mapping[str, Any]) -> str:
    """A text that was checked; raises ValueError for one that nobody has checked, or too long."""
    return _render(_PLAIN, _compiled(_PLAIN, text), values)


def render_html(text: str, values: Mapping[str, Any]) -> str:
    """As above; what the variables hold is escaped."""
    return _render(_HTML, _compiled(_HTML, text), values)


def paragraphs(text: str) -> Markup:
    """Plain text as HTML: an empty line parts paragraphs."""
    blocks = [block for block in text.split("\n\n") if block.strip()]
    return Markup("\n").join(Markup("<p>{}</p>").format(_lines(block)) for block in blocks)


def _check(field: str, text: str, names: Collection[str]) -> Iterator[Wrong]:
    if len(text) > LIMITS[field]:
        yield Wrong(field, 1, f"must have at most {LIMITS[field]} characters")
        return
    try:
        tree = _PLAIN.parse(text)
    except TemplateSyntaxError as error:
        yield Wrong(field, error.lineno, error.message or "cannot be understood")
        return
    except RecursionError:
        yield Wrong(field, 1, "is nested too deeply")
        return
    for node, depth in _nodes(tree):
        if message := _fault(node, depth) or _stranger(node, names):
            yield Wrong(field, node.lineno, message)


def _nodes(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
    """All with their depths; what stands inside of something refused is not looked at."""
    pending: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while pending:
        node, depth = pending.pop()
        yield node, depth
        if _fault(node, depth) is None:
            inner = [(one, depth + 1) for one in node.iter_child_nodes()]
            pending.extend(reversed(inner))


def _fault(node: nodes.Node, depth: int) -> str | None:
    if depth > _DEEPEST:
        return "is nested too deeply"
    if not isinstance(node, _ALLOWED):
        return f"{type(node).__name__.lower()} is not allowed here"
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        return f"unknown filter {node.name}"
    return None


def _stranger(node: nodes.Node, names: Collection[str]) -> str | None:
    is_unknown = isinstance(node, nodes.Name) and node.name not in names
    return f"unknown variable {node.name}" if is_unknown else None  # type: ignore[attr-defined]


def _render(
    made: ImmutableSandboxedEnvironment, template: Template, values: Mapping[str, Any]
) -> str:
    pieces, length = [], 0
    try:
        for piece in template.generate(values):
            length += len(piece)
            if length > MAX_RENDERED:
                raise ValueError("the text is too long")
            pieces.append(piece)
    except (TemplateError, TypeError, ArithmeticError) as error:
        raise ValueError(f"the text cannot be made: {error}") from error
    return "".join(pieces)


@lru_cache(maxsize=2_000)
def _of(is_html: bool, text: str) -> Template:
    made = _HTML if is_html else _PLAIN
    # Once more, whoever wrote it: what was kept by another release is not trusted with more.
    if any(_fault(node, depth) for node, depth in _nodes(made.parse(text))):
        raise ValueError("the text holds what is not allowed")
    return made.from_string(text)


def _compiled(made: ImmutableSandboxedEnvironment, text: str) -> Template:
    return _of(made is _HTML, text)
