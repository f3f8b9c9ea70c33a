"""The forms of the mailbox's answers: pages, JSON, redirects."""

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from services.notify.mailbox.web import Response

PAGES = Path(__file__).with_name("pages")
NOTHING = Response(status=204)

_templates = Environment(
    loader=FileSystemLoader(PAGES), autoescape=select_autoescape(), auto_reload=False
)


def page(name: str, **values: object) -> Response:
    return Response(_templates.get_template(name).render(values).encode())


def as_json(content: object, status: int = 200) -> Response:
    body = json.dumps(content, ensure_ascii=False).encode()
    return Response(body, status, "application/json")


def see(location: str) -> Response:
    return Response(status=303, headers={"Location": location})


def limit_of(query: dict[str, str], most: int) -> int | None:
    """How many to list; None for what is no number from 1 to `most`."""
    text = query.get("limit", "100")
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= most else None
