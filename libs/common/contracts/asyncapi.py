"""The AsyncAPI 3.0 document of all public events, made from the contracts.

    python -m libs.common.contracts.asyncapi            compare (exit 1 if a file is stale)
    python -m libs.common.contracts.asyncapi --write    write it, and the table of docs/events.md

The gateway serves the file at /api/v1/asyncapi.json. Bindings: AMQP 0-9-1 bindings 0.3.0 of
https://github.com/asyncapi/bindings.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from libs.common.bus import replay_stream
from libs.common.contracts import events_table
from libs.common.contracts.catalogue import EventType, event_types, producers
from libs.common.contracts.json_schema import JsonSchema

FILE = Path(__file__).with_name("asyncapi.json")
_BINDING = {"bindingVersion": "0.3.0"}
_JSON = "application/json"
_ABOUT = (
    "Everything that happens in Tidedesk: CloudEvents 1.0 in JSON on topic exchanges of RabbitMQ. "
    "The routing key is the event's type. Fields are only ever added; a change that would break "
    "readers is a new type (`….v2`) beside the old one. Delivery is at least once and in no order "
    "between subjects: tell repeats by `id`, and of two states keep the one with the higher `seq`, "
    "`version` or `revision`. Texts and contact data are not published."
)
_SERVERS = {
    "broker": {
        "host": "{host}:{port}",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "description": "The installation's RabbitMQ; `amqps` where it speaks TLS.",
        "variables": {
            "host": {"description": "Ask the operators."},
            "port": {"default": "5672", "description": "5671 with TLS."},
        },
        "security": [{"$ref": "#/components/securitySchemes/team"}],
    }
}
_TEAM = {"type": "userPassword", "description": "A user of the reading team's own."}
_ENVELOPE: JsonSchema = {
    "type": "object",
    "description": "CloudEvents 1.0 (https://github.com/cloudevents/spec), structured JSON mode.",
    "required": ["specversion", "id", "source", "type", "subject", "time", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid", "description": "Repeats have the same."},
        "source": {"type": "string", "description": "`/tidedesk/<service>`."},
        "type": {"type": "string"},
        "subject": {"type": "string", "description": "Id of what it happened to."},
        "time": {"type": "string", "format": "date-time", "description": "When; UTC."},
        "datacontenttype": {"const": _JSON},
        "hops": {"type": "integer", "description": "Events in the chain before this one."},
        "causationid": {"type": "string", "description": "Id of the event that led to it."},
        "requestid": {"type": "string", "description": "The request that led to it."},
        "data": {"type": "object"},
    },
}


def document() -> dict[str, Any]:
    """The document of this release."""
    types = event_types()
    return {
        "asyncapi": "3.0.0",
        "id": "urn:tidedesk:events",
        "info": {"title": "Tidedesk events 潮汐工单事件", "version": "1", "description": _ABOUT},
        "defaultContentType": _JSON,
        "servers": _SERVERS,
        "channels": {one.name: _channel(one) for one in types} | _replay(types),
        "operations": {one.name: _operation(one) for one in types},
        "components": {
            "messages": {one.name: _message(one) for one in types},
            "schemas": _schemas(types),
            "securitySchemes": {"team": _TEAM},
            "tags": {
                name: {"name": name, "description": about} for name, about in producers().items()
            },
        },
    }


def _channel(one: EventType) -> dict[str, Any]:
    exchange = {"name": one.exchange, "type": "topic", "durable": True, "autoDelete": False}
    return {
        "address": one.name,
        "summary": one.summary,
        "messages": {one.name: _ref("components", "messages", one.name)},
        "tags": [_ref("components", "tags", one.producer)],
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, **_BINDING}},
    }


def _replay(types: list[EventType]) -> dict[str, Any]:
    queue = {"name": replay_stream.NAME, "durable": True, "exclusive": False, "autoDelete": False}
    limits = f"{replay_stream.ARGUMENTS['x-max-age']} or {_gigabytes()} GB"
    return {
        replay_stream.NAME: {
            "address": replay_stream.NAME,
            "summary": f"All of them, kept for {limits}, to be read again from a time.",
            "messages": {one.name: _ref("components", "messages", one.name) for one in types},
            "bindings": {"amqp": {"is": "queue", "queue": queue, **_BINDING}},
        }
    }


def _gigabytes() -> int:
    return int(replay_stream.ARGUMENTS["x-max-length-bytes"]) // 1_000_000_000


def _operation(one: EventType) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": _ref("channels", one.name),
        "summary": one.summary,
        "messages": [_ref("channels", one.name, "messages", one.name)],
        "bindings": {"amqp": {"deliveryMode": 2, **_BINDING}},
    }


def _message(one: EventType) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.schema.__name__,
        "summary": one.summary,
        "description": one.description,
        "contentType": _JSON,
        "payload": _ref("components", "schemas", one.name),
        "tags": [_ref("components", "tags", one.producer)],
        "bindings": {"amqp": {"contentEncoding": "utf-8", "messageType": one.name, **_BINDING}},
        "examples": [{"name": one.name, "payload": one.example}],
    }


def _schemas(types: list[EventType]) -> dict[str, JsonSchema]:
    found: dict[str, JsonSchema] = {"CloudEvent": _ENVELOPE}
    for one in types:
        own = {
            "type": {"const": one.name},
            "source": {"const": f"/tidedesk/{one.producer}"},
            "data": one.data_schema(found),
        }
        envelope = _ref("components", "schemas", "CloudEvent")
        found[one.name] = {"allOf": [envelope, {"type": "object", "properties": own}]}
    return dict(sorted(found.items()))


def _ref(*path: str) -> dict[str, str]:
    return {"$ref": f"#/{'/'.join(path)}"}


def rendered() -> str:
    """The file's text."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="libs.common.contracts.asyncapi")
    parser.add_argument("--write", action="store_true")
    files = {FILE: rendered(), events_table.FILE: events_table.page()}
    if parser.parse_args(arguments).write:
        for file, text in files.items():
            file.write_text(text, encoding="utf-8")
        return 0
    stale = [file.name for file, text in files.items() if file.read_text(encoding="utf-8") != text]
    if stale:
        print(f"stale: {', '.join(stale)}; run: python -m libs.common.contracts.asyncapi --write")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
