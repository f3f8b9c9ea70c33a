"""A provider can tell our requests from others' and from old ones."""

import pytest

from services.notify.domain.sms import is_signed, sign

KEY, NOW = b"k" * 32, 1_795_000_000
BODY = b'{"to":"+8613800138000"}'


def accepted(body: bytes = BODY, timestamp: str = str(NOW), signature: str | None = None) -> bool:
    given = sign(BODY, NOW, KEY) if signature is None else signature
    return is_signed(body, timestamp, given, key=KEY, now=NOW)


def test_what_was_signed_is_accepted_for_five_minutes() -> None:
    signature = sign(BODY, NOW, KEY)
    for later in (-300, 0, 300):
        assert is_signed(BODY, str(NOW), signature, key=KEY, now=NOW + later)
    for later in (-301, 301):
        assert not is_signed(BODY, str(NOW), signature, key=KEY, now=NOW + later)


def test_another_body_time_or_key_is_refused() -> None:
    assert accepted()
    assert not accepted(body=BODY + b" ")
    assert not accepted(timestamp=str(NOW + 1))
    assert not accepted(signature=sign(BODY, NOW, b"x" * 32))


def test_the_signature_is_hmac_sha256_over_time_and_body() -> None:
    """Worked out with `printf '1.{}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:6b6b…`."""
    assert sign(b"{}", 1, KEY) == (
        "sha256=533ff6d088ebbd8b8eda578fab6866516503044a5a167b1cb03ecce1c2b8a844"
    )


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "１７", "9" * 5000])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    assert not accepted(timestamp=timestamp)


@pytest.mark.parametrize("signature", ["", "sha256=", "签名", "\ud800", "sha1=00"])
def test_a_signature_that_is_none_is_refused(signature: str) -> None:
    assert not accepted(signature=signature)
