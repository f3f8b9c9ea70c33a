"""What routes that pass a service's answer on have in common."""

from typing import Any

from marshmallow import Schema

from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

# Of the version that shapes have.
IF_MATCH = {"If-Match": '"3"'}

# Path, method of the service, what that answers, the schema of it, its arguments.
Reading = tuple[str, str, dict[str, Any], type[Schema], dict[str, Any]]
# Verb, path, body, method of the service, what that answers: version 4, or nothing.
Change = tuple[str, str, Any, str, dict[str, Any] | None]


def ask(person: Browser, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """Send a body, if there is one, with headers."""
    options = {} if body is None else {"json": body}
    return person.send(method, path, headers=headers, **options)


def check_passed_on(person: Browser, services: FakeServices, owner: str, reading: Reading) -> None:
    """The service's answer comes out as it is, as documented, with its version as ETag."""
    path, method, answered, schema, args = reading
    services.answer(f"{owner}.{method}", answered)
    answer = person.get(path)
    assert (answer.status_code, answer.get_json()) == (200, answered)
    assert schema().validate(answered) == {}
    assert services.calls(f"{owner}.{method}")[0].args == args
    if "version" in answered:
        assert answer.headers["ETag"] == '"3"'


def check_versioned(
    person: Browser, services: FakeServices, owner: str, change: Change
) -> dict[str, Any]:
    """Without If-Match nobody is asked; with it the service is, whose arguments are returned."""
    verb, path, body, method, answered = change
    services.answer(f"{owner}.{method}", answered)
    assert problem_of(ask(person, verb, path, body), 428)["code"] == "version.required"
    assert services.asked == []
    answer = ask(person, verb, path, body, **IF_MATCH)
    assert answer.status_code == (200 if answered else 204)
    assert answer.headers.get("ETag") == ('"4"' if answered else None)
    args: dict[str, Any] = services.calls(f"{owner}.{method}")[0].args
    assert args["version"] == 3
    return args
