"""Browser contexts that are used again.

Opening a page takes a new context twice the work that it takes one which has the console's files
and what it compiled of them. All else that a window leaves behind is taken away; only scripts and
listeners of a context cannot be, so that tests give theirs to the page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

_MOST = 4  # contexts that a browser keeps without a window; each holds some megabytes
_STORED = (
    "file_systems,indexeddb,local_storage,websql,service_workers,cache_storage,storage_buckets"
)


class Contexts:
    """The contexts of one browser; a window has one for itself as long as it is open."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._spare: list[tuple[str, BrowserContext]] = []  # the latest at the end
        self._failures = 0

    @contextmanager
    def page(self, **options: Any) -> Iterator[Page]:
        """A page that finds nothing but cached files; `options` are those of `new_context`.

        A context in which something went wrong is not used again.
        """
        wanted, failures = repr(sorted(options.items())), self._failures
        kept = self._take(wanted)
        context = kept or self._browser.new_context(**options)
        try:
            page = context.new_page()
            if kept:
                _forget(page)
            yield page
            for one in context.pages:
                one.close()
        except BaseException:
            context.close()
            raise
        if failures == self._failures:
            self._keep(wanted, context)
        else:
            context.close()

    def distrust(self) -> None:
        """None of those that there are now is used again."""
        self._failures += 1
        while self._spare:
            self._spare.pop()[1].close()

    def _take(self, wanted: str) -> BrowserContext | None:
        for place, (options, context) in enumerate(self._spare):
            if options == wanted:
                del self._spare[place]
                return context
        return None

    def _keep(self, options: str, context: BrowserContext) -> None:
        self._spare.append((options, context))
        if len(self._spare) > _MOST:
            self._spare.pop(0)[1].close()


_known: dict[Browser, Contexts] = {}


def contexts_of(browser: Browser) -> Contexts:
    """Those that are kept for it as long as it runs."""
    if browser not in _known:
        _known[browser] = Contexts(browser)
        browser.on("disconnected", _leave)
    return _known[browser]


def distrust_contexts() -> None:
    """After a failure windows begin with contexts that no test has seen."""
    for contexts in _known.values():
        contexts.distrust()


def _leave(browser: Browser) -> None:
    _known.pop(browser, None)


def _forget(page: Page) -> None:
    """At the beginning, not at the end: pages may store something while they are closed."""
    context = page.context
    context.unroute_all()
    context.set_extra_http_headers({})
    context.set_offline(False)
    context.clear_permissions()
    context.clear_cookies()
    tools = context.new_cdp_session(page)
    tools.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": _STORED})
    tools.detach()
