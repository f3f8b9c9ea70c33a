import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from gateway.login.totp import app_address, matching_step, new_secret

# RFC 6238, appendix B, SHA-1: of the eight digits there apps show the last six.
SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("instant", "digits"), VECTORS)
def test_the_codes_are_those_of_the_standard(instant: int, digits: str) -> None:
    now = datetime.fromtimestamp(instant, UTC)
    assert matching_step(SECRET, digits[-6:], now) == instant // 30


@pytest.mark.parametrize(
    ("seconds", "is_accepted"), [(-30, True), (-31, False), (59, True), (60, False)]
)
def test_a_step_before_and_after_are_accepted(seconds: int, is_accepted: bool) -> None:
    now = datetime.fromtimestamp(1111111111 - 1, UTC)  # the beginning of a step
    code = pyotp.TOTP(SECRET).at(now + timedelta(seconds=seconds))
    assert (matching_step(SECRET, code, now) is not None) == is_accepted


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "０５０４７１"])
def test_what_is_no_code_fits_nothing(code: str) -> None:
    assert matching_step(SECRET, code, datetime.fromtimestamp(1111111111, UTC)) is None


def test_a_code_may_be_typed_as_apps_show_it() -> None:
    assert matching_step(SECRET, " 050 471", datetime.fromtimestamp(1111111111, UTC)) is not None


def test_a_secret_has_160_random_bits() -> None:
    secrets = {new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert all(len(base64.b32decode(secret)) == 20 for secret in secrets)


def test_apps_are_told_who_and_where() -> None:
    address = app_address(SECRET, "CS001")
    assert address == f"otpauth://totp/Tidedesk:CS001?secret={SECRET}&issuer=Tidedesk"
