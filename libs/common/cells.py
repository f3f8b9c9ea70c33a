"""Cells of files that spreadsheets open: what came from outside is shown, never calculated."""

# What spreadsheets would calculate instead of showing it (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """The text, never a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
