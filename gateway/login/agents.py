"""A user agent in words: the browser and the system, as far as its owner needs to know it again."""

# The first that is found counts: others claim to be like it.
_BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("DingTalk/", "DingTalk"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("QQBrowser/", "QQ Browser"),
    ("MetaSr", "Sogou"),
    ("UCBrowser/", "UC Browser"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_LONGEST = 60


def device_of(user_agent: str | None) -> str | None:
    """`Edge · Windows`; a program's own first word where it is no browser."""
    text = (user_agent or "").strip()
    names = [_first(text, known) for known in (_BROWSERS, _SYSTEMS)]
    found = [name for name in names if name]
    return " · ".join(found) or text.partition(" ")[0][:_LONGEST] or None


def _first(text: str, known: tuple[tuple[str, str], ...]) -> str | None:
    return next((name for mark, name in known if mark in text), None)
