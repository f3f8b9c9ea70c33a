"""What commands answer: the shape of REST, and `audit` for the gateway's operation log."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from libs.common.bus.call import Call
from services.kb.domain.article import Article
from services.kb.domain.content import Content, changed_names
from services.kb.queries.shapes import show_article, show_content

Json = dict[str, Any]

_UNLOGGED = ("version", "articles")
_LONG = ("body_html", "steps", "cautions")


def article_answer(call: Call, article: Article, **audit: Any) -> Json:
    """An article after a command; `audit` is what the log says was done."""
    shown = show_article(call.uow.session, article, with_draft=True)
    written = article.draft or article.shown()
    after = {"title": written.content.title, "number": written.number, "state": article.state}
    told = {"object": shown["article_id"], "before": {}, "after": {**after, **audit}}
    return shown | {"audit": told}


def edited_answer(call: Call, before: Content, article: Article) -> Json:
    """After an edit: what has become of the fields; long texts only by their names."""
    draft = article.draft
    assert draft is not None
    old, new = show_content(before), show_content(draft.content)
    names = changed_names(before, draft.content)
    shown = show_article(call.uow.session, article, with_draft=True)
    audit = {
        "object": shown["article_id"],
        "before": {name: _logged(name, old[name]) for name in names},
        "after": {name: _logged(name, new[name]) for name in names},
    }
    return shown | {"audit": audit}


def changed(before: Mapping[str, Any], after: Json, key: str | None = None) -> Json:
    """What differs is logged; without a key the gateway's route says of what."""
    names = [one for one in after if before.get(one) != after[one] and one not in _UNLOGGED]
    audit = {
        **({"object": after[key]} if key else {}),
        "before": {name: before.get(name) for name in names},
        "after": {name: after[name] for name in names},
    }
    return after | {"audit": audit}


def removed(key: str, shown: Json) -> Json:
    """What is no more."""
    plain = {name: value for name, value in shown.items() if name not in (key, *_UNLOGGED)}
    return {"audit": {"object": shown[key], "before": plain, "after": {}}}


def _logged(name: str, value: Any) -> Any:
    return f"{len(value)}" if name in _LONG else str(value) if isinstance(value, UUID) else value
