"""The page at /docs/events: every event that other teams may read, made from the contracts."""

from html import escape

import orjson

from libs.common.contracts.catalogue import EventType, event_types, producers
from libs.common.contracts.json_schema import JsonSchema

_STYLE = """
body { font: 16px/1.6 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1f2933; background: #fff }
h2 { margin-top: 3rem; border-bottom: 1px solid #cbd2d9 } h3 { margin: 2rem 0 0 }
code, pre { font: 14px/1.5 ui-monospace, monospace } pre { background: #f5f7fa; padding: 1rem;
  overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid #e4e7eb }
@media (prefers-color-scheme: dark) { body { color: #e4e7eb; background: #1f2933 }
  pre { background: #323f4b } a { color: #7cc4fa } }
"""
_ABOUT = """
<p>所有公开事件:CloudEvents 1.0 JSON,RabbitMQ 主题交换机 <code>&lt;服务&gt;.events</code>,
路由键即事件类型。字段只增不减;至少投递一次:以 <code>id</code> 去重,状态以较大的
<code>seq</code>、<code>version</code> 或 <code>revision</code> 为准。
历史事件可从流 <code>tidedesk.replay</code> 重放。</p>
<p lang="en">All public events: CloudEvents 1.0 in JSON on topic exchanges, routing key = type.
Fields are only added; delivery is at least once. For programs:
<a href="/api/v1/asyncapi.json">AsyncAPI 3.0</a>; the REST API stands <a href="/docs/">here</a>;
how to read events is told in <code>docs/events.md</code>.</p>
"""


def events_page() -> str:
    """The whole page."""
    types = event_types()
    sections = [_section(name, about, types) for name, about in producers().items()]
    return (
        '<!doctype html>\n<html lang="zh"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Tidedesk 事件 · Events</title><style>{_STYLE}</style></head><body>"
        f"<h1>事件 <span lang='en'>Events</span></h1>{_ABOUT}{_contents(types)}"
        f"{''.join(sections)}</body></html>\n"
    )


def _contents(types: list[EventType]) -> str:
    links = (f'<a href="#{escape(one.name)}"><code>{escape(one.name)}</code></a>' for one in types)
    return f"<nav aria-label='目录 Contents'>{' · '.join(links)}</nav>"


def _section(producer: str, about: str, types: list[EventType]) -> str:
    own = "".join(_type(one) for one in types if one.producer == producer)
    name = escape(producer)
    return f"<section><h2>{name}</h2><p lang='en'>{escape(about)}</p>{own}</section>"


def _type(one: EventType) -> str:
    pieces: dict[str, JsonSchema] = {}
    schema = one.data_schema(pieces)
    required = schema.get("required", [])
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(_kind(found))}</td>"
        f"<td>{'必有 required' if name in required else ''}</td></tr>"
        for name, found in schema["properties"].items()
    )
    example = orjson.dumps(one.example, option=orjson.OPT_INDENT_2).decode()
    about = "".join(
        f"<p lang='en'>{escape(part)}</p>" for part in schema["description"].split("\n\n")
    )
    return (
        f'<h3 id="{escape(one.name)}"><code>{escape(one.name)}</code></h3>{about}'
        f"<details><summary>字段 Fields</summary><table><thead><tr><th>字段 Field</th>"
        f"<th>类型 Type</th><th></th></tr></thead><tbody>{rows}</tbody></table></details>"
        f"<details><summary>示例 Example</summary><pre>{escape(example)}</pre></details>"
    )


def _kind(found: JsonSchema) -> str:
    """A schema in a word or two."""
    if "oneOf" in found:
        return " | ".join(_kind(one) for one in found["oneOf"])
    if "$ref" in found:
        return str(found["$ref"]).rpartition("/")[2]
    if found["type"] == "array":
        return f"[{_kind(found['items'])}]"
    names: list[str] = found["type"] if isinstance(found["type"], list) else [found["type"]]
    return " | ".join([found.get("format", names[0]), *names[1:]])
