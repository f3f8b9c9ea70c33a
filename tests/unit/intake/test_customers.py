"""What staff may say of a customer."""

from typing import Any
from uuid import UUID

import pytest

from libs.common.errors import InvalidInput
from services.intake.domain.customers import read_traits


def test_only_what_is_given_is_read() -> None:
    given = {"name": " 王 五 ", "tier": "", "region_id": str(UUID(int=7)), "language": "en"}
    assert read_traits(given) == {
        "display_name": "王 五",
        "tier": None,
        "region_id": UUID(int=7),
        "language": "en",
    }
    assert read_traits({}) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", None),
        ("name", " "),
        ("name", 3),
        ("salutation", 3),
        ("language", "fr"),
        ("language", None),
        ("tier", ["gold"]),
        ("region_id", "east"),
        ("region_id", 3),
        ("email", "a@example.com"),
        ("version", 3),
    ],
)
def test_wrong_traits_are_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_traits({field: value})
    assert field in refused.value.details["errors"]
