"""What an action was about, by its route."""

import pytest

from gateway.audit.objects import object_of_route, singular


@pytest.mark.parametrize(
    ("rule", "arguments", "expected"),
    [
        ("/api/v1/tickets", {}, ("ticket", None)),
        ("/api/v1/tickets/<number:number>/replies", {"number": "G1"}, ("ticket", "G1")),
        ("/api/v1/people/<uuid:person_id>/sessions", {"person_id": 7}, ("person", "7")),
        (
            "/api/v1/people/<uuid:person_id>/sessions/<uuid:session_id>",
            {"person_id": 7, "session_id": 8},
            ("session", "8"),
        ),
        (
            "/api/v1/failures/<service:service>/<row_id:failure_id>/replay",
            {"service": "intake", "failure_id": 3},
            ("failure", "3"),
        ),
        ("/api/v1/roles/<key>", {"key": "agent"}, ("role", "agent")),
        ("/api/v1/api-keys", {}, ("api_key", None)),
        ("/api/v1/session", {}, ("session", None)),
        ("/api/v1/members", {}, ("member", None)),
        ("/api/v1/me", {}, ("person", "sender")),
        ("/api/v1/me/totp/removal", {}, ("person", "sender")),
        ("/api/v1/me/sessions/<uuid:session_id>", {"session_id": 5}, ("session", "5")),
        ("/api/v1/accounts/<uuid:person_id>/totp", {"person_id": 7}, ("person", "7")),
        ("/api/v1/presence/own", {}, ("person", "sender")),
        ("/api/v1/dispatch/agents/<uuid:person_id>/leaves", {"person_id": 7}, ("person", "7")),
        ("/api/v1/dispatch/leaves/<uuid:leave_id>", {"leave_id": 7}, ("leave", "7")),
        ("/api/v1/dispatch/rules/order", {}, ("rule", None)),
        ("/api/v1/sla/policies/trials", {}, ("policy", None)),
        ("/api/v1/sla/settings", {}, ("settings", None)),
        (
            "/api/v1/sla/calendars/<uuid:calendar_id>/days/<day:date>",
            {"calendar_id": 7, "date": "2026-10-01"},
            ("day", "2026-10-01"),
        ),
    ],
)
def test_the_last_argument_names_the_object(
    rule: str, arguments: dict[str, object], expected: tuple[str, str | None]
) -> None:
    assert object_of_route(rule, arguments, "sender") == expected


@pytest.mark.parametrize(
    ("collection", "one"),
    [
        ("people", "person"),
        ("statuses", "status"),
        ("categories", "category"),
        ("api-keys", "api_key"),
        ("address", "address"),
        ("ping", "ping"),
    ],
)
def test_collections_have_a_singular(collection: str, one: str) -> None:
    assert singular(collection) == one
