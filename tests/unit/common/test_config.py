"""A wrong variable is refused by its name, and no secret is shown in doing so."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from libs.common.config import Config, ConfigError

KEY = "ab" * 32
SECRETS = {
    "DATABASE_URL": "postgresql://u:databasesecret@db:5432/desk",
    "NOTIFY_DATABASE_URL": "postgres://u:notifysecret@other/notices",
    "AMQP_URI": "amqp://u:brokersecret@mq:5672/desk",
    "NOTIFY_AMQP_URI": "amqp://notify:ownsecret@mq:5672/desk",
    "ACTOR_KEY": KEY,
    "THREAD_KEY": f"{KEY},{'cd' * 32}",
    "FIELD_KEYS": f"k1:{KEY}",
    "INDEX_KEY": "ef" * 40,
    "SMTP_URL": "smtps://u:mailsecret@mail:465",
}


def test_an_empty_environment_has_defaults_for_all_that_is_no_secret() -> None:
    config = Config.read({})
    assert config.mail_from == "Tidedesk 客服 <support@tidedesk.local>"
    assert config.mail_domain == "tidedesk.local"
    assert config.business_zone == ZoneInfo("Asia/Shanghai")
    assert config.health_port is None
    assert config.log_level == "INFO"
    assert config.pool_size == 10


def test_an_empty_variable_counts_as_unset() -> None:
    names = [*SECRETS, "BLOB_DIR", "MAIL_FROM", "MAIL_DOMAIN", "BUSINESS_ZONE", "LOG_LEVEL"]
    empty = dict.fromkeys([*names, "HEALTH_PORT", "DATABASE_POOL"], "")
    assert Config.read(empty) == Config.read({})


def test_each_service_has_a_database_of_its_own() -> None:
    config = Config.read(SECRETS)
    assert (
        config.database_url("ticketing")
        == "postgresql+psycopg2://u:databasesecret@db:5432/desk_ticketing"
    )
    assert config.database_url("notify") == "postgresql+psycopg2://u:notifysecret@other/notices"


def test_each_owner_may_have_a_user_of_its_own_at_the_broker() -> None:
    config = Config.read(SECRETS)
    assert config.broker() == config.broker("ticketing") == SECRETS["AMQP_URI"]
    assert config.broker("notify") == SECRETS["NOTIFY_AMQP_URI"]


def test_the_files_of_tls_come_with_every_address(tmp_path: Path) -> None:
    env = {"AMQP_URI": "amqps://u:p@mq/desk", "KB_AMQP_URI": "amqps://kb:p@mq/desk?heartbeat=5"}
    for name in ("AMQP_CA_FILE", "AMQP_CERT_FILE", "AMQP_KEY_FILE"):
        env[name] = str(tmp_path / f"{name} &.pem")
        Path(env[name]).touch()
    config = Config.read(env)
    files = {
        "cacertfile": [env["AMQP_CA_FILE"]],
        "certfile": [env["AMQP_CERT_FILE"]],
        "keyfile": [env["AMQP_KEY_FILE"]],
    }
    assert parse_qs(urlsplit(config.broker()).query) == files
    assert parse_qs(urlsplit(config.broker("kb")).query) == {"heartbeat": ["5"], **files}


def test_a_ca_for_a_broker_in_the_clear_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    env = {"AMQP_CA_FILE": str(tmp_path / "ca.pem"), "KB_AMQP_URI": "amqp://u:secret@mq/"}
    with pytest.raises(ConfigError, match=r"^KB_AMQP_URI must begin with amqps://") as refusal:
        Config.read(env)
    assert "secret" not in str(refusal.value)


def test_a_file_of_tls_that_cannot_be_read_is_refused_by_its_name(tmp_path: Path) -> None:
    uri = {"AMQP_URI": "amqps://u:p@mq/desk"}
    with pytest.raises(ConfigError, match=r"^AMQP_CA_FILE names a file that cannot be read"):
        Config.read({**uri, "AMQP_CA_FILE": str(tmp_path / "gone.pem")})
    (tmp_path / "key.pem").touch()
    with pytest.raises(ConfigError, match=r"^AMQP_CERT_FILE must be set as well"):
        Config.read({**uri, "AMQP_KEY_FILE": str(tmp_path / "key.pem")})


def test_the_options_of_a_database_url_stay_behind_the_name() -> None:
    config = Config.read({"DATABASE_URL": "postgresql+psycopg2://u:p@db/?sslmode=require"})
    assert config.database_url("kb") == "postgresql+psycopg2://u:p@db/tidedesk_kb?sslmode=require"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u:secret@db/desk"),
        ("DATABASE_URL", "postgresql+psycopg://u:secret@db/desk"),
        ("DATABASE_URL", "secret"),
        ("DATABASE_URL", "postgresql://u:secret@db:port/desk"),
        ("DATABASE_URL", "postgresql://u:secret@db:70000/desk"),
        ("DATABASE_URL", "postgresql:///desk"),
        ("TICKETING_DATABASE_URL", "sqlite:///secret"),
        ("AMQP_URI", "http://u:secret@mq/"),
        ("AMQP_URI", "amqp:secret"),
        ("AMQP_URI", "amqp://u:secret@mq:port/"),
        ("AMQP_URI", "amqp://"),
        ("TICKETING_AMQP_URI", "http://u:secret@mq/"),
        ("ACTOR_KEY", "secret"),
        ("ACTOR_KEY", "ab" * 31),
        ("ACTOR_KEY", "ab" * 31 + "a"),
        ("THREAD_KEY", f"{KEY},secret"),
        ("THREAD_KEY", f"{KEY},abcd"),
        ("INDEX_KEY", "密钥"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "nobody@"),
        ("BUSINESS_ZONE", "Mars/Olympus"),
        ("BUSINESS_ZONE", "../etc/passwd"),
        ("HEALTH_PORT", "http"),
        ("HEALTH_PORT", "65536"),
        ("HEALTH_PORT", "-1"),
        ("HEALTH_PORT", "²"),
        ("DATABASE_POOL", "0"),
        ("DATABASE_POOL", "ten"),
        ("LOG_LEVEL", "CHATTY"),
        ("TICKET_BODIES", "yes"),
        ("TICKET_BODIES", "sealed"),  # with which key?
    ],
)
def test_a_wrong_value_is_refused_by_its_name_alone(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{name}\b") as refusal:
        Config.read({name: value})
    assert "secret" not in str(refusal.value)


def test_what_a_process_needs_and_has_not_is_named() -> None:
    config = Config.read({})
    with pytest.raises(ConfigError, match="KB_DATABASE_URL"):
        config.database_url("kb")
    with pytest.raises(ConfigError, match=r"^AMQP_URI must"):
        config.broker()
    with pytest.raises(ConfigError, match=r"^AMQP_URI or KB_AMQP_URI must"):
        config.broker("kb")
    with pytest.raises(ConfigError, match="ACTOR_KEY"):
        config.require_actor_key()


def test_no_secret_stands_in_its_repr() -> None:
    shown = repr(Config.read(SECRETS))
    for secret in ("secret", KEY, "cd" * 32, "ef" * 40, repr(bytes.fromhex(KEY))):
        assert secret not in shown


def test_the_first_thread_key_signs_and_all_verify() -> None:
    config = Config.read(SECRETS)
    assert config.thread_keys == (bytes.fromhex(KEY), bytes.fromhex("cd" * 32))
    assert config.actor_key == bytes.fromhex(KEY)


def test_small_letters_name_a_log_level_too() -> None:
    assert Config.read({"LOG_LEVEL": "debug"}).log_level == "DEBUG"


@pytest.mark.parametrize("keys", ["FIELD_KEYS", "FIELD_KEYS_FILE"])
def test_ticket_bodies_are_sealed_only_where_there_is_a_key(keys: str) -> None:
    assert Config.read({"TICKET_BODIES": "sealed", keys: f"k1:{KEY}"}).seals_ticket_bodies
    assert not Config.read({"TICKET_BODIES": "plain", keys: f"k1:{KEY}"}).seals_ticket_bodies
    assert not Config.read({}).seals_ticket_bodies
