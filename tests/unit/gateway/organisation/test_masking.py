import pytest

from gateway.organisation.changes import audit_of
from gateway.organisation.contacts import mask_email, mask_phone


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613800138000", "138****8000"),
        ("+862163901234", "2****34"),
        ("+85261234567", "+85****4567"),
    ],
)
def test_a_number_is_recognised_and_not_dialled(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [("zhang@example.com", "z***@example.com"), ("z@example.com", "***@example.com")],
)
def test_an_address_is_recognised_and_not_written_to(address: str, shown: str) -> None:
    assert mask_email(address) == shown


def test_the_log_learns_what_changed_and_no_address() -> None:
    before = {"name": "张三", "email": "zhang@example.com", "phone": None, "version": 1}
    after = {"name": "张三丰", "email": "feng@example.com", "phone": None, "version": 2}
    assert audit_of("account", "id", before, after) == {
        "object": {"kind": "account", "id": "id"},
        "before": {"name": "张三"},
        "after": {"name": "张三丰", "email": True},
    }
