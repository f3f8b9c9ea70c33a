"""How an answer says that it is a file, and what the file is called."""

from urllib.parse import quote


def disposition(name: str, *, is_inline: bool) -> str:
    """RFC 6266 with the name in ASCII for old clients and in UTF-8 (RFC 5987) for the others."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    kind = "inline" if is_inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
