"""Passwords and keys of a private installation, made once and kept where only the owner reads."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from libs.common.bus.broker_users import OWNERS


def fresh_keys() -> dict[str, str]:
    """Random passwords and keys for one installation, by the variables that hold them."""
    return {
        "POSTGRES_PASSWORD": secrets.token_hex(16),
        "RABBITMQ_PASSWORD": secrets.token_hex(16),
        **{_broker_password(owner): secrets.token_hex(16) for owner in OWNERS},
        "ACTOR_KEY": secrets.token_hex(32),
        "THREAD_KEY": secrets.token_hex(32),
        "FIELD_KEYS": f"k1:{secrets.token_hex(32)}",
        "INDEX_KEY": secrets.token_hex(32),
        "AUDIT_KEY": secrets.token_hex(32),
        "SMS_KEY": secrets.token_hex(32),
        "SEED_AGENT_PASSWORD": secrets.token_urlsafe(9),
        "SEED_SUPERVISOR_PASSWORD": secrets.token_urlsafe(9),
        "SEED_ADMINISTRATOR_PASSWORD": secrets.token_urlsafe(9),
        "SEED_EMPLOYEE_PASSWORD": secrets.token_urlsafe(9),
        "SEED_AUDITOR_PASSWORD": secrets.token_urlsafe(9),
        "MAIL_ADAPTER_KEY": secrets.token_urlsafe(24),
        "FORM_KEY": secrets.token_urlsafe(24),
    }


def broker_passwords(keys: Mapping[str, str]) -> dict[str, str]:
    """Each owner's password at the broker."""
    return {owner: keys[_broker_password(owner)] for owner in OWNERS}


def _broker_password(owner: str) -> str:
    return f"{owner.upper()}_AMQP_PASSWORD"


def kept_keys(path: Path) -> dict[str, str]:
    """The keys in the file; those that it lacks are made and added."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    keys = {**fresh_keys(), **kept}
    if keys != kept:
        write_private(path, keys)
    return keys


def write_private(path: Path, content: object) -> None:
    """Write JSON that nobody else may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
        file.write("\n")
    partial.replace(path)
