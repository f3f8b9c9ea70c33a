"""The supervisor's parts that need no process: names, keys, layout, what it says."""

import json
import stat
from pathlib import Path

from libs.common.bus.broker_users import OWNERS
from libs.common.supervisor.keys import broker_passwords, fresh_keys, kept_keys
from libs.common.supervisor.programs import launcher, small_installation
from libs.common.supervisor.run import without_operator
from libs.common.supervisor.variables import PORTS, installation_variables, preferred_ports
from libs.common.supervisor.welcome import addresses, welcome


def variables(**more: str) -> dict[str, str]:
    made = installation_variables(
        database_url="postgresql://u:p@127.0.0.1:5433/tidedesk",
        amqp_uri="amqp://u:p@127.0.0.1:5673/tidedesk",
        blobs=Path("blobs"),
        keys=fresh_keys(),
        ports=PORTS,
    )
    return {**made, **more}


def test_a_process_is_named_by_its_roles():
    assert launcher("intake.rpc").name == "intake.rpc"
    assert launcher("intake.rpc", "intake.events", "intake.jobs").name == "intake.rpc+events+jobs"
    assert launcher("intake.rpc", "notify.rpc").name == "intake.rpc+notify.rpc"


def test_the_small_installation_plays_every_role_once():
    roles = [role for one in small_installation(with_mailbox=True) for role in one.roles]
    services = ("intake", "ticketing", "notify", "dispatch", "sla", "kb", "reporting")
    green = {f"{service}.{room}" for service in services for room in ("rpc", "events", "jobs")}
    assert len(roles) == len(set(roles))
    gateway = {"gateway.web", "gateway.events", "gateway.jobs"}
    alone = {"intake.door", "intake.smtp", "mailbox", *gateway}
    assert set(roles) == green | alone


def test_a_mail_server_of_ones_own_needs_no_mailbox():
    roles = [role for one in small_installation(with_mailbox=False) for role in one.roles]
    assert "mailbox" not in roles


def test_keys_are_made_once_and_only_the_owner_reads_them(tmp_path: Path):
    path = tmp_path / "secrets.json"
    keys = kept_keys(path)
    assert kept_keys(path) == keys
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_that_a_newer_release_wants_are_added_and_the_others_kept(tmp_path: Path):
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({"ACTOR_KEY": "kept"}))
    keys = kept_keys(path)
    assert keys["ACTOR_KEY"] == "kept"
    assert json.loads(path.read_text()) == keys
    assert set(keys) == set(fresh_keys())


def test_every_owner_has_a_password_of_its_own_at_the_broker():
    passwords = broker_passwords(fresh_keys())
    assert set(passwords) == set(OWNERS)
    assert len(set(passwords.values())) == len(OWNERS)


def test_processes_do_not_get_the_operator_s_address_where_they_have_their_own():
    own = {f"{owner.upper()}_AMQP_URI": f"amqp://{owner}@mq/" for owner in OWNERS}
    assert "AMQP_URI" in without_operator(variables())
    assert without_operator(variables(**own)).items() >= own.items()
    assert "AMQP_URI" not in without_operator(variables(**own))


def test_two_installations_share_no_key():
    one, other = fresh_keys(), fresh_keys()
    assert all(one[name] != other[name] for name in one)


def test_mail_goes_to_the_local_mailbox():
    assert variables()["SMTP_URL"] == "smtp://127.0.0.1:1025"


def test_ports_that_the_environment_names_are_those_that_everybody_is_told():
    named = {name: str(port + 10_000) for name, port in PORTS.items()}
    assert preferred_ports(named) == {name: int(port) for name, port in named.items()}


def test_texts_go_to_the_local_mailbox_too():
    assert variables()["SMS_URL"] == "http://127.0.0.1:8082/sms"
    assert variables()["SMS_KEY"]


def test_the_welcome_shows_addresses_and_logins():
    env = variables(SEED_AGENT_PASSWORD="tide")
    said = welcome(env, 7.4)
    for address in addresses(env).values():
        assert address in said
    assert "CS001" in said
    assert "tide" in said


def test_servers_that_speak_tls_are_announced_so():
    found = addresses(variables(GATEWAY_TLS_CERT="gateway.pem"))
    assert found["console"] == "https://127.0.0.1:8080/"
    assert found["door"] == "http://127.0.0.1:8081"


def test_without_a_mailbox_none_is_announced():
    env = {name: value for name, value in variables().items() if not name.startswith("MAILBOX")}
    assert "mailbox" not in addresses(env)
