"""The environment variables of one installation on this machine."""

from collections.abc import Mapping
from pathlib import Path

from libs.common.supervisor.ports import free_port

KEYS = ("ACTOR_KEY", "THREAD_KEY", "FIELD_KEYS", "INDEX_KEY", "SMS_KEY", "AUDIT_KEY")
# What the seeds give to demo staff and channel accounts.
SEEDS = (
    "SEED_AGENT_PASSWORD",
    "SEED_SUPERVISOR_PASSWORD",
    "SEED_ADMINISTRATOR_PASSWORD",
    "SEED_EMPLOYEE_PASSWORD",
    "SEED_AUDITOR_PASSWORD",
    "MAIL_ADAPTER_KEY",
    "FORM_KEY",
)
# Where each door listens if its port is free.
PORTS = {
    "GATEWAY_PORT": 8080,
    "DOOR_PORT": 8081,
    "SMTP_IN_PORT": 2525,
    "MAILBOX_SMTP_PORT": 1025,
    "MAILBOX_PORT": 8082,
}
HOSTS = ("GATEWAY_HOST", "DOOR_HOST", "SMTP_IN_HOST", "MAILBOX_HOST")
# All that a client on this machine may need to find its way in.
NAMES = (
    "DATABASE_URL",
    "AMQP_URI",
    "BLOB_DIR",
    "AUDIT_CHECKPOINT_DIR",
    "SMTP_URL",
    "SMS_URL",
    *KEYS,
    *SEEDS,
    *HOSTS,
    *PORTS,
)


def installation_variables(
    *,
    database_url: str,
    amqp_uri: str,
    blobs: Path,
    keys: Mapping[str, str],
    ports: Mapping[str, int],
    own_amqp_uris: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """All variables that the processes read; mail and texts go to the mailbox."""
    return {
        "DATABASE_URL": database_url,
        "AMQP_URI": amqp_uri,
        **(own_amqp_uris or {}),
        "BLOB_DIR": str(blobs),
        "AUDIT_CHECKPOINT_DIR": str(blobs.with_name("audit-checkpoints")),
        **{name: keys[name] for name in (*KEYS, *SEEDS)},
        **dict.fromkeys(HOSTS, "127.0.0.1"),
        **{name: str(port) for name, port in ports.items()},
        "GATEWAY_URL": f"http://127.0.0.1:{ports['GATEWAY_PORT']}",
        "SMTP_URL": f"smtp://127.0.0.1:{ports['MAILBOX_SMTP_PORT']}",
        "SMS_URL": f"http://127.0.0.1:{ports['MAILBOX_PORT']}/sms",
        # Lines appear when they are written, not when a buffer is full.
        "PYTHONUNBUFFERED": "1",
        # glibc otherwise keeps what large short-lived blocks took (a login's argon2: 40 MiB).
        "MALLOC_MMAP_THRESHOLD_": "1048576",
    }


def preferred_ports(environ: Mapping[str, str]) -> dict[str, int]:
    """Those of the environment, else the usual ports, or the next free ones; all different."""
    ports = {name: int(environ[name]) for name in PORTS if environ.get(name, "").isdecimal()}
    for name in [name for name in PORTS if name not in ports]:
        port = free_port(PORTS[name])
        while port in ports.values():
            port = free_port(port + 1)
        ports[name] = port
    return ports


def random_ports() -> dict[str, int]:
    return {name: free_port() for name in PORTS}
