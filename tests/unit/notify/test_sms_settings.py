"""What an operator may write into SMS_URL."""

import pytest

from libs.common.config import Config, ConfigError
from services.notify.clients.sending import open_sms

KEY = "ab" * 32


def test_without_an_address_there_is_no_provider() -> None:
    assert open_sms(Config.read({"SMS_KEY": KEY}), environ={}) is None


@pytest.mark.parametrize("url", ["ftp://sms.example", "sms.example", "https://", "http://a:b@c/"])
def test_an_address_of_another_kind_is_refused_by_name(url: str) -> None:
    with pytest.raises(ConfigError, match="SMS_URL"):
        open_sms(Config.read({"SMS_URL": url, "SMS_KEY": KEY}), environ={})


def test_an_address_without_a_key_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="SMS_KEY"):
        open_sms(Config.read({"SMS_URL": "https://sms.example/send"}), environ={})


def test_neither_address_nor_key_is_ever_shown() -> None:
    config = Config.read({"SMS_URL": "https://sms.example/secret-path", "SMS_KEY": KEY})
    for shown in (repr(config), repr(open_sms(config, environ={}))):
        assert "secret-path" not in shown
        assert KEY not in shown
        assert repr(bytes.fromhex(KEY)) not in shown
