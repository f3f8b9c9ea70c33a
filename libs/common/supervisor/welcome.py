"""What `make run` says when everything stands: addresses and demo logins."""

from collections.abc import Mapping

# Login, role, and whose password it has.
DEMO_STAFF = (
    ("CS001", "agent", "agent"),
    ("CS002", "agent", "agent"),
    ("CS900", "supervisor", "supervisor"),
    ("TS001", "technician", "agent"),
    ("EM001", "employee", "employee"),
    ("AU001", "auditor", "auditor"),
    ("AD001", "administrator", "administrator"),
)


def addresses(env: Mapping[str, str]) -> dict[str, str]:
    """Where each entrance of a running installation is."""
    gateway = f"{_scheme(env, 'GATEWAY')}://{env['GATEWAY_HOST']}:{env['GATEWAY_PORT']}"
    found = {
        "console": f"{gateway}/",
        "api": f"{gateway}/api/v1",
        "api_docs": f"{gateway}/docs",
        "door": f"{_scheme(env, 'DOOR')}://{env['DOOR_HOST']}:{env['DOOR_PORT']}",
        "mail_in": f"smtp://{env['SMTP_IN_HOST']}:{env['SMTP_IN_PORT']}",
    }
    if "MAILBOX_HOST" in env:
        found["mailbox"] = f"http://{env['MAILBOX_HOST']}:{env['MAILBOX_PORT']}/"
    return found


def _scheme(env: Mapping[str, str], server: str) -> str:
    return "https" if env.get(f"{server}_TLS_CERT") else "http"


def logins(env: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"login": login, "password": env[f"SEED_{whose.upper()}_PASSWORD"], "role": role}
        for login, role, whose in DEMO_STAFF
    ]


def welcome(env: Mapping[str, str], seconds: float) -> str:
    """What is printed when everything stands, `seconds` after the start."""
    titles = {
        "console": "Console",
        "api": "API",
        "api_docs": "API, browsable",
        "door": "Door (forms, mail)",
        "mail_in": "Mail in",
        "mailbox": "Mailbox (what went out)",
    }
    lines = ["", f"Tidedesk stands ({seconds:.0f} s)", ""]
    lines += [f"  {titles[name]:<24} {address}" for name, address in addresses(env).items()]
    lines += ["", "Demo logins"]
    lines += [f"  {one['login']:<8} {one['password']:<16} {one['role']}" for one in logins(env)]
    return "\n".join([*lines, "", "Ctrl-C stops everything.", ""])
