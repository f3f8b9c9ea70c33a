from datetime import timedelta

import pytest

from gateway.login.settings import LoginSettings
from libs.common.config import ConfigError

SSO = {
    "OIDC_ISSUER": "https://login.example.com/realm/",
    "OIDC_CLIENT_ID": "tidedesk",
    "GATEWAY_URL": "https://desk.example.com/",
}


def test_without_variables_everything_is_usual() -> None:
    assert LoginSettings.read({}) == LoginSettings()


def test_all_of_it_may_be_chosen() -> None:
    read = LoginSettings.read(
        {
            "PASSWORD_MIN_LENGTH": "14",
            "PASSWORD_HISTORY": "3",
            "PASSWORD_MAX_DAYS": "90",
            "COMPANY_NAME": "Acme, 极光",
            "SESSION_IDLE_MINUTES": "15",
            "SESSION_HOURS": "8",
            "TOKEN_MINUTES": "5",
            "REFRESH_IDLE_DAYS": "1",
            "REFRESH_DAYS": "7",
        }
    )
    assert read.passwords.min_length == 14
    assert read.passwords.max_age == timedelta(days=90)
    assert read.passwords.company[-2:] == ("Acme", "极光")
    assert read.sessions.idle == timedelta(minutes=15)
    assert read.sessions.refresh == timedelta(days=7)


@pytest.mark.parametrize(
    ("variables", "has_sms"),
    [
        ({}, False),
        ({"SMS_URL": "https://sms.example.com"}, True),
        ({"SMS_URL": "https://sms.example.com", "LOGIN_BY_SMS": "no"}, False),
        ({"LOGIN_BY_SMS": "yes"}, True),
    ],
)
def test_sms_codes_are_offered_where_text_messages_are_sent(
    variables: dict[str, str], has_sms: bool
) -> None:
    assert LoginSettings.read(variables).has_sms == has_sms


def test_the_issuer_is_kept_letter_by_letter() -> None:
    read = LoginSettings.read(SSO)
    assert read.sso is not None
    assert read.sso.issuer == SSO["OIDC_ISSUER"]
    assert read.public_url == "https://desk.example.com"


def test_a_secret_is_not_shown() -> None:
    assert "hush" not in repr(LoginSettings.read({**SSO, "OIDC_CLIENT_SECRET": "hush"}))


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"PASSWORD_MIN_LENGTH": "4"}, "PASSWORD_MIN_LENGTH"),
        ({"SESSION_HOURS": "x"}, "SESSION_HOURS"),
        ({"LOGIN_BY_SMS": "perhaps"}, "LOGIN_BY_SMS"),
        ({**SSO, "OIDC_ISSUER": "login.example.com"}, "OIDC_ISSUER"),
        ({**SSO, "OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID"),
        ({**SSO, "GATEWAY_URL": ""}, "GATEWAY_URL"),
    ],
)
def test_a_wrong_variable_is_refused_by_its_name(variables: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        LoginSettings.read(variables)
