"""Errors keep their type, code and details on any border."""

import pytest

from libs.common import errors
from libs.common.errors import BY_NAME, DeskError, InvalidInput, TooMany, field_error


@pytest.mark.parametrize("kind", BY_NAME.values(), ids=BY_NAME)
def test_an_error_can_be_made_anew_from_its_arguments(kind: type[DeskError]) -> None:
    error = kind("ticket.closed", "the ticket is closed", {"errors": {"status": ["closed"]}})
    again = BY_NAME[kind.__name__](*error.args)
    assert type(again) is kind
    assert (again.code, again.message, again.details) == (
        "ticket.closed",
        "the ticket is closed",
        {"errors": {"status": ["closed"]}},
    )


def test_every_error_of_the_module_can_cross_borders() -> None:
    kinds = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, DeskError)
    }
    assert kinds == set(BY_NAME.values())


def test_each_error_has_a_status_of_its_own() -> None:
    statuses = [kind.status for kind in BY_NAME.values()]
    assert len(set(statuses)) == len(statuses)
    assert all(status in range(400, 600) for status in statuses)


def test_an_error_without_a_message_shows_its_code() -> None:
    error = TooMany("login.too_many")
    assert error.message == "login.too_many"
    assert error.details == {}
    assert str(error) == "login.too_many: login.too_many"


def test_a_field_error_names_the_field() -> None:
    error = field_error("contact.email", "is no address")
    assert isinstance(error, InvalidInput)
    assert error.code == "field.invalid"
    assert error.details == {"errors": {"contact.email": ["is no address"]}}
