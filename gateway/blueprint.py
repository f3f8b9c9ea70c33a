"""flask-smorest's blueprint in our ways: operation ids, documented problems, strict parsing."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from flask_smorest import Blueprint

from gateway.auth.access import PUBLIC, permission_of
from gateway.calls import KEY_HEADER
from gateway.openapi_responses import response_name
from gateway.parsing import StrictParser

View = Callable[..., Any]

_KEY_PARAMETER = {
    "in": "header",
    "name": KEY_HEADER,
    "description": "Repeating a command with the same key and body answers the stored result.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]+$"},
    "required": False,
}
# What every operation of a kind may answer; the others name what is theirs.
_ALWAYS = frozenset({503})
_LOGGED_IN = frozenset({401, 403})
_WITH_BODY = frozenset({400, 413, 415, 422})
_WITH_QUERY = frozenset({422})
_COMMAND = frozenset({409, 422})


class ApiBlueprint(Blueprint):
    """One resource's operations. A view's name is its operationId, its docstring the summary."""

    ARGUMENTS_PARSER = StrictParser()

    def operation(
        self,
        method: str,
        rule: str,
        *,
        errors: Iterable[int] = (),
        is_command: bool = False,
        parameters: Iterable[dict[str, Any]] = (),
    ) -> Callable[[View], View]:
        """Route a view; stands on top of its decorators. `errors`: statuses beyond the usual."""

        def register(view: View) -> View:
            apidoc = deepcopy(getattr(view, "_apidoc", {}))
            apidoc["manual_doc"] = _manual(view, apidoc, is_command, parameters)
            _add_errors(apidoc, {*errors, *_usual(view, apidoc, is_command)})
            view._apidoc = apidoc  # type: ignore[attr-defined]
            self.route(rule, methods=[method])(view)
            return view

        return register


def _manual(
    view: View, apidoc: dict[str, Any], is_command: bool, parameters: Iterable[dict[str, Any]]
) -> dict[str, Any]:
    permission = permission_of(view)
    access: dict[str, Any] = {"x-permission": permission}
    if permission == PUBLIC:
        access = {"security": []}
    headers = [*parameters, *([_KEY_PARAMETER] if is_command else [])]
    manual = {**apidoc.get("manual_doc", {}), "operationId": view.__name__, **access}
    return {**manual, "parameters": headers} if headers else manual


def _usual(view: View, apidoc: dict[str, Any], is_command: bool) -> set[int]:
    sources = {argument["in"] for argument in apidoc.get("arguments", {}).get("parameters", ())}
    usual = set(_ALWAYS)
    usual |= set() if permission_of(view) == PUBLIC else _LOGGED_IN
    usual |= _WITH_BODY if "json" in sources else set()
    usual |= _WITH_QUERY if "query" in sources else set()
    return usual | (_COMMAND if is_command else set())


def _add_errors(apidoc: dict[str, Any], statuses: set[int]) -> None:
    # webargs' own 422 is named after the running Python's wording; ours is the same everywhere.
    apidoc.get("arguments", {}).pop("responses", None)
    responses = apidoc.setdefault("response", {}).setdefault("responses", {})
    for status in sorted(statuses):
        responses[status] = [response_name(status)]
