"""Words as patterns of LIKE."""


def contains(text: str) -> str:
    """Anything with the text in it."""
    return f"%{literal(text)}%"


def literal(text: str) -> str:
    """The text itself, whatever characters it has."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
