"""What `make run` says when everything stands: addresses and demo logins."""

from collections.abc import Mapping

DEMO_STAFF = (("CS001", "agent"), ("CS002", "agent"), ("CS900", "supervisor"))


def addresses(env: Mapping[str, str]) -> dict[str, str]:
    gateway = f"http://{env['GATEWAY_HOST']}:{env['GATEWAY_PORT']}"
    found = {
        "console": f"{gateway}/",
        "api": f"{gateway}/api/v1",
        "api_docs": f"{gateway}/docs",
        "door": f"http://{env['DOOR_HOST']}:{env['DOOR_PORT']}",
        "mail_in": f"smtp://{env['SMTP_IN_HOST']}:{env['SMTP_IN_PORT']}",
    }
    if "MAILBOX_HOST" in env:
        found["mailbox"] = f"http://{env['MAILBOX_HOST']}:{env['MAILBOX_PORT']}/"
    return found


def logins(env: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"login": login, "password": env[f"SEED_{role.upper()}_PASSWORD"], "role": role}
        for login, role in DEMO_STAFF
    ]


def welcome(env: Mapping[str, str], seconds: float) -> str:
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
