"""Services inside the test: the gateway's RPC without a broker."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from libs.common.actor import Actor
from libs.common.errors import Conflict, Unavailable

Method = Callable[[dict[str, Any], Actor], Any]


@dataclass(frozen=True)
class Asked:
    """A call that came, as the service would have seen it."""

    target: str
    args: dict[str, Any]
    actor: Actor
    request_id: str
    command_id: str | None


class FakeServices:
    """Answers calls with functions of (args, actor); keeps commands' results by their ids."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._methods: dict[str, Method] = {}
        self._results: dict[tuple[str, str], tuple[bytes, Any]] = {}

    def answer(self, target: str, method: Method | Any) -> None:
        """Let `service.method` answer by a function, or always the same."""
        self._methods[target] = method if callable(method) else lambda _args, _actor: method

    def calls(self, target: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.target == target]

    def query(
        self,
        service: str,
        method: str,
        args: dict[str, Any],
        *,
        actor: Actor,
        request_id: str,
        timeout: float = 5.0,
    ) -> Any:
        return self._ask(f"{service}.{method}", _carried(args), actor, request_id, None)

    def command(
        self,
        service: str,
        method: str,
        args: dict[str, Any],
        *,
        actor: Actor,
        command_id: str,
        request_id: str,
        timeout: float = 8.0,
    ) -> Any:
        key, body = (str(actor.subject), command_id), orjson.dumps([service, method, args])
        if key not in self._results:
            result = self._ask(f"{service}.{method}", _carried(args), actor, request_id, command_id)
            self._results[key] = (body, result)
        stored_body, result = self._results[key]
        if stored_body != body:
            raise Conflict("command.id_reused", "this command id was used with another body")
        return result

    def _ask(
        self, target: str, args: Any, actor: Actor, request_id: str, command_id: str | None
    ) -> Any:
        self.asked.append(Asked(target, args, actor, request_id, command_id))
        if target not in self._methods:
            raise Unavailable("service.unavailable", f"{target} has not been started")
        return _carried(self._methods[target](args, actor))


def _carried(value: Any) -> Any:
    """What is left of it after the wire."""
    return orjson.loads(orjson.dumps(value))
