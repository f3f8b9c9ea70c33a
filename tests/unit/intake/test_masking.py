"""What everybody may see of an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.masking import mask_contact, mask_email, mask_name, mask_phone


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+8613800138000", "138****8000"),
        ("+8675588881234", "755****1234"),  # a landline: the area code and the end
        ("+861061234567", "10****4567"),
        ("+864008001234", "40****1234"),
        ("+85251234567", "+852****4567"),
        ("+14155552671", "+141****2671"),
        ("+4712345678", "+47****5678"),
        ("+861234567", "****567"),
        ("95588", "****8"),
        ("110", "****"),
        ("", "****"),
    ],
)
def test_a_number_keeps_its_beginning_and_end(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("zhang@example.com", "z***@example.com"),
        ("ab@example.com", "a***@example.com"),
        ("z@example.com", "***@example.com"),
        ("张伟@例子.中国", "张***@例子.中国"),
        ("zhang@xn--fsqu00a.xn--fiqs8s", "z***@xn--fsqu00a.xn--fiqs8s"),
        ("a@b@example.com", "a***@example.com"),
        ("root@localhost", "r***@localhost"),
    ],
)
def test_an_address_keeps_its_first_letter_and_domain(address: str, masked: str) -> None:
    assert mask_email(address) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王五", "王五"),
        ("zhang@example.com", "z***@example.com"),
        ("张三 (zhang@example.com)", "张三 (z***@example.com)"),
        ("13800138000", "138****8000"),
        ("+86 138 0013 8000", "138****8000"),
        ("8613800138000", "138****8000"),
        ("010-6123 4567", "010****4567"),
        ("王五 138-0013-8000", "王五 138****8000"),
        ("2023年第12期学员", "2023年第12期学员"),
        ("订单20231001001", "订单20231001001"),
        ("@某人", "@某人"),
    ],
)
def test_a_name_hides_the_addresses_in_it(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.from_regex(r"\+86[0-9]{3,12}", fullmatch=True))
def test_at_least_four_digits_are_hidden(number: str) -> None:
    shown = mask_phone(number)
    digits = number.removeprefix("+86")
    head, _, tail = shown.partition("****")
    assert digits.startswith(head)
    assert digits.endswith(tail)
    assert len(head) + len(tail) <= max(0, len(digits) - 4)


@pytest.mark.parametrize("kind", ["email", "phone"])
def test_each_kind_has_its_own_way(kind: str) -> None:
    value = {"email": "zhang@example.com", "phone": "+8613800138000"}[kind]
    masked = {"email": "z***@example.com", "phone": "138****8000"}[kind]
    assert mask_contact(kind, value) == masked
