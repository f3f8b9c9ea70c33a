"""What is wrong with a form is told at once, by the code of whoever refused it."""

import pytest

from libs.common.errors import InvalidInput
from services.dispatch.use_cases.configuration.fields import Refusals, flag, read_fields


def taken(where: str, value: object) -> object:
    raise InvalidInput("name.taken", "taken", {"errors": {where: ["is taken"]}})


def refused(given: dict[str, object]) -> InvalidInput:
    with pytest.raises(InvalidInput) as refusal:
        read_fields(given, {"name": taken, "other": taken, "is_active": flag})
    return refusal.value


def test_a_readers_own_code_reaches_the_caller():
    assert refused({"name": "x", "other": "y"}).code == "name.taken"


@pytest.mark.parametrize("beside", [{"is_active": "maybe"}, {"colour": "red"}])
def test_several_kinds_of_faults_have_the_common_code(beside: dict[str, object]):
    refusal = refused({"name": "x", **beside})
    assert refusal.code == "field.invalid"
    assert set(refusal.details["errors"]) == {"name", *beside}


def test_nothing_refused_is_nothing_raised():
    Refusals().demand()
